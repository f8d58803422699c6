"""Undo: the inverse of a change-set, as a change-set of its own, through the same gates and checks."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from typing import Any

from sqlalchemy import inspect, select

from models.base import Base
from models.description import describe
from models.errors import Conflict, DomainError
from models.gate import actor_of
from models.history import READING, ChangeSet, is_erased, put_secrets_aside
from models.i18n import N_
from models.images import decode, encode, keys_of
from models.moving import Move, moving
from models.operations.deletion import delete_rows, preview
from models.operations.doomed import going_with
from models.operations.net import Net, by_model, net_changes
from models.operations.races import faster_ones
from models.operations.restoring import (
    Rows,
    forget_secrets,
    link,
    refuse_taken,
    restored_rows,
    swap_secret,
    unique_values_freed,
)
from models.permissions import Level, Permission, ruling_entity
from models.related import LARGEST_KEY, find_all, lock

NOTHING = N_("There is nothing to undo.")
ALREADY = N_("This was undone already.")
CHANGED = N_("“%(title)s” was changed since, so this can no longer be undone as a whole.")
GONE = N_("“%(title)s” is not there any more, or is not yours to change.")
ERASED = N_("“%(title)s” was anonymised, and what was erased does not come back.")
PASSWORD = N_("Nobody keeps old passwords, so this cannot be undone. Set a new one for “%(title)s”.")
IN_USE = N_("“%(title)s” is in use by now, so its creation can no longer be undone.")


def undo(session: Any, key: int) -> ChangeSet:
    """Take back everything that a change-set did, or nothing: the caller commits, or rolls back after a DomainError.

    Raises Conflict when a row has moved on since, Refused when the actor may not write one of them.
    """
    change_set = _change_set(session, key)
    session.info["undo_of"] = key
    changes = net_changes(session, key)
    for each in filter(is_erased, changes):
        raise Conflict(ERASED, title=each.title)
    with faster_ones(CHANGED, title=changes[0].title if changes else ""):
        _apply(session, changes)
    return change_set


def _change_set(session: Any, key: int) -> ChangeSet:
    there = 0 < key <= LARGEST_KEY
    found = session.scalar(select(ChangeSet).where(ChangeSet.id == key), execution_options=READING) if there else None
    if found is None:
        raise DomainError(NOTHING)
    if session.scalar(select(ChangeSet.id).where(ChangeSet.undo_of_id == key), execution_options=READING):
        raise Conflict(ALREADY)
    return found  # type: ignore[no-any-return]


def _apply(session: Any, changes: Sequence[Net]) -> None:
    gone = [each for each in changes if each.is_deletion]
    restored = restored_rows(session, gone)
    rows = _present(session, [each for each in changes if each.exists])
    updates = [each for each in changes if each.is_update]
    moves = _moves(rows, updates, {each.row for each in changes if not each.is_update})
    for each in updates:
        _take_back(session, rows[each.row], each)
        link(rows[each.row], restored)
    refuse_taken(session, [*restored.values(), *rows.values()])
    created = {each.row: (rows[each.row], each) for each in changes if each.is_creation}
    leaving = [row for row, _ in created.values()]
    with unique_values_freed(session, [rows[each.row] for each in updates], leaving), moving(session, moves):
        session.add_all(restored.values())
        meant = [(row, key, getattr(row, key)) for row in (rows[each.row] for each in updates) for key in _derived(row)]
        session.flush()
        for row, key, value in meant:
            if getattr(row, key) != value:  # it followed from other values again, and had been meant to differ
                setattr(row, key, value)
        session.flush()
    forget_secrets(session, gone)
    _remove(session, created)


def _moves(rows: Rows, updates: Iterable[Net], came_or_went: Collection[tuple[str, int]]) -> dict[Move, int]:
    """Return where relations lead back to that went elsewhere as rows came together, or were parted again.

    Raises Conflict for those of settled rows to which something has happened since.
    """
    found: dict[Move, int] = {}
    for each in updates:
        for relation in (one for one in describe(each.model).attributes.values() if one.target):
            ends = [side.get(relation.column.key) for side in (each.before, each.after)]
            if None in ends or not {(relation.target.__tablename__, end) for end in ends} & set(came_or_went):  # type: ignore[union-attr]
                continue
            row = rows[each.row]
            if row.version == each.version:
                found[*each.row, relation.key] = int(str(ends[0]))
            elif row.settled(relation.key):
                raise Conflict(CHANGED, title=each.title)
    return found


def _present(session: Any, changes: Iterable[Net]) -> Rows:
    """Return the rows that changes are about, read through the gate; Conflict if one is not there."""
    found: Rows = {}
    for model, some in by_model(changes).items():
        rows = find_all(session, model, [each.row_id for each in some])
        for each in some:
            if each.row_id not in rows:
                raise Conflict(GONE, title=_known(session, each))
            found[each.row] = rows[each.row_id]
    return found


def _known(session: Any, change: Net) -> str:
    """Return what a row out of sight was called to who sees all others; a deletion changes rows that not all see."""
    level = actor_of(session).level(ruling_entity(change.model).__tablename__, Permission.VIEW)
    return change.title if level is Level.ORGANISATION else f"#{change.row_id}"


def _take_back(session: Any, row: Base, change: Net) -> None:
    """Give the fields their values back, if they still are as this change left them."""
    columns = inspect(type(row)).columns
    secrets = keys_of(type(row), secret=True)
    for key in (key for key in change.keys if key in columns):
        if key in secrets:
            _take_back_secret(session, row, change, key)
        elif encode(getattr(row, key)) == change.after.get(key):
            setattr(row, key, decode(columns[key], change.before.get(key)))
        else:
            raise Conflict(CHANGED, title=change.title)


def _derived(row: Base) -> list[str]:
    return [each.column.key for each in describe(type(row)).attributes.values() if each.facts.derived]


def _take_back_secret(session: Any, row: Base, change: Net, key: str) -> None:
    """Take a secret away again where there was none; one that was there comes back if it was put aside by a merge."""
    if key not in change.before:
        put_secrets_aside(session, row)
        setattr(row, key, None)
    elif not swap_secret(session, row, key):
        raise Conflict(PASSWORD, title=change.title)


def _remove(session: Any, created: dict[tuple[str, int], tuple[Base, Net]]) -> None:
    """Delete rows that were created, unless something has happened to them since, or to what goes with them."""
    for row, change in created.values():
        if _has_moved_on(row, change):
            raise Conflict(CHANGED, title=change.title)
    by_type: dict[type[Base], list[Base]] = {}
    for row, _ in created.values():
        by_type.setdefault(type(row), []).append(row)
    along: set[tuple[str, int]] = set()
    for model, rows in by_type.items():
        lock(session, model, rows)
        going = going_with(session, model, rows)
        for top in (top for each, top in going.items() if each not in created):
            raise Conflict(CHANGED, title=created[model.__tablename__, top][1].title)
        along |= going.keys()
    for model, rows in by_type.items():
        _delete(session, model, [row for row in rows if (row.__tablename__, row.id) not in along])


def _has_moved_on(row: Base, change: Net) -> bool:
    known = keys_of(type(row), secret=False)
    return any(encode(getattr(row, key)) != change.after.get(key) for key in change.keys if key in known)


def _delete(session: Any, model: type[Base], rows: Sequence[Base]) -> None:
    """Delete the rows unless others point to them: those would change too."""
    found = preview(session, model, rows)
    if rows and any(effect.fate != "deleted" for effect in found.effects):
        raise Conflict(IN_USE, title=str(getattr(rows[0], describe(model).title)))
    delete_rows(session, rows)
