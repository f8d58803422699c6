"""Lines of documents."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from decimal import Decimal
from typing import TYPE_CHECKING

from sqlalchemy import inspect
from sqlalchemy.orm import Mapped

from models.base import Base
from models.document import MOST_LINES, SETTLED, Document
from models.errors import DomainError
from models.fields import Amount, Count, LongText, OneOf, Percent, Price, Quantity, field, parent, reference
from models.i18n import N_
from models.related import related
from models.rules.paper import Item
from models.rules.units import units
from models.vat_rate import VatRate, charged_on

NEGATIVE = N_("Type zero or more: for what is taken off, type a price below zero.")


class DocumentLine(Base):
    """What a document is about: a line with its quantity, price and VAT."""

    __label__ = "Line"

    document: Mapped[Document] = parent(part=True, most=MOST_LINES)
    position: Mapped[Count] = field(default=0, hidden=True)
    description: Mapped[LongText]
    quantity: Mapped[Quantity] = field(default=Decimal(1))
    unit: Mapped[OneOf] = field(default="C62")
    price: Mapped[Price] = field(label="Unit price", currency="document.currency")
    discount: Mapped[Percent] = field(default=Decimal(0), label="Discount %")
    vat_rate: Mapped[VatRate] = reference(label="VAT")
    amount: Mapped[Amount] = field(default=Decimal(0), fixed=True, currency="document.currency")
    source: Mapped[DocumentLine | None] = reference(fixed=True, label="From", orphans="never")
    ordered: Mapped[DocumentLine | None] = reference(fixed=True, label="Ordered by", orphans="never")

    if TYPE_CHECKING:
        document_id: Mapped[int]
        source_id: Mapped[int | None]
        ordered_id: Mapped[int | None]

    @classmethod
    def choices(cls, key: str) -> Sequence[tuple[str, str]]:
        """Return the units."""
        return list(units().items())

    def settled(self, key: str) -> str | None:
        """A line stays as the document that it is part of."""
        document = related(self, "document")
        return SETTLED if isinstance(document, Document) and document.was_issued else None

    def obstacle(self) -> DomainError | None:
        """Refuse to take a line out of what has been issued."""
        return DomainError(SETTLED) if self.settled("document") else None

    def took_over(self, key: str) -> bool:
        """What is made of a document is taxed as that is, also with a rate that is no longer chosen."""
        return key == "vat_rate" and self.source is not None and self.source.vat_rate is self.vat_rate

    def problems(self) -> Iterator[DomainError]:
        """Yield that less than nothing is sold, and that a line comes too late."""
        if (self.quantity or 0) < 0:
            yield DomainError(NEGATIVE, "quantity")
        if not inspect(self).persistent and self.settled("document"):
            yield DomainError(SETTLED, "document")

    @property
    def item(self) -> Item:
        """What the amount follows from."""
        rate = charged_on(self)
        return Item(
            quantity=self.quantity or Decimal(0),
            price=self.price or Decimal(0),
            rate=rate.rate if rate else Decimal(0),
            discount=self.discount or Decimal(0),
            nature=rate.nature if rate else None,
        )
