"""One's own account: who one is here, another password, and where one is signed in."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from flask import Blueprint, abort, current_app, make_response, redirect, render_template, request, session, url_for
from flask_babel import gettext
from sqlalchemy.exc import IntegrityError
from werkzeug.wrappers import Response

from admin_views.conflicts import idempotency
from admin_views.controls import read_key
from admin_views.door.visitor import TOKEN, origin, visitor
from admin_views.say import say, when
from admin_views.toasts import toast
from models.auth import AuthSession
from models.base import db
from models.errors import DomainError
from models.i18n import N_
from models.operations.accounts import change_own_password
from models.operations.sessions import end_other_sessions, end_session, renew, sessions_of
from models.operations.throttle import Throttled
from models.types import utcnow

blueprint = Blueprint("me", __name__, url_prefix="/me")

BROWSERS = ("Edg", "OPR", "Firefox", "Chromium", "Chrome", "Safari", "curl")
SYSTEMS = ("Android", "iPhone", "iPad", "Windows", "Mac OS", "Linux")
AGAIN = N_("This form was sent before. Type the passwords again.")
DIFFERENT = N_("These two are not the same. Type the new password again.")


@dataclass(frozen=True)
class Place:
    """A browser in which one is signed in; `end_url` is None for this very one."""

    browser: str
    ip: str
    seen: str
    end_url: str | None


@blueprint.get("/")
def index() -> Response:
    """Show the account."""
    return _page({})


@blueprint.post("/password")
def change_password() -> Response:
    """Change the password, end the other sessions, and go on in this one under a new token."""
    who = visitor()
    try:
        change_own_password(db.session, who.id, *_typed_passwords(), origin()[0])
        idempotency.note()
    except (DomainError, IntegrityError) as error:
        db.session.rollback()
        if not _was_done(error):
            return _page({each.field or "": say(each) for each in _refusals(error)}, _status(error))
    session[TOKEN] = renew(db.session, who.session_id)
    db.session.commit()
    current_app.logger.info("changed own password")
    toast(gettext("Your password is changed. You are signed out everywhere else."))
    return redirect(url_for(".index"), 303)


@blueprint.post("/sessions/<key>/end")
def end_one(key: str) -> Response:
    """End one of one's sessions."""
    if not end_session(db.session, visitor().id, read_key(key) or 0):
        abort(404)
    return _ended(1)


@blueprint.post("/sessions/end")
def end_others() -> Response:
    """End all of one's sessions but this one."""
    who = visitor()
    return _ended(end_other_sessions(db.session, who.id, who.session_id))


def _ended(count: int) -> Response:
    db.session.commit()
    current_app.logger.info("ended own sessions", extra={"count": count})
    toast(gettext("Signed out there."))
    return redirect(url_for(".index"), 303)


def _page(errors: Mapping[str, str], status: int = 200) -> Response:
    who = visitor()
    places = [_place(each) for each in sessions_of(db.session, who.id, utcnow())]
    rights = ", ".join(who.roles) or gettext("none")
    values = {"who": who, "rights": rights, "places": places, "errors": errors, "key": idempotency.new_key()}
    page = render_template("admin/account.html", **values)
    return make_response(page, status)


def _typed_passwords() -> tuple[str, str]:
    """Return the present password and the new one; DomainError if the new one was not typed alike twice."""
    form = request.form
    if form.get("password") != form.get("again"):
        raise DomainError(DIFFERENT, "again")
    return form.get("current", ""), form.get("password", "")


def _was_done(error: Exception) -> bool:
    """Whether the first of two clicks has done it, while or before this one found the password changed."""
    sent = None if isinstance(error, Throttled) else idempotency.earlier()
    return sent is not None and idempotency.is_same(sent)


def _refusals(error: Exception) -> Sequence[DomainError]:
    return error.errors if isinstance(error, DomainError) else [DomainError(AGAIN)]


def _status(error: Exception) -> int:
    return 429 if isinstance(error, Throttled) else 422


def _place(found: AuthSession) -> Place:
    here = found.id == visitor().session_id
    end_url = None if here else url_for(".end_one", key=found.id)
    return Place(browser_name(found.agent), found.ip, when(found.last_seen_at), end_url)


def browser_name(agent: str) -> str:
    """Return what a person calls the browser that describes itself so."""
    browser = next((name for name in BROWSERS if name in agent), "")
    system = next((name for name in SYSTEMS if name in agent), "")
    name = {"Edg": "Edge", "OPR": "Opera"}.get(browser, browser)
    return " · ".join(filter(None, (name, system))) or gettext("Unknown browser")
