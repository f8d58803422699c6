"""Undo, as the toast and the history offer it."""

from __future__ import annotations

from typing import Any
from urllib.parse import parse_qs, urlsplit

from flask import Blueprint, abort, redirect, url_for
from flask_babel import gettext
from sqlalchemy import select

from admin_views.controls import read_key
from admin_views.requests import came_from
from admin_views.saving import commit
from admin_views.say import say
from admin_views.toasts import toast
from models.base import db
from models.description import entity
from models.errors import Refused
from models.gate import actor_of
from models.history import CREATE, READING, ChangeSet
from models.operations.undo import undo
from models.permissions import Level, Permission
from models.related import titles

blueprint = Blueprint("change_set", __name__, url_prefix="/change_set")


@blueprint.post("/<key>/undo")
def undo_change_set(key: str) -> Any:
    """Take a change-set back, or say why that cannot be done."""
    change_set = _seen(read_key(key)) or abort(404)
    number, where = change_set.id, _where(change_set)
    error = commit(lambda: undo(db.session, number))
    for refusal in error.errors if error else ():
        if isinstance(refusal, Refused):
            raise refusal
    for reason in dict.fromkeys(map(say, error.errors if error else ())):
        toast(reason, tone="danger")
    if error is None:
        toast(gettext("Undone."), undo=True)
    return redirect(came_from() if error else where, 303)


def _where(change_set: ChangeSet) -> str:
    """Return where one came from; from a record that will be gone, the list it was in."""
    target = urlsplit(came_from())
    shown = parse_qs(target.query).get("id", [])
    for change in change_set.changes:
        if change.action == CREATE and target.path.startswith(f"/{change.entity}/") and shown == [str(change.row_id)]:
            return url_for(f"{change.entity}.index_view")
    return target.geturl()


def _seen(key: int | None) -> ChangeSet | None:
    """Return a change-set that is the person's own, or about records they may see; no others are told of."""
    query = select(ChangeSet).where(ChangeSet.id == (key or 0)).execution_options(**READING)
    found = db.session.scalars(query).first()
    if found is None or found.actor_id == actor_of(db.session).user_id:
        return found
    return found if all(_may_see(name, keys) for name, keys in _roots(found).items()) else None


def _roots(change_set: ChangeSet) -> dict[str, set[int]]:
    found: dict[str, set[int]] = {}
    for change in change_set.changes:
        found.setdefault(change.root_entity, set()).add(change.root_id)
    return found


def _may_see(name: str, keys: set[int]) -> bool:
    if actor_of(db.session).level(name, Permission.VIEW) is Level.ORGANISATION:
        return True
    return set(titles(db.session, entity(name), keys)) == keys
