"""The company itself: who sells, as documents say it."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy.orm import Mapped

from models.base import Base, Timestamped
from models.errors import DomainError
from models.fields import (
    City,
    Country,
    Currency,
    Email,
    Iban,
    Line,
    Name,
    OneOf,
    Phone,
    PostalCode,
    Province,
    Street,
    TaxCode,
    Url,
    VatNumber,
    field,
)
from models.i18n import N_
from models.rules.tax_regimes import tax_regimes


class Company(Timestamped, Base):
    """Who sells: what stands at the head of every document; there is one."""

    __plural__ = "Company"

    name: Mapped[Name] = field(initials=True)
    street: Mapped[Street | None] = field(personal=False)
    street2: Mapped[Street | None] = field(label="Second line", personal=False)
    postal_code: Mapped[PostalCode | None] = field(country="country", personal=False)
    city: Mapped[City | None] = field(personal=False)
    country: Mapped[Country | None]
    province: Mapped[Province | None] = field(country="country", personal=False)
    vat_number: Mapped[VatNumber | None] = field(country="country")
    tax_code: Mapped[TaxCode | None] = field(country="country", personal=False)
    register: Mapped[Line | None] = field(label="Register", help="Such as the REA number, or the court and its number.")
    regime: Mapped[OneOf | None] = field(label="Tax regime", help="For e-invoices in Italy.")
    email: Mapped[Email | None] = field(personal=False)
    phone: Mapped[Phone | None] = field(country="country", personal=False)
    website: Mapped[Url | None]
    bank: Mapped[Line | None]
    iban: Mapped[Iban | None] = field(label="IBAN", personal=False)
    bic: Mapped[Line | None] = field(label="BIC")
    currency: Mapped[Currency] = field(default="EUR", help="What new documents begin with.")
    only: Mapped[bool] = field(default=True, unique=True, hidden=True)

    @classmethod
    def choices(cls, key: str) -> Sequence[tuple[str, str]]:
        """Return the tax regimes."""
        return list(tax_regimes().items())

    def obstacle(self) -> DomainError:
        """Refuse to delete it: somebody sells."""
        return DomainError(N_("There is always one company: change what it says instead."))
