"""The rule that somebody can always manage the panel."""

from __future__ import annotations

from sqlalchemy import event, inspect, select
from sqlalchemy.orm import Session, UOWTransaction

from models.errors import Refused
from models.i18n import N_
from models.user import RoleName, User

LAST = N_("%(name)s is the last active administrator. Make somebody else an administrator first.")


@event.listens_for(Session, "before_flush")
def keep_an_administrator(session: Session, context: UOWTransaction, instances: object) -> None:
    """Refuse to delete, deactivate or demote the last active administrator, on whatever way it comes."""
    leaving = [user for user in (*session.dirty, *session.deleted) if isinstance(user, User) and _leaves(session, user)]
    if leaving and not _remaining(session, {user.id for user in leaving}):
        field = "active" if not leaving[0].active else "role"
        raise Refused(LAST, field, name=leaving[0].name)


def _leaves(session: Session, user: User) -> bool:
    return _was_administrator(user) and (user in session.deleted or not is_administrator(user))


def is_administrator(user: User) -> bool:
    """Return whether the user is an administrator who can sign in."""
    return user.active and user.role is RoleName.ADMINISTRATOR


def _was_administrator(user: User) -> bool:
    before = {}
    for key in ("active", "role"):
        history = inspect(user).attrs[key].history
        before[key] = history.deleted[0] if history.deleted else getattr(user, key)
    return before["active"] is True and before["role"] is RoleName.ADMINISTRATOR


def _remaining(session: Session, leaving: set[int]) -> bool:
    """Return whether another administrator stays or comes; rows are locked, so that no two demote each other."""
    coming = any(isinstance(user, User) and is_administrator(user) for user in (*session.new, *session.dirty))
    stored = select(User.id).where(User.active, User.role == RoleName.ADMINISTRATOR).order_by(User.id).with_for_update()
    return coming or bool(set(session.connection().scalars(stored)) - leaving)
