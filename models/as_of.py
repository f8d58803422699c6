"""A record as it was at a moment: what its history says backwards from what it is now."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import and_, func, inspect, or_, select
from sqlalchemy.orm import contains_eager
from sqlalchemy.orm.attributes import set_committed_value

from models.base import Base
from models.description import Child, describe
from models.gate import actor_of
from models.history import CREATE, DELETE, ERASE, ERASED, READING, Change, ChangeSet, called, root_of
from models.images import decode, image, keys_of, silent_keys
from models.permissions import Level, Permission, ruling_entity
from models.related import find_all

Image = Mapping[str, Any]
Changes = Sequence[Change]  # of one row, newest first


@dataclass
class Past:
    """A record as it was: `row` belongs to no session; it is None where there was none, which came with `creation`.

    `erased` names, by row, what can no longer be told; `named` says, by relation, what something is called that is not
    there, or not to be seen, any more. `counts` are those of the rows below, by entity.
    """

    row: Any = None
    creation: Change | None = None
    erased: dict[Base, set[str]] = field(default_factory=dict)
    named: dict[str, str] = field(default_factory=dict)
    counts: dict[type[Base], int] = field(default_factory=dict)


def as_of(session: Any, row: Base, moment: datetime) -> Past:
    """Return a record as it was at a moment; no more statements for a longer history."""
    changes, past = _changes_since(session, row, moment), Past()
    own = changes.pop((row.__tablename__, row.id), [])
    then = _rewound(image(row), own)
    if then is None or getattr(row, "created_at", moment) > moment:
        past.creation = next((each for each in reversed(own) if each.action == CREATE), None)
        return past
    if any(each.action == ERASE for each in own):
        then = {**then, **_not_erased(session, row, then, moment)}
    past.row = _revived(past, type(row), then)
    for child in describe(type(row)).parts:
        parts = [_revived(past, child.model, each) for each in _parts(row, child, changes)]
        set_committed_value(past.row, child.key, sorted(parts, key=_place))
        for each in parts:
            set_committed_value(each, child.parent, past.row)
    _relate(session, past)
    past.counts = _counts(session, row, changes)
    return past


def untold(model: type[Base]) -> frozenset[str]:
    """Return the attributes of an entity of which the history says nothing: secrets, and what follows from the rest."""
    return silent_keys(model) - {"created_at"} | set(keys_of(model, secret=True))


def _changes_since(session: Any, row: Base, moment: datetime) -> dict[tuple[str, int], list[Change]]:
    """Return what happened since to a row and to those below it, by row, the newest first: one statement."""
    root_entity, root_id = root_of(row)
    names = [child.model.__tablename__ for child in describe(type(row)).children]
    own = and_(Change.entity == row.__tablename__, Change.row_id == row.id)
    below = and_(Change.root_entity == root_entity, Change.root_id == root_id, Change.entity.in_(names))
    query = select(Change).join(Change.change_set).options(contains_eager(Change.change_set))
    query = query.where(or_(own, below), ChangeSet.at > moment).order_by(Change.id.desc())
    found: dict[tuple[str, int], list[Change]] = defaultdict(list)
    for change in session.scalars(query.execution_options(**READING)):
        found[change.entity, change.row_id].append(change)
    return found


def _rewound(now: Image | None, changes: Changes) -> Image | None:
    """Return the image of a row from before these changes; None if it was not there."""
    then = now
    for each in changes:
        if each.action == CREATE:
            then = None
        elif each.action == DELETE:
            then = each.before
        elif then is not None:
            then = {**then, **(each.before or {})}
    return then


def _not_erased(session: Any, row: Base, then: Image, moment: datetime) -> Image:
    """Return what the changes up to a moment still tell of what the erasure names: it names what was empty, too."""
    named = {key for key, value in then.items() if value == ERASED}
    mine = Change.entity == row.__tablename__, Change.row_id == row.id, ChangeSet.at <= moment
    query = select(Change.after).join(Change.change_set).where(*mine).order_by(Change.id)
    found: dict[str, Any] = {}
    for after in session.scalars(query.execution_options(**READING)):
        found |= {key: value for key, value in (after or {}).items() if key in named}
    return {key: value for key, value in found.items() if value != ERASED}


def _parts(row: Base, child: Child, changes: Mapping[tuple[str, int], Changes]) -> Iterator[Image]:
    """Yield the parts of a row as they were."""
    here = {part.id: image(part) for part in getattr(row, child.key)}
    gone = {key for name, key in changes if name == child.model.__tablename__} - here.keys()
    for key in (*here, *sorted(gone)):
        then = _rewound(here.get(key), changes.get((child.model.__tablename__, key), ()))
        if then is not None and then.get(f"{child.parent}_id") == row.id:
            yield then


def _place(part: Any) -> tuple[int, int]:
    return getattr(part, "position", None) or 0, part.id


def _revived(past: Past, model: type[Base], then: Image) -> Base:
    """Return a row with the values of an image, without relations; it belongs to no session."""
    mapper = inspect(model)
    row: Base = mapper.class_manager.new_instance()
    told = set(mapper.columns.keys()) - untold(model)
    for key, column in mapper.columns.items():
        known = key in told and then.get(key) != ERASED
        set_committed_value(row, key, decode(column, then.get(key)) if known else None)
    past.erased[row] = {key for key in told if then.get(key) == ERASED}
    return row


def _relate(session: Any, past: Past) -> None:
    """Let relations lead to what is there today, as far as the actor may see it; of others find out the names."""
    wanted: dict[type[Base], set[int]] = defaultdict(set)
    led = [(row, *step) for row in past.erased for step in _leading(row) if step[0] not in inspect(row).dict]
    for _, _, target, to in led:
        wanted[target].add(to)
    found = {target: find_all(session, target, keys) for target, keys in wanted.items()}
    missing = {(target, to) for _, _, target, to in led if to not in found[target]}
    names = _names(session, missing)
    for row, key, target, to in led:
        set_committed_value(row, key, found[target].get(to))
        if row is past.row and to not in found[target]:
            past.named[key] = names.get((target.__tablename__, to), f"#{to}")


def _leading(row: Base) -> Iterator[tuple[str, type[Base], int]]:
    """Yield the relations of a row that lead somewhere, with the entity and the key there."""
    for each in describe(type(row)).attributes.values():
        to = getattr(row, each.column.key) if each.target else None
        if each.target and to is not None:
            yield each.key, each.target, to


def _names(session: Any, missing: Iterable[tuple[type[Base], int]]) -> dict[tuple[str, int], str]:
    """Return what rows that are gone were called, for those who could see them all."""
    seen = [
        and_(Change.entity == model.__tablename__, Change.row_id == key)
        for model, key in missing
        if actor_of(session).level(ruling_entity(model).__tablename__, Permission.VIEW) is Level.ORGANISATION
    ]
    if not seen:
        return {}
    query = select(Change).where(or_(*seen), Change.action == DELETE).order_by(Change.id)
    found = session.scalars(query.execution_options(**READING))
    return {(each.entity, each.row_id): called(session, each) for each in found}


def _counts(session: Any, row: Base, changes: Mapping[tuple[str, int], Changes]) -> dict[type[Base], int]:
    """Return how many rows of each entity were below a record: as many as there are now, but for what came and went."""
    children = describe(type(row)).grids
    if not children:
        return {}
    tables: list[Any] = [child.model.__table__.alias() for child in children]
    columns = [table.c[f"{child.parent}_id"] for table, child in zip(tables, children, strict=True)]
    queries = [select(func.count()).where(column == row.id).scalar_subquery() for column in columns]
    counts = session.execute(select(*queries), execution_options=READING).one()
    found = {child.model: count for child, count in zip(children, counts, strict=True)}
    by_name = {child.model.__tablename__: child for child in children}
    for (name, _), some in changes.items():
        if name in by_name:
            child = by_name[name]
            found[child.model] += _was_here(row.id, f"{child.parent}_id", some)
    return found


def _was_here(key: int, parent: str, changes: Changes) -> int:
    """Return 1 for a row that was below this one and is not now, -1 for one that is and was not, else 0."""
    now = _first(parent, ((each.action == DELETE, each.after) for each in changes))
    then = _first(parent, ((each.action == CREATE, each.before) for each in reversed(changes)))
    return int(then == key) - int(now == key)


def _first(parent: str, sides: Iterable[tuple[bool, Image | None]]) -> Any:
    """Return the parent that the first side tells of; None if there was no row, or if none of them tells."""
    for is_end, side in sides:
        if is_end:
            return None
        if side and parent in side:
            return side[parent]
    return None
