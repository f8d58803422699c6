"""Business documents: quotes, orders, delivery notes, invoices and their kin, one model for all."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from datetime import timedelta
from decimal import Decimal
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from sqlalchemy import ColumnElement, Index, UniqueConstraint, and_, inspect
from sqlalchemy.orm import Mapped

from models.base import Base, Timestamped
from models.customer import Customer
from models.errors import DomainError
from models.fields import (
    Amount,
    City,
    Code,
    Count,
    Country,
    Currency,
    Day,
    Line,
    LongText,
    Moment,
    Name,
    OneOf,
    Percent,
    PostalCode,
    Price,
    Province,
    Quantity,
    Rate,
    Recipient,
    Street,
    TaxCode,
    Token,
    VatNumber,
    field,
    parent,
)
from models.i18n import N_
from models.images import stored
from models.rules.document_kinds import DocumentKind, DocumentStatus, PaymentState, payment_state
from models.rules.money import exchanged, places_of, totals
from models.rules.numbering import NO_SERIES, refuse_numbering
from models.rules.paper import Totals
from models.rules.payment_methods import payment_methods
from models.rules.sums import Sum, sums
from models.types import today

if TYPE_CHECKING:
    from models.document_line import DocumentLine
    from models.payment import Payment

SETTLED = N_("It has been issued: only its status, its payments and your own remarks can change.")
NEVER_DELETED = N_("It has been issued: cancel it or credit it.")
NEVER_AGAIN = N_("It has been issued, which cannot be undone: cancel it or credit it.")
OVERPAID = N_("This is more than what is open.")
GOODS = frozenset({"transport_date", "reason", "carrier", "packages", "weight"})
OWED = frozenset({"payments", "paid", "credited", "open_amount", "payment"})
MONEY = frozenset({"paid", "credited", "open_amount"})
MOST_LINES = 500
LAID_DOWN = frozenset({"status", "remarks", "issued_at", "worth", *OWED})
# What of the customer is kept when it is issued: the own column, and where the value comes from.
SNAPSHOT: Mapping[str, str] = MappingProxyType(
    {
        "party_name": "name",
        "party_street": "billing_street",
        "party_street2": "billing_street2",
        "party_postal_code": "billing_postal_code",
        "party_city": "billing_city",
        "party_country": "billing_country",
        "party_province": "billing_province",
        "party_vat_number": "vat_number",
        "party_tax_code": "tax_code",
        "party_recipient": "recipient",
    }
)
ONCE_ISSUED = ("number", "issued_at", *SNAPSHOT)


class Document(Timestamped, Base):
    """A quote, order, proforma, delivery note (DDT), invoice, receipt or credit note for a customer."""

    customer: Mapped[Customer] = parent()
    kind: Mapped[DocumentKind] = field(default=DocumentKind.INVOICE, lasting=True)
    name: Mapped[Name] = field(derived=True, fixed=True, label="Document")
    number: Mapped[Code | None] = field(fixed=True)
    status: Mapped[DocumentStatus] = field(default=DocumentStatus.DRAFT, fixed=True)
    date: Mapped[Day] = field(default=today)
    due: Mapped[Day | None] = field(derived=True, label="Due or valid until")
    currency: Mapped[Currency] = field(default="EUR")
    prices_include_vat: Mapped[bool] = field(default=False)
    discount: Mapped[Percent] = field(
        default=Decimal(0), label="Discount %", help="Taken off every line, after its own discount."
    )
    series: Mapped[Code | None] = field(help="For numbers of their own, such as those of a branch.")
    sequence: Mapped[Count | None] = field(label="Wanted number", help="Left empty, it is the next one.")
    payment_method: Mapped[OneOf | None]
    reference: Mapped[Line | None] = field(label="Your reference", help="The customer's own number for this.")
    note: Mapped[LongText | None] = field(help="Printed below the lines.")
    remarks: Mapped[LongText | None] = field(help="For yourselves; never printed.")
    transport_date: Mapped[Day | None]
    reason: Mapped[Line | None] = field(label="Reason of transport")
    carrier: Mapped[Line | None]
    packages: Mapped[Count | None]
    weight: Mapped[Quantity | None] = field(label="Weight (kg)")
    destination: Mapped[LongText | None] = field(personal=True, help="Left empty, the customer's shipping address.")
    net: Mapped[Amount] = field(default=Decimal(0), fixed=True, currency="currency")
    vat: Mapped[Amount] = field(default=Decimal(0), fixed=True, label="VAT", currency="currency")
    total: Mapped[Amount] = field(default=Decimal(0), fixed=True, currency="currency")
    paid: Mapped[Amount] = field(default=Decimal(0), fixed=True, currency="currency")
    credited: Mapped[Amount] = field(default=Decimal(0), fixed=True, currency="currency")
    open_amount: Mapped[Amount] = field(default=Decimal(0), fixed=True, label="Open", currency="currency")
    payment: Mapped[PaymentState | None] = field(fixed=True)
    base_currency: Mapped[Currency | None] = field(hidden=True)
    exchange_rate: Mapped[Rate | None] = field(help="How much of this currency is one of the company's.")
    worth: Mapped[Price | None] = field(fixed=True, label="Counts as", currency="base_currency")
    issued_at: Mapped[Moment | None] = field(fixed=True, label="Issued")
    year: Mapped[int | None] = field(hidden=True)
    series_key: Mapped[Token] = field(default=NO_SERIES, hidden=True)
    party_name: Mapped[Name | None] = field(fixed=True, personal=True, label="Customer's name")
    party_street: Mapped[Street | None] = field(fixed=True, label="Street")
    party_street2: Mapped[Street | None] = field(fixed=True, label="Second line")
    party_postal_code: Mapped[PostalCode | None] = field(fixed=True, label="Postal code")
    party_city: Mapped[City | None] = field(fixed=True, label="City")
    party_country: Mapped[Country | None] = field(fixed=True, label="Country")
    party_province: Mapped[Province | None] = field(fixed=True, label="Province", country="party_country")
    party_vat_number: Mapped[VatNumber | None] = field(fixed=True, personal=True, label="VAT number")
    party_tax_code: Mapped[TaxCode | None] = field(fixed=True, label="Tax code")
    party_recipient: Mapped[Recipient | None] = field(fixed=True, label="E-invoice recipient")
    party_is_company: Mapped[bool | None] = field(hidden=True)
    seller: Mapped[LongText | None] = field(hidden=True)

    if TYPE_CHECKING:
        customer_id: Mapped[int]
        lines: list[DocumentLine]
        payments: list[Payment]

    @classmethod
    def indexes(cls) -> tuple[Any, ...]:
        """A number stands once; lists are walked by kind, a customer's documents by kind and date."""
        return (
            UniqueConstraint("kind", "series_key", "year", "sequence", name="uq_document_number"),
            Index(None, "customer_id", "kind", "date", "id"),
            Index(None, "kind", "date", "id"),
            Index(None, "kind", "status", "date", "id"),
            Index(None, "kind", "name", "id"),
            Index(None, "kind", "updated_at", "id"),
            Index(None, "kind", "payment", "due", "id"),
        )

    @classmethod
    def choices(cls, key: str) -> Sequence[tuple[str, str]]:
        """Return the methods of payment."""
        return list(payment_methods().items())

    @property
    def is_draft(self) -> bool:
        """Whether it has not been issued."""
        return self.status is self.kind.rules.draft

    @property
    def was_issued(self) -> bool:
        """Whether it is stored as issued, whatever has been assigned since."""
        return bool(inspect(self).persistent) and stored(self, "status") is not stored(self, "kind").rules.draft

    @property
    def counts(self) -> bool:
        """Whether it is issued and not cancelled."""
        return not self.is_draft and self.status is not DocumentStatus.CANCELLED

    @property
    def is_owed(self) -> bool:
        """Whether payments are recorded against it as it stands."""
        return self.kind.rules.is_paid and self.counts

    def unused(self) -> Collection[str]:
        """Leave out what its kind has no use for, and what comes with issuing."""
        rules = self.kind.rules
        return {
            *(() if rules.moves_goods else GOODS),
            *(() if rules.is_delivered else ("destination",)),
            *(() if rules.due else ("due",)),
            *(() if rules.is_paid else OWED),
            *(() if self._is_foreign else ("exchange_rate", "worth")),
            *(("payments", "worth", *ONCE_ISSUED) if self.is_draft else ("sequence",)),
        }

    @property
    def _is_foreign(self) -> bool:
        """Whether what it earns is in another currency than the company's."""
        return bool(self.kind.rules.earns and self.base_currency and self.currency != self.base_currency)

    def unless(self, key: str) -> tuple[str, str] | None:
        """A draft that is to earn has no use for a rate of exchange in the company's own currency."""
        asks = key == "exchange_rate" and self.is_draft and self.kind.rules.earns
        return ("currency", self.base_currency) if asks and self.base_currency else None

    def called(self, key: str) -> str | None:
        """An invoice is due, a quote valid until and an order wanted by its other day."""
        return self.kind.rules.due or None if key == "due" else None

    @classmethod
    def is_final(cls, changed: Mapping[str, Any]) -> bool:
        """What has been issued stays so."""
        return changed.get("number") is not None

    def settled(self, key: str) -> str | None:
        """What has been issued stays as it is, but for what happens to it; a rate that was not known can be given."""
        is_open = key in LAID_DOWN or (key == "exchange_rate" and stored(self, key) is None)
        return SETTLED if not is_open and self.was_issued else None

    def shown(self, key: str) -> Any:
        """A draft owes nothing, not even zero; what is open after its day is overdue."""
        if key in MONEY and self.is_draft:
            return None
        late = key == "payment" and self.open_amount > 0 and self.due is not None and self.due < today()
        return PaymentState.OVERDUE if late else super().shown(key)

    @classmethod
    def holds(cls, key: str, value: Any) -> ColumnElement[bool] | None:
        """What is overdue is known on the day, and not stored."""
        return cls.overdue() if value is PaymentState.OVERDUE else None

    @classmethod
    def overdue(cls) -> ColumnElement[bool]:
        """Return what is open after its day; its state of payment is said for the index alone."""
        not_paid = cls.payment.in_((PaymentState.UNPAID, PaymentState.PARTLY))
        return and_(not_paid, cls.open_amount > 0, cls.due < today())

    def obstacle(self) -> DomainError | None:
        """Refuse to delete what has been issued."""
        return DomainError(NEVER_DELETED) if self.was_issued else None

    def derive(self) -> None:
        """Begin as a draft of its kind; compute what the lines come to, and what of it is open."""
        if not inspect(self).persistent and self.status is DocumentStatus.DRAFT:
            self.status = self.kind.rules.draft
        day: Any = self.date  # its default is not filled in before it is written
        self.date = day or today()
        if not self.was_issued:
            self._derive_draft()
        self.paid = sum((payment.amount or Decimal(0) for payment in self.payments), Decimal(0))
        owed = self.total - self.credited if self.is_owed else Decimal(0)
        self.open_amount = max(owed - self.paid, Decimal(0))
        self.payment = payment_state(self.open_amount, self.paid) if self.is_owed else None
        self.worth = self._worth()

    def _derive_draft(self) -> None:
        refuse_numbering(self.date, self.due, self.series, self.sequence if self.is_draft else None)
        self.name = (
            f"{self.kind.label} {self.number}"
            if self.number
            else f"{self.kind.label}, draft {self.reference or ''}".strip()
        )
        self.series_key = self.series or NO_SERIES
        if self.is_draft and self.currency == self.base_currency:
            self.exchange_rate = None
        if self.due is None and self.kind.rules.days:
            self.due = self.date + timedelta(days=self.kind.rules.days)
        found = self.computed()
        for line, amount in zip(self.lines, found.lines, strict=True):
            line.amount = amount
        self.net, self.vat, self.total = found.net, found.vat, found.total

    def _worth(self) -> Decimal | None:
        """Return what it adds to what the customer is worth; None while nobody can say."""
        sign = 0 if self.is_draft else self.kind.rules.earns
        if not sign or self.exchange_rate is None:
            return None
        return exchanged(sign * self.total, self.exchange_rate, self.base_currency) if self.counts else Decimal(0)

    def computed(self) -> Totals:
        """Return what the lines come to; a line that lacks something counts as nothing."""
        items = [line.item for line in self.lines]
        places = places_of(self.currency or "EUR")
        return totals(items, places=places, includes_vat=self.prices_include_vat, discount=self.discount or Decimal(0))

    def summary(self) -> Sequence[Sum]:
        """Return net, VAT by rate and total; of what is owed, what was paid and credited, and what is open."""
        owed = (self.credited, self.paid, self.open_amount) if self.is_owed else None
        return sums(self.computed(), self.currency or "EUR", owed)

    def problems(self) -> Iterator[DomainError]:
        """Yield what an issued document must not become, and what payments are too much."""
        if self.was_issued and self.is_draft:
            yield DomainError(NEVER_AGAIN, "status")
        if self.was_issued and inspect(self).attrs.lines.history.has_changes():
            yield DomainError(SETTLED, "lines")
        if not self.is_draft and not self.number:
            yield DomainError(N_("Only issuing gives it a number."), "number")
        if self.paid > max(stored(self, "paid"), self.total - self.credited):
            yield DomainError(OVERPAID, "payments")
