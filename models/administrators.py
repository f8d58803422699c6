"""The rule that somebody can always manage the panel."""

from __future__ import annotations

from typing import Any

from sqlalchemy import event, inspect, select
from sqlalchemy.orm import Session, UOWTransaction

from models.errors import Refused
from models.i18n import N_
from models.role import Role
from models.user import User, UserRole

LAST = N_("%(name)s is the last active administrator. Make somebody else an administrator first.")


def administrators() -> Any:
    """Return a select of the users, id and name, who can sign in and have the role that may do everything."""
    role = select(UserRole.user_id).join(Role, UserRole.role_id == Role.id).where(Role.administrator)  # type: ignore[attr-defined]
    can = (User.active, User.password.is_not(None))
    return select(User.id, User.name).where(*can, User.id.in_(role)).order_by(User.id)


@event.listens_for(Session, "before_flush")
def look_for_administrators(session: Session, context: UOWTransaction, instances: object) -> None:
    """Remember who the administrators are when one of them may go, locked, so that no two demote each other at once."""
    if any(_may_demote(session, row) for row in (*session.deleted, *session.dirty)):
        found = session.connection().execute(administrators().with_for_update()).all()
        session.info["administrators"] = {key: name for key, name in found}  # noqa: C416  rows are no pairs


@event.listens_for(Session, "after_flush")
def keep_an_administrator(session: Session, context: UOWTransaction) -> None:
    """Refuse to delete, deactivate or demote the last active administrator, on whatever way it comes."""
    before = session.info.pop("administrators", None)
    if before and session.connection().execute(administrators()).first() is None:
        deactivated = any(isinstance(row, User) and not row.active for row in session.dirty)
        raise Refused(LAST, "active" if deactivated else "roles", name=next(iter(before.values())))


def _may_demote(session: Session, row: object) -> bool:
    """Whether a row that is changed or deleted may take an administrator's place away."""
    if isinstance(row, User):
        changed = (inspect(row).attrs[key].history.has_changes() for key in ("active", "password"))
        return row in session.deleted or any(changed)
    return isinstance(row, (UserRole, Role))
