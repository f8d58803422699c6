"""Signing in again over a page that is open still, so that what was refused there is sent once more.

Every page says, signed, whose it is and in which session it was made. Its script asks here who is there by now: the
same person, in a session that has begun since, gets a fresh token for the forms of the page and sends on; where nobody
is, the password of that person is asked for; to anybody else nothing is sent that was typed here.
"""

from __future__ import annotations

from dataclasses import dataclass
from hashlib import sha256

from flask import Blueprint, Flask, current_app, g, redirect, render_template, request, session, url_for
from flask_babel import gettext
from flask_wtf.csrf import CSRFError, generate_csrf
from itsdangerous import BadData, URLSafeSerializer
from werkzeug.wrappers import Response

from admin_views import errors
from admin_views.door import looking, sessions
from admin_views.door.device import remember_device
from admin_views.door.sessions import public
from admin_views.door.visitor import Visitor, origin
from admin_views.page import Link
from admin_views.requests import came_from, is_fragment
from admin_views.say import say
from models.base import db
from models.operations.sign_in import Known, known
from models.operations.throttle import Throttled, WrongPassword

FRESH = "X-CSRF-Token"
PAGE_HEADER = "X-Again"  # where the page asks from now on

blueprint = Blueprint("again", __name__, url_prefix="/login")


@dataclass(frozen=True)
class Page:
    """Whose a page is, and a digest of the secret of its session: keys of sessions come again when they are over."""

    user_id: int
    secret: str


def init_again(app: Flask) -> None:
    """Let every page know where to ask; call it before CSRFProtect."""
    app.register_blueprint(blueprint)
    app.register_error_handler(CSRFError, answer_foreign_form)
    app.jinja_env.globals["again_url"] = again_url


def again_url() -> str:
    """Return where this page asks who is there; nowhere for strangers, and while one looks as somebody else."""
    who: Visitor | None = g.get("visitor")
    return _url(who) if who is not None and looking.current() is None else ""


def ask_page(url: str) -> Response:
    """Tell a part of a page to ask who is there; `url` is the sign-in, for a page of an older script."""
    return Response(status=401, headers={"HX-Redirect": url})


def answer_foreign_form(error: CSRFError) -> Response | CSRFError:
    """Answer a form of another session than this one; a part of a page asks who is there."""
    if request.endpoint == "again.enter" and is_fragment():
        return who_is_there()
    response: Response = errors.answer_http_error(error)  # type: ignore[assignment]
    response.status_code = 401 if is_fragment() else response.status_code
    return response


@blueprint.get("/again")
@public
def who_is_there() -> Response:
    """Tell the page whether its person is there: in its own session, or in another with the token of that."""
    if not is_fragment():
        return redirect(url_for("auth.login"))
    page, now = _page(), g.visitor
    if now is not None and page is not None and page.user_id == now.id:
        return Response(status=204) if page.secret == _secret() else _go_on(now)
    return _ask(page)


@blueprint.post("/again")
@public
def enter() -> Response:
    """Open a session for the person whose page it is, if the password is theirs."""
    page = _page()
    who = known(db.session, page.user_id) if page is not None else None
    if g.visitor is not None or who is None or not is_fragment():
        return who_is_there()
    try:
        sessions.begin(who.email, request.form.get("password", ""))
    except (WrongPassword, Throttled) as error:
        current_app.logger.warning("sign-in refused", extra={"reason": type(error).__name__, "ip": origin()[0]})
        if isinstance(error, Throttled):
            return _ask(page, say(error), 429)
        return _ask(page, gettext("This password does not open the account."), 422)
    g.visitor = sessions.here()
    return remember_device(_go_on(g.visitor), who.email)


def _ask(page: Page | None, error: str = "", status: int = 200) -> Response:
    """Ask for the password, or say who is there instead."""
    who = known(db.session, page.user_id) if page is not None else None
    values = {"said": _instead(who), "who": who, "error": error, "url": request.full_path, "onward": _onward()}
    return Response(render_template("admin/again.html", **values), status)


def _instead(who: Known | None) -> str:
    """Say why the password is not asked for, if it is not."""
    if g.visitor is not None and who is not None:
        words = {"who": who.name, "now": g.visitor.name}
        said = gettext("This page was opened by %(who)s, and %(now)s is signed in here by now.", **words)
    elif g.visitor is not None or who is None:
        said = gettext("You were signed out.")
    else:
        return ""
    return f"{said} {gettext('Nothing was sent: copy what you need from this page before you leave it.')}"


def _onward() -> Link:
    """Return the way out of the page, as whoever is there, or comes."""
    if g.visitor is not None:
        return Link(gettext("Load it as %(name)s", name=g.visitor.name), came_from())
    return Link(gettext("I am somebody else"), url_for("auth.login", next=came_from()))


def _go_on(who: Visitor) -> Response:
    return Response(status=204, headers={FRESH: generate_csrf(), PAGE_HEADER: _url(who)})


def _page() -> Page | None:
    try:
        user_id, secret = _serializer().loads(request.args.get("page", ""))
    except (BadData, ValueError, TypeError):
        return None
    return Page(user_id, secret)


def _url(who: Visitor) -> str:
    return url_for("again.who_is_there", page=_serializer().dumps([who.id, _secret()]))


def _secret() -> str:
    generate_csrf()
    return sha256(session["csrf_token"].encode()).hexdigest()[:16]


def _serializer() -> URLSafeSerializer:
    config = current_app.config
    return URLSafeSerializer([*config["SECRET_KEY_FALLBACKS"], config["SECRET_KEY"]], salt="page")
