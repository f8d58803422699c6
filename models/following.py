"""Values that follow from other rows: written beside the gates, as they are nobody's edit.

They are not part of the history and leave a record's version, and when it was changed, as they are.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

from sqlalchemy import bindparam, inspect, select, update
from sqlalchemy.orm import Session
from sqlalchemy.orm.attributes import set_committed_value

from models.base import Base
from models.related import stored_key

LATER = "followed_later"
Values = Mapping[str, Any]


@contextmanager
def followed_at_the_end(session: Session, *counts: Callable[[Session], None]) -> Iterator[None]:
    """Let what follows be counted once, by these, for all that is written within, and not after each flush."""
    session.info[LATER] = True
    try:
        yield
        session.flush()
    finally:
        del session.info[LATER]
    for count in counts:
        count(session)


def is_followed_later(session: Session) -> bool:
    """Whether what follows is counted at the end."""
    return LATER in session.info


def keys_around(rows: Iterable[Any], relation: str) -> set[int]:
    """Return where a relation of rows leads, and where it led before this flush."""
    pairs = ((getattr(row, f"{relation}_id"), stored_key(row, relation)) for row in rows)
    return {key for pair in pairs for key in pair if key is not None}


def is_moved(row: Base, relation: str) -> bool:
    """Return whether this flush lets a relation lead elsewhere."""
    return bool(inspect(row).attrs[f"{relation}_id"].history.has_changes())


def take_turns(session: Session, model: type[Base], keys: Sequence[int]) -> None:
    """Let those who count for the same records do so one after the other; others may still point to these."""
    key: Any = model.__table__.c.id
    query = select(key).where(key.in_(keys)).order_by(key)
    session.connection().execute(query.with_for_update(key_share=True))


def write_following(session: Session, model: type[Base], found: Mapping[int, Values]) -> None:
    """Write what follows, by key, and let the rows that are loaded know."""
    if not found:
        return
    table: Any = model.__table__
    unchanged = {column.key: column for column in table.c if column.onupdate is not None}
    names = next(iter(found.values()))
    statement = update(table).where(table.c.id == bindparam("key"))
    statement = statement.values({**unchanged, **{name: bindparam(f"new_{name}") for name in names}})
    rows = [{"key": key} | {f"new_{name}": value for name, value in values.items()} for key, values in found.items()]
    session.connection().execute(statement, rows)
    for key, values in found.items():
        row = session.identity_map.get(inspect(model).identity_key_from_primary_key((key,)))
        for name, value in values.items() if row is not None else ():
            set_committed_value(row, name, value)
