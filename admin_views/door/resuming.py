"""What was typed into a form whose session was over by the time it was sent, for browsers without the page's script.

The client carries it through the sign-in, in hidden fields; the server keeps nothing for strangers. Only what a page of
ours has sent is carried, and only the person whose page it was gets the form filled in again, to save it themselves.
Whatever else was typed is shown to be copied.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode, urlsplit

from flask import current_app, render_template, request
from flask_wtf.csrf import validate_csrf
from werkzeug.exceptions import HTTPException
from werkzeug.wrappers import Response
from wtforms.validators import ValidationError

from admin_views.conflicts.idempotency import RESUMED
from admin_views.conflicts.typed import BRING_BACK, FORMS, LONGEST, lines_of
from admin_views.say import label
from admin_views.targets import safe_target
from models.description import describe

PREFIX = "typed-"
LARGEST = 450_000  # bytes of a form that still fits into another one
ACTS = {"csrf_token", "close", "theirs", RESUMED, BRING_BACK}  # what does something, rather than says something
WRITTEN = 20  # characters of what is taken for a text where nothing is known of the form


@dataclass(frozen=True)
class Kept:
    """What was typed: the fields to carry along, and the texts by what they are called.

    `again` is whether the form is shown again after the sign-in; `dropped` whether something is not carried.
    """

    target: str
    pairs: Sequence[tuple[str, str]]
    lines: Sequence[tuple[str, str]]
    again: bool
    dropped: bool = False

    @property
    def hidden(self) -> list[tuple[str, str]]:
        """The fields as they stand in the form of the sign-in."""
        return [(f"{PREFIX}{name}", value) for name, value in self.pairs]


def refused(who: int | None) -> Kept | None:
    """Return what a request without a session has typed; `who` had the last one. None if it came from elsewhere."""
    target = safe_target(request.full_path.rstrip("?"))
    view = _view(str(request.endpoint))
    if request.method != "POST" or view is None or target is None or not _is_ours():
        return None
    secret = _secrets(view)
    sent = list(request.form.items(multi=True))
    pairs = [pair for pair in sent if pair[0].rpartition("-")[2] not in secret]
    dropped = any(file.filename for file in request.files.values()) or any(value for _, value in set(sent) - set(pairs))
    if len(urlencode(pairs)) > LARGEST:
        return Kept(target, (), _lines(view, pairs), again=False)
    return Kept(target, pairs, _lines(view, pairs), who is not None and _is_form(target), dropped)


def carried(target: str | None, who: int | None) -> Kept | None:
    """Return what the form of the sign-in has brought along for a page of ours."""
    pairs = [(name.removeprefix(PREFIX), value) for name, value in request.form.items(True) if name.startswith(PREFIX)]
    view = _view(_endpoint(target)) if target and pairs else None
    if target is None or view is None:
        return None
    return Kept(target, pairs, _lines(view, pairs), who is not None and _is_form(target))


def show_again(kept: Kept) -> Response:
    """Return the page that leads to the form, filled in with what was typed."""
    sent = [pair for pair in kept.pairs if pair[0] not in ACTS]
    return Response(
        render_template("admin/resume.html", url=kept.target, sent=[*sent, (RESUMED, "1")]), mimetype="text/html"
    )


def _is_ours() -> bool:
    """Whether a page of ours has sent this: as the browser says, or as the token of the session that is over shows."""
    if request.headers.get("Origin") == request.host_url.rstrip("/"):
        return True
    try:
        validate_csrf(request.form.get("csrf_token"))
    except ValidationError:
        return False
    return True


def _is_form(target: str) -> bool:
    return _endpoint(target).endswith(FORMS)


def _endpoint(target: str) -> str:
    """Return the endpoint to which a form of this address is sent; an empty one if there is none."""
    adapter = current_app.create_url_adapter(request)
    try:
        return str(adapter.match(urlsplit(target).path, method="POST")[0]) if adapter is not None else ""
    except HTTPException:
        return ""


def _view(endpoint: str) -> Any:
    name = endpoint.partition(".")[0]
    views = (each for each in current_app.extensions["panel"]._views if hasattr(each, "description"))
    return next((each for each in views if each.endpoint == name), None)


def _secrets(view: Any) -> set[str]:
    models = [view.model, *(child.model for child in view.description.parts)]
    return {each.key for model in models for each in describe(model).attributes.values() if each.secret}


def _lines(view: Any, pairs: Iterable[tuple[str, str]]) -> list[tuple[str, str]]:
    """Return the texts: those of the fields of a record, or else whatever is long enough for one."""
    found = list(lines_of(view, pairs))
    long = ((name, value[:LONGEST]) for name, value in pairs if len(value) > WRITTEN and " " in value)
    return found or [(label(name.replace("_", " ").capitalize()), value) for name, value in long]
