"""Calls with customers."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement
from sqlalchemy.orm import Mapped

from models.activity import Activity
from models.base import Base, Timestamped
from models.choices import Choice
from models.errors import DomainError
from models.fields import Count, LongText, Moment, Name, Phone, field, reference
from models.i18n import N_
from models.related import related
from models.types import utcnow
from models.user import User

CLOCKS_DIFFER = timedelta(minutes=5)


class Direction(Choice):
    """Who called whom."""

    OUTGOING = "outgoing", "blue"
    INCOMING = "incoming", "grey"


class Outcome(Choice):
    """What came of a call."""

    REACHED = "reached", "green"
    LEFT_MESSAGE = "left_message", "blue"
    NO_ANSWER = "no_answer", "yellow"


class Call(Activity, Timestamped, Base):
    """A call with a customer, or an attempt."""

    subject: Mapped[Name] = field(derived=True, personal=True, help="Left empty, it says who was called.")
    direction: Mapped[Direction] = field(default=Direction.OUTGOING)
    number: Mapped[Phone | None] = field(
        country="customer.billing_country",
        likely=("contact.phone", "customer.phones.number", "customer.contacts.phone"),
    )
    at: Mapped[Moment] = field(label="When", default=utcnow)
    minutes: Mapped[Count | None] = field(help="How long it took.")
    outcome: Mapped[Outcome] = field(default=Outcome.REACHED)
    text: Mapped[LongText | None] = field(label="Notes")
    author: Mapped[User | None] = reference(orphans="clear", creator=True, fixed=True)

    def derive(self) -> None:
        """Say with whom it was."""
        super().derive()
        other: Any = related(self, "contact") or related(self, "customer")
        if not self.subject and other is not None:
            words = "Call from {}" if self.direction is Direction.INCOMING else "Call to {}"
            self.subject = words.format(other.name)[:255]

    def problems(self) -> Iterator[DomainError]:
        """Yield that a call lies in the future: one that is still to be made is a task."""
        at: datetime | None = self.at
        if at and at > utcnow() + CLOCKS_DIFFER:
            yield DomainError(N_("This lies in the future. Add a task for a call that is still to be made."), "at")

    @classmethod
    def touches(cls) -> ColumnElement[bool]:
        """Whoever was reached, or left a message."""
        return cls.outcome.in_((Outcome.REACHED, Outcome.LEFT_MESSAGE))
