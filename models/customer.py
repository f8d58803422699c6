"""Business customers, with the emails and phones that are part of the record."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from sqlalchemy import Index, inspect
from sqlalchemy.orm import Mapped

from models.account import Account
from models.base import Base, Timestamped
from models.channel import Channel
from models.checking import points
from models.choices import Choice
from models.contacted import Contacted
from models.errors import DomainError
from models.fields import (
    City,
    Code,
    Count,
    Country,
    Currency,
    CustomerPassword,
    Email,
    Language,
    Line,
    Moment,
    Name,
    PersonName,
    Phone,
    PostalCode,
    Province,
    Recipient,
    Street,
    Tags,
    TaxCode,
    Token,
    Url,
    VatNumber,
    field,
    parent,
    reference,
)
from models.group import CustomerGroup
from models.i18n import N_
from models.owned import Owned
from models.rules.email import email_key
from models.valued import Valued


class CustomerKind(Choice):
    """Whether the customer is a company or a person."""

    COMPANY = "company", "blue"
    PRIVATE = "private", "grey"


class Status(Choice):
    """The customer's internal status."""

    ACTIVE = "active", "green"
    INACTIVE = "inactive", "grey"
    BLOCKED = "blocked", "red"


class Rating(Choice):
    """How good a customer this is."""

    HOT = "hot", "red"
    WARM = "warm", "yellow"
    COLD = "cold", "blue"


class Customer(Owned, Contacted, Valued, Timestamped, Base):
    """A company or a person that one does business with."""

    kind: Mapped[CustomerKind] = field(default=CustomerKind.COMPANY)
    name: Mapped[Name] = field(
        derived=True, private=True, initials=True, help="Left empty, it is the company or the person."
    )
    company: Mapped[Name | None] = field(
        private=True, when=("kind", CustomerKind.COMPANY), demand=N_("A company needs its company name.")
    )
    first_name: Mapped[PersonName | None] = field(
        when=("kind", CustomerKind.PRIVATE), demand=N_("A private customer needs a first name.")
    )
    last_name: Mapped[PersonName | None] = field(
        when=("kind", CustomerKind.PRIVATE), demand=N_("A private customer needs a last name.")
    )
    code: Mapped[Code | None] = field(
        unique=True, private=True, help="Your own number for this customer; imports find it by this."
    )
    vat_number: Mapped[VatNumber | None] = field(
        country="billing_country",
        index=True,
        seldom_shared=True,
        private=True,
        when=("kind", CustomerKind.COMPANY),
        demand=N_("A company needs its VAT number."),
    )
    tax_code: Mapped[TaxCode | None] = field(country="billing_country")
    recipient: Mapped[Recipient | None] = field(
        label="E-invoice recipient", help="Recipient code or certified email (PEC)."
    )
    website: Mapped[Url | None] = field(private=True)
    channel: Mapped[Channel] = reference(sole=True, indexed=False, apart=True)
    account: Mapped[Account] = reference(
        orphans="delete", derived=True, listed=True, help="Left empty, one of the same name is made."
    )
    group: Mapped[CustomerGroup] = reference(orphans="default", indexed=False, listed=True)
    status: Mapped[Status] = field(default=Status.ACTIVE, anonymous=Status.INACTIVE)
    rating: Mapped[Rating | None] = field(guarded=True)
    language: Mapped[Language | None]
    currency: Mapped[Currency | None]
    employees: Mapped[Count | None]
    legal_form: Mapped[Line | None]
    tags: Mapped[Tags | None] = field(help="Separated by commas.")
    newsletter: Mapped[bool] = field(default=False, anonymous=False, label="Newsletter consent")
    billing_street: Mapped[Street | None] = field(label="Street")
    billing_street2: Mapped[Street | None] = field(label="Second line")
    billing_city: Mapped[City | None] = field(label="City")
    billing_postal_code: Mapped[PostalCode | None] = field(label="Postal code", country="billing_country")
    billing_country: Mapped[Country | None] = field(label="Country")
    billing_province: Mapped[Province | None] = field(label="Province", country="billing_country")
    shipping_street: Mapped[Street | None] = field(label="Shipping street")
    shipping_street2: Mapped[Street | None] = field(label="Shipping second line")
    shipping_city: Mapped[City | None] = field(label="Shipping city")
    shipping_postal_code: Mapped[PostalCode | None] = field(label="Shipping postal code", country="shipping_country")
    shipping_country: Mapped[Country | None] = field(label="Shipping country")
    shipping_province: Mapped[Province | None] = field(label="Shipping province", country="shipping_country")
    can_login: Mapped[bool] = field(
        default=False,
        anonymous=False,
        label="Can log in to the site",
        brings=("password", "password_changed_at", "emails"),
    )
    password: Mapped[CustomerPassword | None] = field(needs="can_login")
    password_changed_at: Mapped[Moment | None] = field(fixed=True, personal=True, label="Password set on")
    login_key: Mapped[Token | None] = field(unique=True, hidden=True, personal=True, shown_as="can_login")

    if TYPE_CHECKING:
        emails: list[CustomerEmail]
        phones: list[CustomerPhone]

    @classmethod
    def indexes(cls) -> tuple[Index, ...]:
        """What the list is sorted and filtered by, each ending in the order that the list walks."""
        return (
            Index(None, "name", "id"),
            Index(None, "billing_country", "billing_province", "name", "id"),
            Index(None, "group_id", "name", "id"),
            Index(None, "channel_id", "name", "id"),
            Index(None, "owner_id", "name", "id"),
            Index(None, "owner_id", "created_at", "id"),
            Index(None, "owner_id", "updated_at", "id"),
            Index(None, "owner_id", "last_contacted", "id"),
        )

    def derive(self) -> None:
        """Name the customer, mark a lone email or phone as primary, make the account, claim the email that logs in."""
        if not self.name or self.name == _called(self, before=True):
            self.name = _called(self) or self.name
        if self.name and not (inspect(self).persistent or points(self, "account")):
            owner: dict[str, Any] = {"owner": self.owner} if self.owner else {"owner_id": self.owner_id}  # type: ignore[attr-defined]
            self.account = Account(name=self.name, **owner)
        for key in ("emails", "phones"):
            _mark_lone(self, key)
        email = self.primary_email
        self.login_key = email_key(email.address) if self.can_login and email and email.address else None

    def problems(self) -> Iterator[DomainError]:
        """Yield what a login, or a list of emails or phones, lacks."""
        if self.can_login and not self.primary_email:
            yield DomainError(N_("A customer who can log in needs an email."), "can_login")
        if self.can_login and not self.password:
            yield DomainError(N_("A customer who can log in needs a password."), "password")
        yield from _one_primary(self.emails, "emails", N_("Mark one email as the primary one."))
        yield from _one_primary(self.phones, "phones", N_("Mark one phone as the primary one."))

    def is_person(self) -> bool:
        """A private customer does, a company does not."""
        return self.kind is CustomerKind.PRIVATE

    @property
    def primary_email(self) -> CustomerEmail | None:
        """The email that stands for the customer."""
        return next((email for email in self.emails if email.primary), None)


