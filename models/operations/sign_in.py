"""Signing in with an email address and a password."""

from __future__ import annotations

from typing import Any, NamedTuple

from sqlalchemy import select

from models.engine import transactions
from models.operations.sessions import open_session
from models.operations.throttle import counted_try
from models.operations.verifying import DOOR, keep_up, typed_key, verified
from models.user import User


class SignedIn(NamedTuple):
    """Who has signed in, and the token that their browser keeps."""

    user_id: int
    token: str


class Known(NamedTuple):
    """Somebody who can sign in, as the sign-in calls them."""

    name: str
    email: str


def known(session: Any, user_id: int) -> Known | None:
    """Return who can sign in under this key; the caller knows already that they have been here."""
    query = select(User.name, User.email).where(User.id == user_id, User.active)
    with transactions("read"):
        found = session.execute(query, execution_options=DOOR).one_or_none()
        session.rollback()
    return Known(*found) if found else None


def sign_in(session: Any, email: str, password: str, ip: str, agent: str, device: str = "") -> SignedIn:
    """Return a new session of the user; WrongPassword or Throttled otherwise, alike for unknown and inactive users.

    `device` names a browser in which this account has signed in before: its tries are counted apart, so that strangers
    who try passwords cannot keep people out.
    """
    key = typed_key(email)
    found = select(User.id, User.password).where(User.login_key == key, User.active)
    with counted_try(session, f"{key} {device}", ip):
        user_id, stored = verified(session, found, password)
    keep_up(session, User, user_id, stored, password)
    return SignedIn(user_id, open_session(session, user_id, ip, agent))
