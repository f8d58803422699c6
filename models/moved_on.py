"""Whether what a change did still stands, as far as the history tells: only then can it be taken back."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import select

from models.description import entity
from models.history import CREATE, DELETE, READING, Change, ChangeSet
from models.images import keys_of, silent_keys


def later_changes(session: Any, sets: Sequence[ChangeSet], *, newest: bool) -> list[Change]:
    """Return the changes of a page of the history and, unless these are the newest, all later ones of the same rows."""
    here = [change for each in sets for change in each.changes]
    if newest or not here:
        return sorted(here, key=_key)
    names, keys = {change.entity for change in here}, {change.row_id for change in here}
    query = select(Change).where(Change.entity.in_(names), Change.row_id.in_(keys), Change.id >= min(map(_key, here)))
    return list(session.scalars(query.order_by(Change.id).execution_options(**READING)))


def has_moved_on(change: Change, changes: Sequence[Change]) -> bool:
    """Return whether a row is not as a change left it any more, or whether something has come about below it since."""
    later = [each for each in changes if each.id > change.id]
    own = [each for each in later if (each.entity, each.row_id) == (change.entity, change.row_id)]
    is_gone = (own[-1] if own else change).action == DELETE
    if is_gone is not (change.action == DELETE):
        return True
    model = entity(change.entity)
    secrets = keys_of(model, secret=True)
    if set(secrets) & (change.before or {}).keys() and change.action != DELETE:
        return True  # nobody keeps old secrets
    untold = {*secrets, *silent_keys(model)}
    left = {key: value for key, value in (change.after or {}).items() if key not in untold}
    if any(_now(key, value, own) != value for key, value in left.items()):
        return True
    return change.action == CREATE and any(_is_below(each, change) for each in later)


def _now(key: str, value: Any, later: Sequence[Change]) -> Any:
    """Return the value to which later changes have led."""
    for each in later:
        value = (each.after or {}).get(key, value)
    return value


def _is_below(each: Change, change: Change) -> bool:
    here = (each.root_entity, each.root_id) == (change.entity, change.row_id)
    return here and each.action == CREATE and each.change_set_id != change.change_set_id


def _key(change: Change) -> int:
    return change.id
