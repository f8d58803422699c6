"""Browsers in which an account has signed in before, told by a signed cookie.

Their tries at the password are counted apart, so that strangers who use up the tries of an account do not keep its
owner out. The cookie opens nothing by itself.
"""

from __future__ import annotations

from hashlib import sha256
from secrets import token_urlsafe

from flask import current_app, request
from itsdangerous import BadData, URLSafeSerializer
from werkzeug.wrappers import Response

from models.rules.email import email_key

KEPT = 180 * 24 * 60 * 60  # seconds


def device_for(email: str) -> str:
    """Return the name of this browser if the account of the email has signed in with it, else an empty one."""
    try:
        account, name = _serializer().loads(request.cookies.get(_cookie(), ""))
    except (BadData, ValueError, TypeError):
        return ""
    return str(name) if account == _digest(email) else ""


def remember_device(response: Response, email: str) -> Response:
    """Let the answer carry the name of this browser for the next sign-in."""
    value = _serializer().dumps([_digest(email), device_for(email) or token_urlsafe(16)])
    config = current_app.config
    flags = {"secure": config["SESSION_COOKIE_SECURE"], "httponly": True, "samesite": "Lax"}
    response.set_cookie(_cookie(), str(value), max_age=KEPT, **flags)
    return response


def _cookie() -> str:
    return "__Host-device" if current_app.config["SESSION_COOKIE_SECURE"] else "device"


def _serializer() -> URLSafeSerializer:
    config = current_app.config
    return URLSafeSerializer([*config["SECRET_KEY_FALLBACKS"], config["SECRET_KEY"]], salt="device")


def _digest(email: str) -> str:
    return sha256(email_key(email).encode(errors="replace")).hexdigest()
