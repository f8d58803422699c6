"""The people at a customer."""

from __future__ import annotations

from sqlalchemy import Index
from sqlalchemy.orm import Mapped

from models.base import Base, Timestamped
from models.contacted import Contacted
from models.customer import Customer
from models.fields import Email, LongText, PersonName, Phone, field, parent


class Contact(Contacted, Timestamped, Base):
    """A person at a customer."""

    customer: Mapped[Customer] = parent()
    name: Mapped[PersonName]
    phone: Mapped[Phone | None] = field(country="customer.billing_country")
    email: Mapped[Email | None]
    notes: Mapped[LongText | None]

    @classmethod
    def indexes(cls) -> tuple[Index, ...]:
        """What the list is sorted by."""
        return (Index(None, "name", "id"),)
