"""What a change-set did to each row, all in all."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select

from models.base import Base
from models.description import entity
from models.history import CREATE, DELETE, READING, Change, called
from models.images import silent_keys


@dataclass(frozen=True)
class Net:
    """Several changes of one row taken together.

    `existed` and `exists` say whether the row was there before and after. `before` and `after` are images, of the whole
    row where it came or went, else of what changed; of a secret they tell only that there was one.
    """

    entity: str
    row_id: int
    title: str
    version: int
    existed: bool
    exists: bool
    before: dict[str, Any]
    after: dict[str, Any]

    @property
    def row(self) -> tuple[str, int]:
        """Which row it is."""
        return self.entity, self.row_id

    @property
    def model(self) -> type[Base]:
        """The row's entity."""
        return entity(self.entity)

    @property
    def is_creation(self) -> bool:
        """Whether the row came to be."""
        return self.exists and not self.existed

    @property
    def is_update(self) -> bool:
        """Whether the row was there before and after."""
        return self.exists and self.existed

    @property
    def is_deletion(self) -> bool:
        """Whether the row went."""
        return self.existed and not self.exists

    @property
    def keys(self) -> list[str]:
        """The columns whose values count: those that any write touches say nothing."""
        return [key for key in self.before | self.after if key not in silent_keys(self.model)]


def net_changes(session: Any, change_set: int) -> list[Net]:
    """Return what a change-set did, row by row."""
    query = select(Change).where(Change.change_set_id == change_set).order_by(Change.id)
    by_row: dict[tuple[str, int], list[Change]] = {}
    for change in session.scalars(query.execution_options(**READING)):
        by_row.setdefault((change.entity, change.row_id), []).append(change)
    return [_net(changes, called(session, changes[-1])) for changes in by_row.values()]


def by_model(changes: Iterable[Net]) -> dict[type[Base], list[Net]]:
    """Return changes by the entity of their rows."""
    found: dict[type[Base], list[Net]] = {}
    for each in changes:
        found.setdefault(each.model, []).append(each)
    return found


def _net(changes: Sequence[Change], title: str) -> Net:
    before: dict[str, Any] = {}
    after: dict[str, Any] = {}
    for change in changes:
        before = (change.before or {}) | before
        after |= change.after or {}
    first, last = changes[0], changes[-1]
    existed, exists = first.action != CREATE, last.action != DELETE
    return Net(last.entity, last.row_id, title, last.version, existed, exists, before, after)
