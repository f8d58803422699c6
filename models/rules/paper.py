"""A business document as plain values: what is computed, printed, sent and handed to other programs.

Amounts are decimals in the document's currency, rates and discounts per cent.
"""

from __future__ import annotations

import datetime
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

ZERO = Decimal(0)


@dataclass(frozen=True)
class Item:
    """What a line says that its amount follows from; `nature` tells why a rate of zero is zero."""

    quantity: Decimal
    price: Decimal
    rate: Decimal
    discount: Decimal = ZERO
    nature: str | None = None


@dataclass(frozen=True)
class VatGroup:
    """The lines of one rate, and of one nature where the rate is zero: what they come to, and the VAT on it."""

    rate: Decimal
    nature: str | None
    net: Decimal
    vat: Decimal


@dataclass(frozen=True)
class Totals:
    """What a document comes to; `lines` are the net amounts in the order of the lines."""

    lines: Sequence[Decimal]
    groups: Sequence[VatGroup]
    net: Decimal
    vat: Decimal
    total: Decimal


@dataclass(frozen=True)
class Party:
    """Who sells or buys; the last six are known of the seller alone. Countries by their code of two letters."""

    name: str
    street: str = ""
    street2: str = ""
    postal_code: str = ""
    city: str = ""
    province: str = ""
    country: str = ""
    vat_number: str = ""
    tax_code: str = ""
    recipient: str = ""
    email: str = ""
    phone: str = ""
    is_company: bool = True
    website: str = ""
    register: str = ""
    regime: str = ""
    bank: str = ""
    iban: str = ""
    bic: str = ""


@dataclass(frozen=True)
class Origin:
    """A document that another was made from: "DDT", "12/2026", its date."""

    kind: str
    number: str
    date: datetime.date


@dataclass(frozen=True)
class PaperLine:
    """A line as it is printed; `unit` is a code of UN/ECE Recommendation 20, `amount` is net of VAT.

    Where prices include VAT, `price` does; `net_price` never does. Discounts are not taken off either of them.
    """

    description: str
    quantity: Decimal
    unit: str
    price: Decimal
    net_price: Decimal
    discount: Decimal
    rate: Decimal
    nature: str | None
    amount: Decimal
    origin: Origin | None = None


@dataclass(frozen=True)
class Transport:
    """How goods travelled, as a delivery note says it."""

    date: datetime.date | None = None
    reason: str = ""
    carrier: str = ""
    packages: int | None = None
    weight: Decimal | None = None
    destination: str = ""


@dataclass(frozen=True)
class Paper:
    """A whole document; without a number it is a draft. `discount` is taken off every line, after its own."""

    kind: str
    label: str
    number: str | None
    date: datetime.date
    due: datetime.date | None
    currency: str
    seller: Party
    buyer: Party
    lines: Sequence[PaperLine]
    totals: Totals
    includes_vat: bool = False
    discount: Decimal = ZERO
    paid: Decimal = ZERO
    payment_method: str | None = None
    reference: str = ""
    note: str = ""
    language: str = "en"
    transport: Transport | None = None
    origins: Sequence[Origin] = ()
    cancelled: bool = False
    credited: Decimal = ZERO
