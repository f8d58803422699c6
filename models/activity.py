"""Activities: what happened with a customer, or shall happen."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, ClassVar

from sqlalchemy import ColumnElement, Index
from sqlalchemy.orm import Mapped

from models.contact import Contact
from models.customer import Customer
from models.description import entities
from models.fields import Moment, moment, parent, reference


class Activity:
    """Adds what every activity has: the customer, the contact if it was one, and where it stands in the timeline.

    It is told on the records that `TOLD_ON` leads to.
    """

    TOLD_ON: ClassVar[Sequence[str]] = ("contact", "customer", "customer.account")

    customer: Mapped[Customer] = parent(indexed=False)
    contact: Mapped[Contact | None] = reference(orphans="clear", within="customer", indexed=False)
    at: Mapped[Moment] = moment(label="When")

    if TYPE_CHECKING:
        id: Mapped[int]
        customer_id: Mapped[int]
        contact_id: Mapped[int | None]

    @classmethod
    def indexes(cls) -> tuple[Any, ...]:
        """The newest come first: of all, of a customer, of a contact."""
        return (
            Index(None, "at", "id"),
            Index(None, "customer_id", "at", "id"),
            Index(None, "contact_id", "at", "id"),
        )

    @classmethod
    def touches(cls) -> ColumnElement[bool] | None:
        """Return which of them were being in touch with somebody; None if none ever is."""
        return None


def activities() -> tuple[Any, ...]:
    """Return every entity whose rows stand in timelines, in order of name."""
    return tuple(model for model in entities() if issubclass(model, Activity))
