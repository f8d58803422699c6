"""The session of this browser: who has it, how it begins with a password, and how it ends."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from flask import current_app, session
from flask_wtf.csrf import generate_csrf

from admin_views.door import looking
from admin_views.door.device import device_for
from admin_views.door.visitor import TOKEN, WHO, Visitor, origin, visitor_of
from models.base import db
from models.gate import set_actor
from models.operations.sessions import resume, sign_out
from models.operations.sign_in import sign_in
from models.types import utcnow

View = TypeVar("View", bound=Callable[..., object])


def public(view: View) -> View:
    """Mark a view as open to everybody; every other one is private."""
    view.public = True  # type: ignore[attr-defined]
    return view


def here() -> Visitor | None:
    """Return who has the session that the cookie names, and let the database session work on their behalf.

    While they look at the panel as somebody else, it reads with those rights.
    """
    token = session.get(TOKEN)
    found = resume(db.session, token, utcnow()) if isinstance(token, str) else None
    if found is None:
        return None
    set_actor(db.session, found.actor)
    looking.adopt(found.actor)
    db.session.info["auth_session"] = found.session.id
    if session.get(WHO) != found.session.user_id:
        session[WHO] = found.session.user_id
    return visitor_of(found.session, found.actor)


def begin(email: str, password: str) -> int:
    """Open a session in place of this browser's and return whose it is; WrongPassword or Throttled if it may not be."""
    user_id, token = sign_in(db.session, email, password, *origin(), device_for(email))
    end()
    session[TOKEN], session[WHO] = token, user_id
    generate_csrf()  # one secret for all pages of the session, also for two that are opened at once
    current_app.logger.info("signed in", extra={"who": user_id, "ip": origin()[0]})
    return user_id


def end() -> None:
    """End the session of this browser, and forget everything its cookie held."""
    token = session.pop(TOKEN, None)
    if isinstance(token, str):
        sign_out(db.session, token)
    session.clear()


def was_here() -> int | None:
    """Return whose session this browser had last, unless they have logged out; it tells nothing about rights."""
    who = session.get(WHO)
    return who if isinstance(who, int) else None
