"""Signing in with an email address and a password."""

from __future__ import annotations

from typing import Any, NamedTuple

from sqlalchemy import select, update

from models.gate import ungated
from models.i18n import N_
from models.operations.sessions import open_session
from models.operations.throttle import WrongPassword, counted_try
from models.rules.email import MAX_LENGTH, email_key
from models.rules.password_hash import hash_password, needs_rehash, verify_password
from models.user import User

DOOR = ungated("who signs in is found by email before there is an actor")
WRONG = N_("This email and password do not belong together.")


class SignedIn(NamedTuple):
    """Who has signed in, and the token that their browser keeps."""

    user_id: int
    token: str


def sign_in(session: Any, email: str, password: str, ip: str, agent: str, device: str = "") -> SignedIn:
    """Return a new session of the user; WrongPassword or Throttled otherwise, alike for unknown and inactive users.

    `device` names a browser in which this account has signed in before: its tries are counted apart, so that strangers
    who try passwords cannot keep people out.
    """
    key = _key(email)
    with counted_try(session, f"{key} {device}", ip):
        user_id = _verified(session, key, password)
    return SignedIn(user_id, open_session(session, user_id, ip, agent))


def _key(email: str) -> str:
    """Return what was typed as a key to look for, without the characters that databases refuse."""
    return "".join(filter(str.isprintable, email_key(email[:MAX_LENGTH])))


def _verified(session: Any, key: str, password: str) -> int:
    """Return the key of the active user with this email and password, keeping no transaction open while hashing."""
    found = select(User.id, User.password).where(User.login_key == key, User.active)
    user_id, stored = session.execute(found, execution_options=DOOR).one_or_none() or (0, None)
    session.rollback()
    if not verify_password(stored, password) or stored is None:
        raise WrongPassword(WRONG)
    if needs_rehash(stored):
        _rehash(session, user_id, stored, password)
    return int(user_id)


def _rehash(session: Any, user_id: int, stored: str, password: str) -> None:
    """Keep the same password at today's cost: no change of the user, and nothing for the history."""
    fresh = hash_password(password)
    same = update(User).where(User.id == user_id, User.password == stored)
    session.execute(same.values(password=fresh, updated_at=User.updated_at), execution_options=DOOR)
    session.commit()
