"""Taking out of the history what was erased: a mark stays in its place, and nothing that could be brought back."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from sqlalchemy import delete, inspect, select

from models.base import Base
from models.description import describe, entity, title_of
from models.erased import note_erased, rewrite
from models.history import ERASED, READING, Change, DeletedSecret
from models.images import encode
from models.merged import merged_into
from models.naming import name_key
from models.operations.doomed import COUNTING
from models.operations.sweeping import files_in
from models.related import batches

Pair = tuple[str, int]  # an entity and the key of a row


def forget(session: Any, heads: Sequence[Base], past: Mapping[Base, Sequence[str]], gone: Sequence[Base]) -> set[str]:
    """Erase, from all that was noted of rows, the `past` of these attributes, and all of what is gone.

    Return the files that the history told of there.

    With them goes what was deleted below the heads before, and rows that were merged into them.
    """
    present: dict[Pair, Base] = {(row.__tablename__, row.id): row for row in past}
    lost = {(row.__tablename__, row.id) for row in gone} | _deleted_before(session, heads)
    for row in heads:
        note_erased(session, row, columns_of(type(row), past[row]))
    changes = [(change, _as_gone(change)) for change in _changes_of(session, lost)]
    for change in _changes_of(session, present):
        row = present[change.entity, change.row_id]
        changes.append((change, _as_emptied(change, row, past[row])))
    files = {digest for change, _ in changes for digest in files_in(change)}
    rewrite(session, changes)
    _drop_secrets(session, {*present, *lost})
    return files


def columns_of(model: type[Base], keys: Iterable[str]) -> list[str]:
    """Return the columns in which the values of attributes are kept, with those that follow from them."""
    kinds = {key: describe(model).attributes[key].kind for key in keys}
    follow = [kind.companion.key(key) for key, kind in kinds.items() if kind is not None and kind.companion]
    names = [name_key(key) for key, kind in kinds.items() if kind is not None and kind.named]
    return [*kinds, *follow, *names]


def _deleted_before(session: Any, heads: Sequence[Base]) -> set[Pair]:
    """Return the rows that once were below the heads and are nowhere now."""
    found: dict[str, set[int]] = defaultdict(set)
    for head in heads:
        merged = merged_into(session, head)
        found[head.__tablename__].update(merged)
        below = select(Change.entity, Change.row_id).where(
            Change.root_entity == head.__tablename__, Change.root_id.in_([head.id, *merged])
        )
        for name, key in session.execute(below.distinct(), execution_options=READING):
            found[name].add(key)
    return {(name, key) for name, keys in found.items() for key in keys - _stored(session, entity(name), keys)}


def _stored(session: Any, model: type[Base], keys: Iterable[int]) -> set[int]:
    found: set[int] = set()
    for some in batches(sorted(keys)):
        found |= set(session.scalars(select(model.id).where(model.id.in_(some)), execution_options=COUNTING))
    return found


def _changes_of(session: Any, rows: Iterable[Pair]) -> Iterator[Change]:
    """Yield what was noted of rows, and let nobody else rewrite it, or give it a salt, meanwhile."""
    for name, some in _by_entity(rows):
        query = select(Change).where(Change.entity == name, Change.row_id.in_(some)).order_by(Change.id)
        yield from session.scalars(query.with_for_update().execution_options(**READING, populate_existing=True))


def _by_entity(rows: Iterable[Pair]) -> Iterator[tuple[str, Sequence[int]]]:
    keys: dict[str, list[int]] = defaultdict(list)
    for name, key in sorted(rows):
        keys[name].append(key)
    for name, all_keys in keys.items():
        yield from ((name, some) for some in batches(all_keys))


def _as_gone(change: Change) -> dict[str, Any]:
    """Nothing that was written in a row that is gone is kept."""
    sides = ([key for key, value in (side or {}).items() if isinstance(value, str)] for side in _sides(change))
    before, after = (_without(side, keys) for side, keys in zip(_sides(change), sides, strict=True))
    return {"title": f"#{change.row_id}", "before": before, "after": after}


def _as_emptied(change: Change, row: Base, keys: Sequence[str]) -> dict[str, Any]:
    """What a row says that can be changed may be known; what is settled stands in the row, and there alone."""
    columns = [key for key in columns_of(type(row), keys) if key in inspect(type(row)).columns]
    now = {key: ERASED if row.settled(key) else encode(getattr(row, key)) for key in columns}
    erased = [[key for key, value in now.items() if (side or {}).get(key) != value] for side in _sides(change)]
    before, after = (_without(side, keys) for side, keys in zip(_sides(change), erased, strict=True))
    title = title_of(row) if describe(type(row)).title in keys else change.title
    return {"title": title, "before": before, "after": after}


def _sides(change: Change) -> tuple[Mapping[str, Any] | None, Mapping[str, Any] | None]:
    return change.before, change.after


def _without(side: Mapping[str, Any] | None, keys: Iterable[str]) -> dict[str, Any] | None:
    """Return a side of a change with a mark in place of values; where there was none, none is made up."""
    if side is None:
        return None
    return dict(side) | {key: ERASED for key in keys if side.get(key) is not None}


def _drop_secrets(session: Any, rows: Iterable[Pair]) -> None:
    for name, some in _by_entity(rows):
        kept = delete(DeletedSecret).where(DeletedSecret.entity == name, DeletedSecret.row_id.in_(some))
        session.execute(kept, execution_options=READING)
