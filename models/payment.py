"""Payments: money received for what was invoiced."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from decimal import Decimal

from sqlalchemy.orm import Mapped

from models.base import Base
from models.document import Document
from models.errors import DomainError
from models.fields import Amount, Day, Line, OneOf, field, parent
from models.i18n import N_
from models.related import related
from models.rules.money import places_of, rounded
from models.rules.payment_methods import payment_methods
from models.types import today

TOO_FINE = N_("Amounts in %(currency)s have fewer digits after the point.")


class Payment(Base):
    """Money received for a document."""

    document: Mapped[Document] = parent(part=True)
    date: Mapped[Day] = field(default=today)
    amount: Mapped[Amount] = field(currency="document.currency")
    method: Mapped[OneOf | None]
    note: Mapped[Line | None]

    @classmethod
    def choices(cls, key: str) -> Sequence[tuple[str, str]]:
        """Return the methods of payment."""
        return list(payment_methods().items())

    def problems(self) -> Iterator[DomainError]:
        """Yield that nothing, or less, was paid, or that there is nothing yet to pay."""
        amount: Decimal | None = self.amount
        if amount is not None and amount <= 0:
            yield DomainError(N_("Type an amount above zero."), "amount")
        document = related(self, "document")
        if amount and isinstance(document, Document) and amount != rounded(amount, places_of(document.currency)):
            yield DomainError(TOO_FINE, "amount", currency=document.currency)
        if isinstance(document, Document) and not document.is_owed:
            yield DomainError(N_("Payments are recorded once the document has been issued."), "amount")
