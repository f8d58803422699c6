"""The API: what the site's own programs ask, in JSON, showing a token. It knows no cookies, sessions or pages."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from ipaddress import ip_address
from typing import Any

from flask import Blueprint, current_app, g, json, jsonify, request
from werkzeug.exceptions import RequestEntityTooLarge, UnsupportedMediaType
from werkzeug.wrappers import Response

from admin_views.problems import ROOT, Malformed, problem
from admin_views.say import say
from models.base import db
from models.errors import Conflict, DomainError
from models.gate import set_actor
from models.operations import customer_login
from models.operations.api_access import Program, admitted
from models.operations.customer_login import Credentials
from models.operations.throttle import Throttled, WrongPassword
from models.rules.email import MAX_LENGTH
from models.rules.password_hash import MAX_BYTES

MOST_BYTES = 16 * 1024  # of a body
JSON = "application/json"
SCHEME = "Bearer"

blueprint = Blueprint("api", __name__, url_prefix=f"{ROOT}/v1")


@dataclass(frozen=True)
class Text:
    """A member of a body: a string of at most so many characters."""

    most: int
    required: bool = True


CREDENTIALS = {"email": Text(MAX_LENGTH), "client_ip": Text(45, required=False)}
LOGIN = CREDENTIALS | {"password": Text(MAX_BYTES)}
PASSWORD = CREDENTIALS | {"current_password": Text(MAX_BYTES), "new_password": Text(MAX_BYTES)}


@blueprint.before_request
def admit() -> Response | None:
    """Work on behalf of the program whose token is shown; refuse whoever shows none that works."""
    request.max_content_length = MOST_BYTES + 1  # one more is read, to tell a long body from one that just fits
    given = request.authorization
    program = admitted(db.session, given.token) if given and given.type == SCHEME.lower() and given.token else None
    if program is None:
        current_app.logger.warning("API refused", extra={"ip": request.remote_addr})
        return _unauthorized(shown=given is not None)
    g.program = program
    set_actor(db.session, program.actor)
    return None


@blueprint.post("/customer-login")
def log_in() -> Response:
    """Tell which customer has this email and password."""
    typed = _read(LOGIN)
    customer = customer_login.log_in(db.session, _program().id, _credentials(typed, "password"))
    _note("customer logged in", customer)
    return jsonify(customer_id=customer)


@blueprint.post("/customer-password")
def change_password() -> Response:
    """Give a customer who knows their password another one."""
    typed = _read(PASSWORD)
    known, new = _credentials(typed, "current_password"), typed["new_password"]
    customer = customer_login.change_password(db.session, _program().id, known, new)
    _note("customer changed their password", customer)
    return jsonify(customer_id=customer)


@blueprint.errorhandler(WrongPassword)
def refuse(error: WrongPassword) -> Response:
    """Say the same whether there is no such customer, they may not log in, or the password is another one."""
    _note("customer login refused")
    return problem(403, "login-refused", say(error))


@blueprint.errorhandler(Throttled)
def slow_down(error: Throttled) -> Response:
    """Say when to try again; nothing in the answer tells whose tries were counted."""
    _note("customer login throttled")
    response = problem(429, "too-many-tries", say(error))
    response.headers["Retry-After"] = str(error.retry_after)
    return response


@blueprint.errorhandler(DomainError)
def refuse_values(error: DomainError) -> Response:
    """Say of each value why it cannot be taken."""
    if isinstance(error, Conflict):
        return problem(409, "customer-not-saved", say(error))
    errors = [{"member": single.field, "detail": say(single)} for single in error.errors]
    return problem(422, "value-refused", errors=errors)


@blueprint.errorhandler(Malformed)
def explain(error: Malformed) -> Response:
    """Say of each member of the body what is wrong with it."""
    return problem(400, "malformed-body", errors=error.errors)


def _read(members: Mapping[str, Text]) -> dict[str, str]:
    """Return the body, which is an object with these members and no others."""
    if request.mimetype != JSON:
        raise UnsupportedMediaType
    data = request.get_data(cache=False)
    if len(data) > MOST_BYTES:
        raise RequestEntityTooLarge
    try:
        body = json.loads(data.decode())
    except (ValueError, RecursionError) as error:
        raise Malformed({"": "This is not JSON in UTF-8."}) from error
    if not isinstance(body, dict):
        raise Malformed({"": "This is not an object."})
    wrong = {key: why for key in {**members, **body} if (why := _why_wrong(body, key, members.get(key)))}
    if wrong:
        raise Malformed(wrong)
    return body


def _why_wrong(body: Mapping[str, Any], key: str, text: Text | None) -> str:
    """Return what is wrong with a member, if anything is."""
    if text is None:
        return "This is not known here."
    if key not in body:
        return "This is missing." if text.required else ""
    value = body[key]
    if value is None and not text.required:
        return ""
    if not isinstance(value, str) or any("\ud800" <= character <= "\udfff" for character in value):
        return "This is not a text."
    if len(value) > text.most:
        return f"This is longer than {text.most} characters."
    return "This is not an IP address." if key == "client_ip" and not _is_address(value) else ""


def _is_address(value: str) -> bool:
    try:
        return not getattr(ip_address(value), "scope_id", None)
    except ValueError:
        return False


def _credentials(typed: Mapping[str, str], password: str) -> Credentials:
    return Credentials(typed["email"], typed[password], typed.get("client_ip"))


def _program() -> Program:
    program: Program = g.program
    return program


def _unauthorized(*, shown: bool) -> Response:
    response = problem(401)
    why = ', error="invalid_token"' if shown else ""
    response.headers["WWW-Authenticate"] = f'{SCHEME} realm="Clientela"{why}'
    return response


def _note(event: str, customer: int | None = None) -> None:
    current_app.logger.info(event, extra={"customer": customer, "program": _program().name})
