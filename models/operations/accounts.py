"""What people do with accounts: make the first one, change their own password."""

from __future__ import annotations

import secrets
from typing import Any

from sqlalchemy import select

from models.errors import DomainError
from models.gate import acting_as, actor_of
from models.i18n import N_
from models.operations.throttle import WrongPassword, counted_try
from models.permissions import SYSTEM
from models.role import Role
from models.rules.password import Sealed, check_password
from models.rules.password_hash import hash_password, verify_password
from models.sealing import POLICIES
from models.types import utcnow
from models.unit import BusinessUnit
from models.user import User, UserRole, UserUnit

READABLE = "abcdefghjkmnpqrstuvwxyz23456789"  # without letters and digits that look alike
GROUPS, GROUP_LENGTH = 5, 5  # 25 of 31 characters: 123 bits
NOT_YOURS = N_("This is not your present password.")
THE_SAME = N_("This is your present password. Choose another one.")


def generated_password() -> str:
    """Return a random password of 123 bits that can be read aloud and typed."""
    groups = ("".join(secrets.choice(READABLE) for _ in range(GROUP_LENGTH)) for _ in range(GROUPS))
    return "-".join(groups)


def create_administrator(session: Any, email: str, password: str | None, name: str) -> tuple[User, str]:
    """Add an administrator, with a generated password unless one is given; return both. The caller commits.

    They belong to the business unit at the top, so that what they own is within somebody's division.
    """
    password = password or generated_password()
    user = User(name=name, email=email, active=True)
    _keep(user, sealed_for(user, password))
    with acting_as(session, SYSTEM):
        role = session.scalars(select(Role).where(Role.administrator)).first()
        user.roles.append(UserRole(role=role or Role(name="Administrator", administrator=True)))
        top = session.scalars(select(BusinessUnit).where(~BusinessUnit.above.has()).order_by(BusinessUnit.id)).first()
        user.units = [UserUnit(unit=top)] if top else []
        session.add(user)
        session.flush()
    return user, password


def change_own_password(session: Any, user_id: int, current: str, new: str, ip: str) -> None:
    """Give the user another password, if the current one is right; their other sessions end. The caller commits.

    Wrong tries are throttled as those of signing in. No transaction is open while hashing.
    What the session has not committed is lost.
    """
    session.rollback()
    with acting_as(session, actor_of(session).elevated()):
        with counted_try(session, f"password of {user_id}", ip):
            user = _seen(session, user_id)
            if not verify_password(user.password, current):
                raise WrongPassword(NOT_YOURS, "current")
        if new == current:
            raise DomainError(THE_SAME, "password")
        sealed = sealed_for(user, new)
        _keep(session.scalars(select(User).where(User.id == user_id)).one(), sealed)
        session.flush()


def sealed_for(user: User, password: str) -> Sealed:
    """Return the hash of a password that suits this user: their name and email make one easy to guess."""
    words = [*user.name.split(), *user.email.replace("@", " ").split(), user.email]
    try:
        return Sealed(hash_password(check_password(password, POLICIES["staff"], words=words)))
    except DomainError as error:
        raise error.about("password") from error


def _keep(user: User, sealed: Sealed) -> None:
    user.password = sealed
    user.password_changed_at = utcnow()


def _seen(session: Any, user_id: int) -> User:
    """Return the user as a detached copy."""
    user: User = session.scalars(select(User).where(User.id == user_id)).one()
    session.expunge(user)
    session.rollback()
    return user
