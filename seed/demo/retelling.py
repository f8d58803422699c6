"""Telling the demo's history as it happened: each change in a change-set of its moment and its author, in their order.

The rows are written a customer or a day at a time. Keys of change-sets and changes follow the moments, as they do in a
panel that has been in use; what had been committed before, and may be sealed, stays as it is.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import Executable, Row, bindparam, insert, null, select, update
from sqlalchemy.orm import Session

from models.base import Base, Timestamped
from models.description import describe, entities
from models.gate import ungated
from models.history import CREATE
from models.related import LARGEST_KEY, batches
from models.sealed import CHANGES, SETS
from models.user import User
from seed.demo.chronicle import Chronicle, Event

TELLING = ungated("the history is nobody's row, and the demo tells the whole of it before anybody reads it")

Key = tuple[str, int]  # an entity by name, and the key of a row
ASIDE = LARGEST_KEY // 2  # above every key


class _Life(NamedTuple):
    """When a row came about and changed last, who signed it, and the row that it belongs to, if there is one."""

    created: datetime
    updated: datetime
    by: int | None
    above: Key


class _Group(NamedTuple):
    """What was done at one moment by somebody, of what one change-set held."""

    at: datetime
    change_set: int
    by: int | None


def retell(chronicle: Chronicle) -> None:
    """Give the change-sets of a chronicle their moments; whatever the session writes next begins another one."""
    chronicle.begin()
    session = chronicle.session
    sets = {row.id: row for keys in batches(sorted(chronicle.sets)) for row in _sets(session, keys)}
    groups: dict[_Group, list[int]] = defaultdict(list)
    for event, change in _in_order(session, chronicle, sets):
        groups[_Group(event.at, change.change_set_id, event.by)].append(change.id)
    keys = [*sorted(sets), *_more_sets(session, len(groups) - len(sets))]
    _write_sets(session, dict(zip(keys, groups, strict=True)), sets)
    _write_changes(session, dict(zip(keys, groups.values(), strict=True)))


def _sets(session: Session, keys: Sequence[int]) -> Iterable[Row[Any]]:
    yield from _run(session, select(SETS.c["id", "at", "actor_id", "actor_name"]).where(SETS.c.id.in_(keys)))


def _in_order(session: Session, chronicle: Chronicle, sets: Mapping[int, Row[Any]]) -> list[tuple[Event, Row[Any]]]:
    """Return every change with what is known of it, as they happened."""
    lives, wholes = _lives(session), _wholes(session)
    query = select(CHANGES.c["id", "change_set_id", "entity", "row_id", "action"])
    found = []
    for keys in batches(sorted(sets)):
        for change in _run(session, query.where(CHANGES.c.change_set_id.in_(keys))):
            row = change.entity, change.row_id
            event = _event(chronicle, lives, wholes.get(row, row), change)
            found.append((event or Event(sets[change.change_set_id].at), change))
    return sorted(found, key=_place)


def _place(happened: tuple[Event, Row[Any]]) -> tuple[Any, ...]:
    """Return where a change stands: what a flush adds comes in its order, what it changes in that of entities and keys.

    The session knows what is changed in no order.
    """
    event, change = happened
    row = ("", 0) if change.action == CREATE else (change.entity, change.row_id)
    return event.at, change.change_set_id, row, change.id


def _event(chronicle: Chronicle, lives: Mapping[Key, _Life], row: Key, change: Row[Any]) -> Event | None:
    """Return what is known, or what the row says; if nobody signed it, it was made by whoever made what it is below."""
    known, life = chronicle.events.get((change.change_set_id, *row)), lives.get(row)
    if known or life is None or change.action != CREATE:
        return known or (Event(life.updated) if life else None)
    above = chronicle.events.get((change.change_set_id, *life.above))
    return Event(life.created, life.by or (above.by if above else None))


def _lives(session: Session) -> dict[Key, _Life]:
    """Return what the rows tell that know when they were made."""
    found: dict[Key, _Life] = {}
    for model in entities():
        if issubclass(model, Timestamped):
            found |= _lives_of(session, model)
    return found


def _lives_of(session: Session, model: type[Base]) -> Iterator[tuple[Key, _Life]]:
    table: Any = model.__table__
    above, column = _above(model)
    by = next((table.c[key] for key in ("author_id", "owner_id") if key in table.c), null())
    for key, created, updated, who, whole in _run(
        session, select(table.c.id, table.c.created_at, table.c.updated_at, by, null() if column is None else column)
    ):
        yield (table.name, key), _Life(created, updated, who, (above, whole))


def _wholes(session: Session) -> dict[Key, Key]:
    """Return, by part, what it is part of."""
    found: dict[Key, Key] = {}
    for model in (each for each in entities() if describe(each).is_part):
        table: Any = model.__table__
        above, column = _above(model)
        found |= {(table.name, key): (above, whole) for key, whole in _run(session, select(table.c.id, column))}
    return found


def _above(model: type[Base]) -> tuple[str, Any]:
    """Return the entity that rows belong to, and the column that says to which; neither for those that do not."""
    parent, table = describe(model).parent, model.__table__
    return (parent.target.__tablename__, table.c[parent.column.key]) if parent and parent.target else ("", None)


def _more_sets(session: Session, number: int) -> list[int]:
    """Add change-sets, and return their keys in order."""
    rows = [{"actor_name": ""}] * number
    return sorted(row.id for row in _run(session, insert(SETS).returning(SETS.c.id), rows)) if rows else []


def _write_sets(session: Session, groups: Mapping[int, _Group], sets: Mapping[int, Row[Any]]) -> None:
    users: Any = User.__table__
    names = {row.id: row.name for row in _run(session, select(users.c["id", "name"]))}
    rows = []
    for key, group in groups.items():
        writer = sets[group.change_set]
        who = (group.by, names[group.by]) if group.by else (writer.actor_id, writer.actor_name)
        rows.append({"key": key, "moment": group.at, "who": who[0], "name": who[1]})
    values: dict[str, Any] = {"at": bindparam("moment"), "actor_id": bindparam("who"), "actor_name": bindparam("name")}
    _run(session, update(SETS).where(SETS.c.id == bindparam("key")).values(values), rows)


def _write_changes(session: Session, groups: Mapping[int, Sequence[int]]) -> None:
    """Number the changes anew, among the keys that they have; by way of keys that nothing has, in the same order.

    In another order SQLite would leave its pages half empty.
    """
    keys = iter(sorted(key for some in groups.values() for key in some))
    rows = [
        {"key": key, "new": next(keys) + ASIDE, "set": change_set}
        for change_set, some in groups.items()
        for key in some
    ]
    values: dict[str, Any] = {"id": bindparam("new"), "change_set_id": bindparam("set")}
    _run(session, update(CHANGES).where(CHANGES.c.id == bindparam("key")).values(values), rows)
    _run(session, update(CHANGES).where(CHANGES.c.id > ASIDE).values(id=CHANGES.c.id - ASIDE))


def _run(session: Session, statement: Executable, rows: Sequence[Mapping[str, Any]] | None = None) -> Any:
    return session.execute(statement, rows, execution_options=TELLING)
