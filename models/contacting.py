"""Keeping, with every record one can be in touch with, when that was last and how often."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

from sqlalchemy import ColumnElement, func, select, union_all
from sqlalchemy.orm import Session, UOWTransaction

from models.activity import activities
from models.base import Base
from models.contacted import Contacted
from models.description import describe
from models.following import Values, is_followed_later, is_moved, keys_around, take_turns, write_following
from models.related import batches
from models.types import UtcDateTime


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
    _count(session, {} if is_followed_later(session) else _touched(session))


def count_all_contacts(session: Session) -> None:
    """Count anew for every record."""
    models = {way.target for way in ways()}
    keys = {model: set(session.connection().scalars(select(model.__table__.c.id))) for model in models}
    _count(session, keys)


def _count(session: Session, touched: Mapping[type[Base], set[int]]) -> None:
    for model in sorted(touched, key=lambda each: each.__name__):
        for keys in batches(sorted(touched[model])):
            take_turns(session, model, keys)
            write_following(session, model, _counted(session, model, keys))


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
                near = keys_around([row], way.first)
                found[way.target] |= _beyond(session, way, near) if way.last else near
            elif type(row) is way.between and way.last and (row in gone or is_moved(row, way.last)):
                found[way.target] |= keys_around([row], way.last)
    return found


def _beyond(session: Session, way: Way, near: set[int]) -> set[int]:
    table = way.between.__table__
    return set(session.connection().scalars(select(way.key).where(table.c.id.in_(near), way.key.is_not(None))))


def _counted(session: Session, model: type[Base], keys: Sequence[int]) -> dict[int, Values]:
    queries = [
        select(way.key.label("key"), way.activity.__table__.c.at).where(*way.touching(), way.key.in_(keys))
        for way in ways()
        if way.target is model
    ]
    all_: Any = union_all(*queries).subquery()
    query = select(all_.c.key, func.max(all_.c.at, type_=UtcDateTime()), func.count()).group_by(all_.c.key)
    found = {key: (last, number) for key, last, number in session.connection().execute(query)}
    told = {key: found.get(key, (None, 0)) for key in keys}
    return {key: {"last_contacted": last, "times_contacted": times} for key, (last, times) in told.items()}
