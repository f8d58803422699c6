"""What was typed into a form that could not be saved at all, so that it is not lost with the answer.

The record may be gone, or out of sight, or no longer to be changed. What somebody deleted can be brought back, by those
who may, and the form be saved with the same click.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from flask import current_app, request
from flask_babel import gettext

from admin_views.controls import read_key
from admin_views.requests import is_fragment
from admin_views.saving import commit
from admin_views.say import label, when
from models.base import Base, db
from models.description import describe
from models.engine import set_mode
from models.gate import actor_of
from models.history import DELETE, Change, called
from models.operations.undo import undo
from models.past import last_change
from models.permissions import Level, Permission
from models.related import find

BRING_BACK = "bring_back"
FORMS = (".create_view", ".edit_view")
LONGEST = 10_000


@dataclass(frozen=True)
class Typed:
    """What was typed, by what it is called; where it can still be saved, who deleted what, and what is sent again."""

    lines: Sequence[tuple[str, str]]
    deleted: str = ""
    sent: Sequence[tuple[str, str]] = ()
    url: str = ""


def typed(*, gone: bool) -> Typed | None:
    """Return what was typed into the form that is answered; None if it was no form, or nothing was typed."""
    view = next((each for each in current_app.extensions["panel"]._views if each.endpoint == request.blueprint), None)
    if request.method != "POST" or is_fragment() or not str(request.endpoint).endswith(FORMS) or view is None:
        return None
    lines = list(lines_of(view, request.form.items(multi=True)))
    deletion = _deletion(view) if lines and gone else None
    if deletion is None:
        return Typed(lines) if lines else None
    by, left_out = deletion.change_set, {"csrf_token", BRING_BACK, *_secret(view)}
    words = {"who": by.actor_name, "title": called(db.session, deletion), "when": when(by.at)}
    sent = [pair for pair in request.form.items(multi=True) if pair[0] not in left_out]
    said = gettext("%(who)s deleted “%(title)s”, %(when)s.", **words)
    return Typed(lines, said, [*sent, (BRING_BACK, str(by.id))], request.full_path.rstrip("?"))


def bring_back(view: Any) -> None:
    """Undo the deletion that the form names, if it does: the form is then saved as if that had never been."""
    deletion = _deletion(view) if BRING_BACK in request.form else None
    if deletion is not None and str(deletion.change_set_id) == request.form[BRING_BACK]:
        key = deletion.change_set_id
        if error := commit(lambda: undo(db.session, key)):
            raise error
        set_mode("write")


def lines_of(view: Any, pairs: Iterable[tuple[str, str]]) -> Iterator[tuple[str, str]]:
    """Yield the texts among what was sent that people typed; what they chose or ticked is quickly chosen again."""
    parts = {child.key: child for child in view.description.parts}
    for name, value in pairs:
        part = parts.get(name.split("-")[0])
        known = describe(part.model).attributes if part else view.description.attributes
        attribute = known.get(name.rpartition("-")[2])
        text = attribute is not None and attribute.python_type is str and not attribute.secret
        if attribute is not None and text and not attribute.target and value.strip():
            yield label(attribute.label), value[:LONGEST]


def _secret(view: Any) -> set[str]:
    return {each.key for each in view.description.attributes.values() if each.secret}


def _deletion(view: Any) -> Change | None:
    """Return how the record of the form, or else its parent, was deleted, if the person may know."""
    parent = view.description.parent
    asked = [(view.model, request.args.get("id", ""))]
    asked += [(parent.target, request.args.get(parent.key, ""))] if parent is not None else []
    found = (_last_deletion(model, read_key(key)) for model, key in asked)
    return next((each for each in found if each is not None and _may_know(each)), None)


def _last_deletion(model: type[Base], key: int | None) -> Change | None:
    if key is None or find(db.session, model, key) is not None:
        return None
    found = last_change(db.session, Change.entity == model.__tablename__, Change.row_id == key)
    return found if found is not None and found.action == DELETE else None


def _may_know(deletion: Change) -> bool:
    """Whether the person did it, or sees all records of this kind anyway."""
    actor = actor_of(db.session)
    everything = actor.level(deletion.root_entity, Permission.VIEW) is Level.ORGANISATION
    return everything or deletion.change_set.actor_id == actor.user_id
