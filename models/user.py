"""The people who work in the panel, with the roles and business units that are part of the record."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import ColumnElement, Index, UniqueConstraint
from sqlalchemy.orm import Mapped

from models.base import Base, Timestamped
from models.fields import Email, Moment, PersonName, StaffPassword, Token, field, parent, reference
from models.role import Role
from models.rules.email import email_key
from models.rules.password import STAFF
from models.unit import BusinessUnit


class User(Timestamped, Base):
    """Somebody who signs in to the panel."""

    name: Mapped[PersonName]
    email: Mapped[Email]
    login_key: Mapped[Token] = field(unique=True, hidden=True, derived=True, shown_as="email")
    active: Mapped[bool] = field(default=True, help="A user who is not active cannot sign in.")
    password: Mapped[StaffPassword | None] = field(
        help=f"Nobody can sign in without one. It needs at least {STAFF.minimum} characters."
    )
    password_changed_at: Mapped[Moment | None] = field(fixed=True, label="Password set on")

    if TYPE_CHECKING:
        roles: list[UserRole]
        units: list[UserUnit]

    @classmethod
    def offered(cls, to: type[Base]) -> ColumnElement[bool]:
        """Return the users who can work."""
        return cls.active  # type: ignore[return-value]

    def derive(self) -> None:
        """Sign in by the case-folded email."""
        self.login_key = email_key(self.email) if self.email else None  # type: ignore[assignment]


class UserRole(Base):
    """A role that a user has."""

    __label__ = "Role"

    user: Mapped[User] = parent(part=True)
    role: Mapped[Role] = reference(listed=True)

    @classmethod
    def indexes(cls) -> tuple[UniqueConstraint, ...]:
        """A user has a role once."""
        return (UniqueConstraint("user_id", "role_id"),)


class UserUnit(Base):
    """A business unit that a user belongs to."""

    __label__ = "Business unit"

    user: Mapped[User] = parent(part=True)
    unit: Mapped[BusinessUnit] = reference(label="Business unit", listed=True)

    @classmethod
    def indexes(cls) -> tuple[UniqueConstraint | Index, ...]:
        """A user belongs to a unit once."""
        return (UniqueConstraint("user_id", "unit_id"),)
