"""Undo: the inverse of a change-set, as a change-set of its own, through the same gates and checks."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import inspect, select

from models.base import Base
from models.description import describe, entity
from models.errors import Conflict, DomainError
from models.history import CREATE, DELETE, READING, UPDATE, Change, ChangeSet, DeletedSecret
from models.i18n import N_
from models.images import decode, encode
from models.related import find
from models.rules.password import Sealed
from models.types import utcnow

ALREADY = N_("This was undone already.")
CHANGED = N_("“%(title)s” was changed since, so this can no longer be undone as a whole.")
GONE = N_("“%(title)s” is not there any more, or is not yours to change.")


def undo(session: Any, key: int) -> ChangeSet:
    """Take back everything that a change-set did, or nothing: Conflict when a row has moved on since."""
    change_set = session.scalar(select(ChangeSet).where(ChangeSet.id == key).execution_options(**READING))
    if change_set is None:
        raise DomainError(N_("There is nothing to undo."))
    if change_set.undone_by is not None:
        raise Conflict(ALREADY)
    session.info["undo_of"] = key
    changes = list(reversed(change_set.changes))
    for change in changes:
        if change.action == UPDATE:
            _take_back(session, change)
    _bring_back(session, [change for change in changes if change.action == DELETE])
    for change in changes:
        if change.action == CREATE:
            _remove(session, change)
    session.flush()
    return change_set  # type: ignore[no-any-return]


def _row(session: Any, change: Change) -> Base:
    row = find(session, entity(change.entity), change.row_id)
    if row is None:
        raise Conflict(GONE, title=change.title)
    return row  # type: ignore[no-any-return]


def _take_back(session: Any, change: Change) -> None:
    """Give the fields their values back, if they still are as this change left them."""
    row = _row(session, change)
    columns = inspect(type(row)).columns
    for key, before in (change.before or {}).items():
        if key not in columns or _is_secret(row, key):
            continue
        if encode(getattr(row, key)) != (change.after or {}).get(key):
            raise Conflict(CHANGED, title=change.title)
        _assign(row, key, decode(columns[key], before))


def _assign(row: Base, key: str, value: Any) -> None:
    """Set a column; of a foreign key, forget the row that was loaded for the old one."""
    setattr(row, key, value)
    relation = inspect(type(row)).columns[key].info.get("relation")
    if relation:
        inspect(row).session.expire(row, [relation])  # type: ignore[union-attr]


def _is_secret(row: Base, key: str) -> bool:
    attribute = describe(type(row)).attributes.get(key)
    return attribute is not None and attribute.secret


def _bring_back(session: Any, changes: Sequence[Change]) -> None:
    """Insert deleted rows as they were, each below its parent when that comes back too."""
    restored: dict[tuple[str, int], Base] = {}
    for change in changes:
        restored[change.entity, change.row_id] = _restored(session, change)
    for row in restored.values():
        parent = describe(type(row)).parent
        if parent and parent.target:
            above = restored.get((parent.target.__tablename__, getattr(row, f"{parent.key}_id")))
            if above is not None:
                setattr(row, parent.key, above)
    session.add_all(restored.values())


def _restored(session: Any, change: Change) -> Base:
    model = entity(change.entity)
    if find(session, model, change.row_id) is not None:
        raise Conflict(CHANGED, title=change.title)
    columns = inspect(model).columns
    values = {key: decode(columns[key], value) for key, value in (change.before or {}).items() if key in columns}
    return model(**values | _secrets(session, change) | {"version": change.version + 1})


def _secrets(session: Any, change: Change) -> dict[str, Sealed]:
    """Return the secrets that were put aside when the row was deleted."""
    query = select(DeletedSecret).where(
        DeletedSecret.entity == change.entity, DeletedSecret.row_id == change.row_id, DeletedSecret.expires_at > utcnow()
    )
    kept = session.scalar(query.execution_options(**READING))
    if kept is None:
        return {}
    found = {key: Sealed(value) for key, value in kept.secrets.items()}
    session.delete(kept)
    return found


def _remove(session: Any, change: Change) -> None:
    """Delete a row that was created, unless something has happened to it or below it since."""
    row = _row(session, change)
    later = select(Change.id).where(
        Change.root_entity == change.root_entity, Change.root_id == change.root_id, Change.change_set_id > change.change_set_id
    )
    touched = later.where(Change.entity == change.entity, Change.row_id == change.row_id)
    below = later if describe(type(row)).children else touched
    if session.scalar(below.limit(1).execution_options(**READING)) is not None:
        raise Conflict(CHANGED, title=change.title)
    session.delete(row)
