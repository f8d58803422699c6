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
    gone = [user for user in session.deleted if isinstance(user, User)]
    gone += [user for user in session.dirty if isinstance(user, User) and _demoted(user)]
    keys = {user.id for user in gone}
    stored = _stored(session) if gone else set()
    if stored & keys and not stored - keys and not _coming(session):
        last = next(user for user in gone if user.id in stored)
        raise Refused(LAST, "active" if not last.active else "role", name=last.name)


def is_administrator(user: User) -> bool:
    """Return whether the user is an administrator who can sign in."""
    return user.active and user.role is RoleName.ADMINISTRATOR


def _demoted(user: User) -> bool:
    attributes = inspect(user).attrs
    changed = attributes.active.history.has_changes() or attributes.role.history.has_changes()
    return changed and not is_administrator(user)


def _stored(session: Session) -> set[int]:
    """Return the administrators in the database, locked, so that no two demote each other at the same time."""
    # Asked of the database: the history of an attribute that was set before it was loaded does not know what it was.
    found = select(User.id).where(User.active, User.role == RoleName.ADMINISTRATOR).order_by(User.id)
    return set(session.connection().scalars(found.with_for_update()))


def _coming(session: Session) -> bool:
    return any(isinstance(user, User) and is_administrator(user) for user in (*session.new, *session.dirty))
