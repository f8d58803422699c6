"""The people who work in the panel."""

from __future__ import annotations

from sqlalchemy.orm import Mapped

from models.base import Base, Timestamped
from models.choices import Choice
from models.fields import Email, Moment, PersonName, StaffPassword, Token, field
from models.rules.email import email_key


class RoleName(Choice):
    """What a user may do; permissions.py says what each means."""

    ADMINISTRATOR = "administrator", "blue"
    EDITOR = "editor", "green"
    VIEWER = "viewer", "grey"


class User(Timestamped, Base):
    """Somebody who signs in to the panel."""

    name: Mapped[PersonName]
    email: Mapped[Email]
    login_key: Mapped[Token] = field(unique=True, hidden=True, derived=True, shown_as="email")
    role: Mapped[RoleName] = field(default=RoleName.VIEWER)
    active: Mapped[bool] = field(default=True, help="A user who is not active cannot sign in.")
    password: Mapped[StaffPassword | None]
    password_changed_at: Mapped[Moment | None] = field(fixed=True, label="Password set")

    def derive(self) -> None:
        """Sign in by the case-folded email."""
        self.login_key = email_key(self.email) if self.email else None  # type: ignore[assignment]