class CustomerEmail(Base):
    """An email address of a customer."""

    __label__ = "Email"

    customer: Mapped[Customer] = parent(part=True)
    address: Mapped[Email]
    label: Mapped[Line | None]
    primary: Mapped[bool] = field(default=False)


class CustomerPhone(Base):
    """A phone number of a customer."""

    __label__ = "Phone"

    customer: Mapped[Customer] = parent(part=True)
    number: Mapped[Phone] = field(country="customer.billing_country")
    label: Mapped[Line | None]
    primary: Mapped[bool] = field(default=False)


def _mark_lone(customer: Customer, key: str) -> None:
    """Mark a lone email or phone as the primary one, unless it is what remains of several: somebody must choose."""
    rows = getattr(customer, key)
    removed = inspect(customer).attrs[key].history.deleted or ()
    if len(rows) == 1 and (not inspect(rows[0]).persistent or not any(row.primary for row in removed)):
        rows[0].primary = True


def _one_primary(rows: list[CustomerEmail] | list[CustomerPhone], key: str, message: str) -> Iterator[DomainError]:
    if rows and sum(row.primary for row in rows) != 1:
        yield DomainError(message, key)


def _called(customer: Customer, *, before: bool = False) -> str:
    """Return the company or the person, as they are or as they were before this change."""
    company, *person = (_value(customer, key, before=before) for key in ("company", "first_name", "last_name"))
    return company or " ".join(part for part in person if part)


def _value(customer: Customer, key: str, *, before: bool) -> str | None:
    changed = inspect(customer).attrs[key].history.deleted if before else ()
    found: str | None = changed[0] if changed else getattr(customer, key)
    return found
