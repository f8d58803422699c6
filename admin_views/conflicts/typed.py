"""What was typed into a form that could not be saved at all, so that it is not lost with the answer.

The record may be gone, or out of sight, or no longer to be changed. What somebody deleted can be brought back, by those
who may, and the form be saved with the same click.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from flask import current_app, request, url_for
from werkzeug.exceptions import HTTPException

from admin_views.conflicts.gone import deletion_of, may_bring_back, sentence
from admin_views.controls import read_key
from admin_views.requests import is_fragment
from admin_views.saving import commit
from admin_views.say import label
from models.base import db
from models.description import describe
from models.engine import set_mode
from models.history import Change
from models.operations.undo import undo

BRING_BACK = "bring_back"
FORMS = (".create_view", ".edit_view")
LONGEST = 10_000
PLACE = re.compile(r"\w+#([\w-]+)")  # what a fragment goes into: "section#panel-4"


@dataclass(frozen=True)
class Typed:
    """What was typed, by what it is called; where somebody deleted the record, who, and how it is brought back.

    What is `sent` there saves the form too if it `saves`: once more, or as it stands in the `form` that is still open.
    """

    lines: Sequence[tuple[str, str]] = ()
    deleted: str = ""
    url: str = ""
    sent: Sequence[tuple[str, str]] = ()
    saves: bool = False
    form: str = ""


def typed(*, gone: bool) -> Typed | None:
    """Return what was typed into the form that is answered, and who deleted its record; None if there is neither."""
    view = next((each for each in current_app.extensions["panel"]._views if each.endpoint == request.blueprint), None)
    if view is None or not hasattr(view, "description"):
        return None
    is_form = request.method == "POST" and str(request.endpoint).endswith(FORMS)
    filled = _filled()
    lines = list(lines_of(view, filled)) if is_form and not is_fragment() else []
    deletion = _deletion(view) if gone else None
    if deletion is None:
        return Typed(lines) if lines else None
    said = sentence(deletion)
    if not may_bring_back(deletion):
        return Typed(lines, said)
    key, form = str(deletion.change_set_id), _open_form() if is_form else ""
    if form or lines:
        left_out = {"csrf_token", BRING_BACK, *_secret(view)}
        sent = [pair for pair in filled if pair[0] not in left_out]
        return Typed(lines, said, request.full_path.rstrip("?"), [*sent, (BRING_BACK, key)], saves=True, form=form)
    here = "" if is_fragment() else request.full_path.rstrip("?")  # a fragment is part of the page that sends it
    return Typed(lines, said, url_for("change_set.undo_change_set", key=key), [("next", here)])


def _filled() -> list[tuple[str, str]]:
    """Return what was sent; nothing where the browser has gone before it was through."""
    try:
        return list(request.form.items(multi=True))
    except HTTPException:
        return []


def _open_form() -> str:
    """Return the selector of the form that stays open in its place while it is answered; nothing if there is none."""
    place = PLACE.fullmatch(request.headers.get("HX-Target", "")) if is_fragment() else None
    return f"#{place[1]} [data-form]" if place else ""


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
    found = (deletion_of(model, read_key(key)) for model, key in asked)
    return next((each for each in found if each is not None), None)
