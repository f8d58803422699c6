"""What people read when a page cannot be shown: fixed sentences, and an id under which the log says more."""

from __future__ import annotations

from flask import Flask, Response, current_app, g, make_response, redirect, render_template, request
from flask_babel import gettext
from sqlalchemy.exc import OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from sqlalchemy.orm.exc import ObjectDeletedError
from werkzeug.exceptions import Conflict as HTTPConflict
from werkzeug.exceptions import HTTPException, ServiceUnavailable
from werkzeug.wrappers import Response as WerkzeugResponse

from admin_views.access import why_closed, why_missing
from admin_views.conflicts.typed import typed
from admin_views.landing import landing
from admin_views.logs import request_id
from admin_views.problems import is_api, problem
from admin_views.requests import is_fragment
from admin_views.say import say
from models.errors import Conflict, DomainError, Refused
from models.i18n import N_

UNKNOWN = N_("Something went wrong"), N_("The panel could not do this. What was saved before is safe.")
SENTENCES = {
    400: (
        N_("This request cannot be understood"),
        N_("The page may have been open for too long. Go back, reload it and try again."),
    ),
    403: (N_("This is not allowed"), N_("Your role does not allow this. An administrator can change that.")),
    404: (N_("There is nothing here"), N_("It was deleted, or the address is wrong, or it is not yours to see.")),
    405: (N_("This cannot be opened"), N_("The address is there for a button, not for a visit. Go back and use that.")),
    409: (N_("Somebody else was faster"), N_("This was changed in the meantime. Go back, reload and try again.")),
    413: (N_("This is too much at once"), N_("What was sent is too large. Shorten the text or split the file.")),
    429: (N_("Too many tries"), N_("Wait a few minutes, then try again.")),
    503: (N_("The database is busy"), N_("Nothing was changed. Try again in a moment.")),
}
HIDDEN = N_("This is hidden"), N_("It is there, but not for those as whom you see the panel.")
CLOSED = N_("%(reason)s An administrator can change that.")
# What databases say when they cannot answer now, in contrast to a statement that is wrong.
PASSING = ("lock", "busy", "full", "i/o", "connection", "timeout", "readonly", "shutting down", "starting up")
KEPT = {400, 403, 404}  # the answers to forms on which what was typed is shown
RETRY_AFTER = 5  # seconds


def init_errors(app: Flask) -> None:
    """Answer every error of the app with a page of its own."""
    app.register_error_handler(HTTPException, answer_http_error)
    app.register_error_handler(DomainError, answer_refusal)
    app.register_error_handler(OperationalError, answer_database_error)
    app.register_error_handler(PoolTimeout, answer_database_error)
    app.register_error_handler(ObjectDeletedError, lambda error: answer_http_error(HTTPConflict()))


def answer_http_error(error: HTTPException) -> Response | WerkzeugResponse | HTTPException:
    """Return the page for an error, keeping its headers; redirects pass."""
    if error.code is None or error.code < 400:
        return error
    if error.code == 405 and (elsewhere := _landing()):
        return redirect(elsewhere, 303)
    why = why_missing() if error.code == 404 else None
    title, text = HIDDEN if why else SENTENCES.get(error.code, UNKNOWN)
    closed = why_closed() if error.code == 403 else None
    said = gettext(CLOSED, reason=gettext(closed.reason, **closed.params)) if closed is not None else gettext(text)
    response = error_page(error.code, gettext(title), said, why)
    response.headers.extend([(key, value) for key, value in error.get_headers() if key != "Content-Type"])
    return response


def _landing() -> str | None:
    """Return where somebody lands who opens an address of a button, as with a page that answers one and is reloaded."""
    if request.method not in {"GET", "HEAD"} or is_api() or is_fragment():
        return None
    here = request.full_path.rstrip("?")
    there = landing(here)
    return there if there != here else None


def answer_refusal(error: DomainError) -> Response:
    """Return the page for a refusal that no form has shown."""
    code = 403 if isinstance(error, Refused) else 409 if isinstance(error, Conflict) else 400
    return error_page(code, gettext(SENTENCES[code][0]), say(error))


def answer_database_error(error: OperationalError | PoolTimeout) -> Response | WerkzeugResponse | HTTPException:
    """Ask to come back when the database cannot answer now; a wrong statement stays an error of ours."""
    said = str(getattr(error, "orig", error)).lower()
    if isinstance(error, OperationalError) and not any(word in said for word in PASSING):
        raise error
    current_app.logger.error("database unavailable", exc_info=error)
    g.database_is_away = True  # so that the page asks it nothing
    return answer_http_error(ServiceUnavailable(retry_after=RETRY_AFTER))


def error_page(code: int, title: str, text: str, why: str | None = None) -> Response:
    """Return a page, or for a fragment an alert, with the id that the log has too; `why` is where it is explained.

    A program gets a problem instead.
    """
    current_app.logger.info("refused", extra={"status": code, "method": request.method, "path": request.path})
    if is_api():
        return make_response(problem(code))
    template = "admin/error_alert.html" if is_fragment() else "admin/error.html"
    lost = typed(gone=code == 404) if code in KEPT else None
    page = render_template(template, title=title, text=text, request_id=request_id(), why=why, typed=lost)
    return make_response(page, code)
