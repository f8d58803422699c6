"""Keeping, with every record one can be in touch with, when that was last and how often.

Both follow from the activities, so they are neither typed nor part of the history, and leave a record's version as it
is.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Any

from sqlalchemy import ColumnElement, bindparam, func, inspect, select, union_all, update
from sqlalchemy.orm import Session, UOWTransaction
from sqlalchemy.orm.attributes import set_committed_value

from models.activity import activities
from models.base import Base
from models.contacted import Contacted
from models.description import describe
from models.related import batches
from models.types import UtcDateTime

Counted = Mapping[int, tuple[datetime | None, int]]  # by key: when one was in touch last, and how often


@dataclass(frozen=True)
class Way:
    """How activities lead to a record: by a relation of their own, or by one of the row that their own leads to."""

    activity: Any
    first: str
    last: str | None
    target: type[Base]

    @property
    def between(self) -> Any:
        """The entity whose relation is the last step."""
        return describe(self.activity).attributes[self.first].target if self.last else None

    @property
    def key(self) -> Any:
        """The column with the record's key."""
        model, step = (self.between, self.last) if self.last else (self.activity, self.first)
        return describe(model).attributes[step].column

    def touching(self) -> list[ColumnElement[bool]]:
        """Return which activities, with the rows between, were being in touch."""
        near = describe(self.activity).attributes[self.first].column
        joined = [self.between.__table__.c.id == near] if self.last else []
        return [self.activity.touches(), *joined]


def count_contacts(session: Session, context: UOWTransaction) -> None:
    """Count anew for every record that the activities of this flush lead to, or led to before."""
    touched = _touched(session)
    for model in sorted(touched, key=lambda each: each.__name__):
        for keys in batches(sorted(touched[model])):
            counted = _counted(session, model, keys)
            _write(session, model, counted)
            _tell(session, model, counted)


@cache
def ways() -> tuple[Way, ...]:
    """Return every way by which activities that are being in touch lead to a record that tells of it."""
    found = []
    for each in activities():
        for path in each.TOLD_ON if each.touches() is not None else ():
            first, _, last = path.partition(".")
            between: Any = describe(each).attributes[first].target
            target = describe(between).attributes[last].target if last else between
            if target is not None and issubclass(target, Contacted):
                found.append(Way(each, first, last or None, target))
    return tuple(found)


def _touched(session: Session) -> dict[type[Base], set[int]]:
    """Return the records, by key, that may count more or less after this flush."""
    found: dict[type[Base], set[int]] = defaultdict(set)
    gone = session.deleted
    for row in (*session.new, *session.dirty, *gone):
        for way in ways():
            if type(row) is way.activity:
                near = _keys(row, way.first)
                found[way.target] |= _beyond(session, way, near) if way.last else near
            elif type(row) is way.between and (row in gone or _is_moved(row, way)):
                found[way.target] |= _keys(row, way.last)
    return found


def _is_moved(row: Any, way: Way) -> bool:
    return bool(inspect(row).attrs[f"{way.last}_id"].history.has_changes())


def _keys(row: Any, relation: str | None) -> set[int]:
    """Return where a relation leads, and where it led before."""
    return {key for key in inspect(row).attrs[f"{relation}_id"].history.sum() if key is not None}


def _beyond(session: Session, way: Way, near: set[int]) -> set[int]:
    table = way.between.__table__
    return set(session.connection().scalars(select(way.key).where(table.c.id.in_(near), way.key.is_not(None))))


def _counted(session: Session, model: type[Base], keys: Sequence[int]) -> Counted:
    """Count, one after the other with whoever counts for the same records."""
    connection, table = session.connection(), describe(model).model.__table__
    mine: Any = table.c.id
    connection.execute(select(mine).where(mine.in_(keys)).order_by(mine).with_for_update(key_share=True))
    queries = [
        select(way.key.label("key"), way.activity.__table__.c.at).where(*way.touching(), way.key.in_(keys))
        for way in ways()
        if way.target is model
    ]
    all_: Any = union_all(*queries).subquery()
    query = select(all_.c.key, func.max(all_.c.at, type_=UtcDateTime()), func.count()).group_by(all_.c.key)
    found = {key: (last, number) for key, last, number in connection.execute(query)}
    return {key: found.get(key, (None, 0)) for key in keys}


def _write(session: Session, model: type[Base], counted: Counted) -> None:
    table: Any = model.__table__
    unchanged = {column.key: column for column in table.c if column.onupdate is not None}
    values = {**unchanged, "last_contacted": bindparam("last"), "times_contacted": bindparam("times")}
    rows = [{"key": key, "last": last, "times": times} for key, (last, times) in counted.items()]
    session.connection().execute(update(table).where(table.c.id == bindparam("key")).values(values), rows)


def _tell(session: Session, model: type[Base], counted: Counted) -> None:
    """Let rows that are loaded know."""
    for key, (last, times) in counted.items():
        row = session.identity_map.get(inspect(model).identity_key_from_primary_key((key,)))
        if row is not None:
            set_committed_value(row, "last_contacted", last)
            set_committed_value(row, "times_contacted", times)
