"""The door: who is asking, what is open to everybody, signing in and out."""

from __future__ import annotations

from urllib.parse import urlsplit

from flask import Blueprint, Flask, current_app, g, make_response, redirect, render_template, request, url_for
from flask_login import LoginManager, current_user
from flask_sqlalchemy import SQLAlchemy
from werkzeug.wrappers import Response

from admin_views.door import account, again, looking, resuming, sessions
from admin_views.door.device import remember_device
from admin_views.door.looking import READING
from admin_views.door.sessions import public
from admin_views.door.visitor import origin
from admin_views.problems import is_api
from admin_views.requests import is_fragment
from admin_views.say import say
from admin_views.security import is_static
from admin_views.targets import safe_target
from models.base import db
from models.engine import set_mode
from models.operations.sign_in import known
from models.operations.throttle import Throttled, WrongPassword
from models.rules.password_hash import configure
from models.sealing import set_policy

HOME = "/"

door = Blueprint("auth", __name__)


def init_auth(app: Flask, db: SQLAlchemy) -> None:
    """Admit nobody but those who have signed in, except to what is `public`; call it before CSRFProtect."""
    configure(**app.config["ARGON2"])
    set_policy("customer", app.config["CUSTOMER_PASSWORD_MINIMUM"], app.config["CUSTOMER_PASSWORD_MAXIMUM"])
    app.before_request(admit)
    app.teardown_request(forget_mode)
    app.register_blueprint(door)
    app.register_blueprint(account.blueprint)
    again.init_again(app)
    looking.init_looking(app)
    _lend_current_user(app)


def _lend_current_user(app: Flask) -> None:
    """Let `current_user` be the visitor; Flask-Login's own init_app would read the cookie for static files too."""
    manager = LoginManager()
    manager.session_protection = None
    manager.request_loader(lambda _: g.get("visitor"))
    app.login_manager = manager  # type: ignore[attr-defined]
    app.context_processor(lambda: {"current_user": current_user})


def admit() -> Response | None:
    """Say who is asking, so that their rights decide; send strangers to the sign-in, except on what is public.

    Programs have a door of their own.
    """
    if is_static(request.endpoint) or is_api():
        return None
    set_mode("read" if request.method in READING or _is("only_reads") else "write")
    g.visitor = sessions.here()
    looking.refuse_changes()
    # The answer tells what was saved as it was saved, even if somebody has deleted it since.
    db.session().expire_on_commit = False
    return None if g.visitor or _is("public") else _to_sign_in()


def forget_mode(error: BaseException | None = None) -> None:
    """Let what this thread does outside of requests write again."""
    set_mode("write")


@door.get("/login")
@public
def login() -> Response:
    """Show the form, unless somebody is signed in already."""
    return redirect(_target()) if g.visitor else _form(safe_target(request.args.get("next")))


@door.post("/login")
@public
def log_in() -> Response:
    """Open a session if email and password belong together."""
    email, password = request.form.get("email", ""), request.form.get("password", "")
    was = sessions.was_here()
    kept = resuming.carried(safe_target(request.args.get("next")), was)
    try:
        user_id = sessions.begin(email, password)
    except (WrongPassword, Throttled) as error:
        return _refuse(error, kept)
    if kept is None or not kept.again or user_id != was:
        return remember_device(redirect(_target(), 303), email)
    g.visitor = sessions.here()
    return remember_device(resuming.show_again(kept), email)


@door.post("/logout")
@public
def log_out() -> Response:
    """End the session, here and on the server, and let the browser forget the pages it keeps."""
    current_app.logger.info("signed out")
    sessions.end()
    response = redirect(url_for("auth.login"), 303)
    response.headers["Clear-Site-Data"] = '"cache"'
    return response


def _is(mark: str) -> bool:
    """Return whether the view that is asked for bears a mark."""
    return getattr(current_app.view_functions.get(request.endpoint or ""), mark, False)


def _to_sign_in() -> Response:
    """Ask to sign in, and to come back here afterwards; a fragment makes its whole page do so."""
    where = safe_target(_here())
    url = url_for("auth.login", next=None if where == HOME else where)
    was = sessions.was_here()
    if is_fragment():
        return again.ask_page(url)
    kept = resuming.refused(was)
    if kept is None:
        return redirect(url)
    who = known(db.session, was) if was is not None else None
    return _form(kept.target, who.email if who else "", kept=kept, status=401)


def _here() -> str:
    """Return the page a person sees: that of the request, or the one that a form or a fragment was sent from."""
    if "HX-Request" in request.headers:
        return _path(request.headers.get("HX-Current-URL", ""))
    return request.full_path.rstrip("?") if request.method in READING else _path(request.referrer or "")


def _path(url: str) -> str:
    try:
        parts = urlsplit(url)
    except ValueError:
        return ""
    return parts._replace(scheme="", netloc="", fragment="").geturl() if parts.netloc == request.host else ""


def _target() -> str:
    return safe_target(request.args.get("next")) or HOME


def _form(
    target: str | None, email: str = "", error: str = "", *, kept: resuming.Kept | None = None, status: int = 200
) -> Response:
    page = render_template("admin/login.html", error=error, email=email, next=target, kept=kept)
    return make_response(page, status)


def _refuse(error: WrongPassword | Throttled, kept: resuming.Kept | None) -> Response:
    """Show the form again; nothing in the answer tells whether there is such a user."""
    current_app.logger.warning("sign-in refused", extra={"reason": type(error).__name__, "ip": origin()[0]})
    target, email = safe_target(request.args.get("next")), request.form.get("email", "")
    response = _form(target, email, say(error), kept=kept, status=429 if isinstance(error, Throttled) else 422)
    if isinstance(error, Throttled):
        response.headers["Retry-After"] = str(error.retry_after)
    return response
