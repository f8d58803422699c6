"""Removing what files held once nothing needs it: no row, and no history from which a row could come back.

Each does so while it holds the folder alone and reads the database anew, so that what is being written is not missed.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from models.base import Base, db
from models.description import entities, entity, title_of
from models.files import store
from models.gate import acting_as, ungated
from models.history import READING, SECRETS_KEPT, Change, ChangeSet
from models.holding import files_of
from models.permissions import SYSTEM
from models.types import utcnow

FRESH = timedelta(days=1)  # as long as what was handed in waits for its row: longer than any session lasts
COUNTING = ungated("whether a file is needed counts for everybody; by whom is not told")


@dataclass(frozen=True)
class Fault:
    """A row whose file is not what it should be: missing, or something else by now."""

    row: Base
    key: str
    is_missing: bool

    @property
    def title(self) -> str:
        """What people call the row."""
        return title_of(self.row)


def release(digests: Collection[str]) -> list[str]:
    """Remove, at once, those of these contents that nothing needs, and return them; call it after the commit."""
    if not digests:
        return []
    with store().alone(), Session(db.engine) as session:
        return _removed(set(digests) - needed(session))


def sweep() -> tuple[int, int]:
    """Remove what nobody needs and nobody is about to; return how many files that was, and how many bytes."""
    latest = utcnow() - FRESH
    with store().alone(), Session(db.engine) as session:
        kept = needed(session)
        old = {digest: store().size(digest) for digest, at in store().contents() if at < latest and digest not in kept}
        _removed(old)
        for draft in store().drafts():
            if datetime.fromtimestamp(draft.stat().st_mtime, UTC) < latest:
                draft.unlink()
    return len(old), sum(old.values())


def faults(session: Any) -> Iterator[Fault]:
    """Yield every row whose file is not there, or does not hold what it held; each content is read once."""
    whole: dict[str, bool] = {}
    with acting_as(session, SYSTEM):
        for model, key in _columns():
            column = getattr(model, key)
            for row in session.scalars(select(model).where(column.is_not(None)).order_by(model.id)):
                digest = getattr(row, key)
                if not whole.setdefault(digest, store().is_whole(digest)):
                    yield Fault(row, key, is_missing=not store().has(digest))


def needed(session: Any) -> set[str]:
    """Return every content that a row has, or had until lately, so that Undo brings it back."""
    found: set[str] = set()
    for model, key in _columns():
        column = getattr(model, key)
        found |= set(session.scalars(select(column).where(column.is_not(None)), execution_options=COUNTING))
    names = {model.__tablename__ for model, _ in _columns()}
    told = select(Change).join(Change.change_set).where(Change.entity.in_(names))
    for change in session.scalars(told.where(ChangeSet.at > utcnow() - SECRETS_KEPT).execution_options(**READING)):
        found |= files_in(change)
    return found


def files_in(change: Change) -> set[str]:
    """Return the contents that a change tells of."""
    keys = files_of(entity(change.entity))
    values = ((side or {}).get(key) for side in (change.before, change.after) for key in keys)
    return {value for value in values if isinstance(value, str)}


def _removed(digests: Collection[str]) -> list[str]:
    found = [digest for digest in sorted(digests) if store().has(digest)]
    for digest in found:
        store().remove(digest)
    return found


def _columns() -> list[tuple[Any, str]]:
    """Return where files are needed: entities with their attributes."""
    return [(model, key) for model in entities() for key in files_of(model)]
