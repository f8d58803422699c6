"""Kinds: everything one needs to know of a value, stated once.

A kind says how a value is cleaned, searched, compared and kept. The panel, the index, imports and exports read it here.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from decimal import ROUND_HALF_UP, Decimal, InvalidOperation
from enum import Enum, auto
from functools import partial
from typing import Any

from models.errors import DomainError
from models.i18n import N_
from models.rules import currency, einvoice, email, iban, language, phone, places, postal, tax_code, text, url, vat
from models.rules.api_token import seal_token
from models.rules.file import clean_digest
from models.rules.mask import Mask, mask_email, mask_emails, mask_phone, mask_text
from models.rules.numbers import clean_decimal
from models.sealing import seal_for


class Search(Enum):
    """How a value takes part in search."""

    NONE = auto()
    TEXT = auto()
    DIGITS = auto()


@dataclass(frozen=True)
class Companion:
    """A second column that follows the first: `phone_e164` beside `phone`; of the same type, or text so long."""

    suffix: str
    compute: Callable[[Any, str | None], str | None]
    length: int | None = None

    def key(self, of: str) -> str:
        """Return the key of the column beside that of a value."""
        return f"{of}_{self.suffix}"


class Compared(Enum):
    """How two values are held to be the same; names are when they are alike, places where the names are as well."""

    VALUE = auto()
    FOLDED = auto()  # whatever the case
    HOST = auto()  # the site of a web address
    NAME = auto()
    PLACE = auto()


@dataclass(frozen=True)
class Likeness:
    """What the same value says of two rows: that they may be one, so likely, of 100, and in these words."""

    by: Compared
    weight: int = 0
    said: str = ""


@dataclass(frozen=True)
class Kind:
    """What a value means.

    `clean` normalises a value by itself; `settle` does so again once the country it belongs to is known. Both are
    idempotent and raise DomainError. `required_in` tells the countries in which the value may not be left out; `settle`
    then takes None too. What is `personal` tells of people; what is also `legible`, such as free text, merely may name
    them, and is read by whoever sees the row. Other personal values are shown by their `mask` alone to those who may
    not read them. Of a `named` value a second column keeps the name under which it came. Two rows that share a value of
    a kind with `duplicate` may be the same.
    """

    name: str
    clean: Callable[[Any], Any] = field(default=lambda value: value, repr=False)
    settle: Callable[[Any, str | None], Any] | None = field(default=None, repr=False)
    search: Search = Search.NONE
    companion: Companion | None = None
    personal: bool = False
    secret: bool = False
    named: bool = False
    required_in: Callable[[str], bool] | None = field(default=None, repr=False)
    duplicate: Likeness | None = None
    legible: bool = False
    mask: Mask = field(default=mask_text, repr=False)


def _line(length: int) -> Callable[[Any], str]:
    return partial(text.clean_text, max_length=length)


def _tags(value: str) -> str:
    """Return comma-separated tags, each once, in the order typed."""
    parts = (text.clean_text(part, max_length=40) for part in value.split(","))
    return text.clean_text(", ".join(dict.fromkeys(part for part in parts if part)), max_length=500)


def _count(value: Any) -> int:
    if isinstance(value, int) and 0 <= value <= 10_000_000:
        return value
    raise DomainError(N_("Type a whole number from 0 to 10,000,000."))


def _percent(value: Any) -> Decimal:
    try:
        number = Decimal(str(value))
    except InvalidOperation:
        number = Decimal(-1)
    if not number.is_finite() or not 0 <= number <= 100:
        raise DomainError(N_("Type a percentage from 0 to 100."))
    return number.quantize(Decimal("0.01"), ROUND_HALF_UP)


def _rate(value: Any) -> Decimal:
    """Return a rate of exchange; nothing is worth nothing."""
    found = clean_decimal(value, places=6, most=10**6)
    if found <= 0:
        raise DomainError(N_("Type a number above zero."))
    return found


def _amount_text(value: Decimal | None, country: str | None) -> str | None:
    """Return an amount as people would look for it; the database holds it as a whole number."""
    return None if value is None else f"{value:.2f}"


def _phone_key(value: str | None, country: str | None) -> str | None:
    if not value:
        return None
    return phone.parse_phone(value, country).e164 or phone.phone_digits(value)


def _settle_phone(value: str, country: str | None) -> str:
    phone.parse_phone(value, country)
    return value


NAMED = Likeness(Compared.NAME, 50, N_("similar name"))
PLACED = Likeness(Compared.PLACE, 15, N_("same place"))

TITLE = Kind("name", _line(255), search=Search.TEXT, duplicate=NAMED)
PERSON = Kind("person", _line(255), search=Search.TEXT, duplicate=NAMED, personal=True)
LINE = Kind("line", _line(100), search=Search.TEXT)
LONG_TEXT = Kind(
    "long_text",
    partial(text.clean_text, max_length=10_000, multiline=True),
    search=Search.TEXT,
    personal=True,
    legible=True,
)
CODE = Kind("code", _line(32), search=Search.TEXT)
STREET = Kind("street", _line(500), search=Search.TEXT, personal=True)
CITY = Kind("city", _line(100), search=Search.TEXT, personal=True, duplicate=PLACED)
POSTAL_CODE = Kind("postal_code", _line(20), postal.clean_postal_code, Search.TEXT, personal=True, duplicate=PLACED)
COUNTRY = Kind("country", places.clean_country)
PROVINCE = Kind("province", _line(100), places.clean_province, personal=True, required_in=places.has_provinces)
EMAIL = Kind(
    "email",
    email.clean_email,
    search=Search.TEXT,
    personal=True,
    mask=mask_email,
    duplicate=Likeness(Compared.FOLDED, 50, N_("same email")),
)
EMAILS = Kind("emails", email.clean_emails, search=Search.TEXT, personal=True, mask=mask_emails)
PHONE = Kind(
    "phone",
    _line(40),
    _settle_phone,
    Search.DIGITS,
    Companion("e164", _phone_key),
    personal=True,
    mask=mask_phone,
    duplicate=Likeness(Compared.VALUE, 40, N_("same phone number")),
)
URL = Kind("url", url.clean_website, search=Search.TEXT, duplicate=Likeness(Compared.HOST, 30, N_("same website")))
VAT_NUMBER = Kind(
    "vat_number", _line(40), vat.clean_vat, Search.TEXT, duplicate=Likeness(Compared.VALUE, 60, N_("same VAT number"))
)
TAX_CODE = Kind(
    "tax_code",
    _line(20),
    tax_code.clean_tax_code,
    Search.TEXT,
    personal=True,
    duplicate=Likeness(Compared.VALUE, 60, N_("same tax code")),
)
RECIPIENT = Kind("recipient", einvoice.clean_recipient, search=Search.TEXT, personal=True, mask=mask_email)
CURRENCY = Kind("currency", currency.clean_currency)
LANGUAGE = Kind("language", language.clean_language)
TAGS = Kind("tags", _tags, search=Search.TEXT, personal=True, legible=True)
COUNT = Kind("count", _count)
PERCENT = Kind("percent", _percent)
AMOUNT = Kind(
    "amount",
    partial(clean_decimal, places=3, most=10**12),
    search=Search.DIGITS,
    companion=Companion("text", _amount_text, 20),
)
PRICE = Kind("price", partial(clean_decimal, places=6, most=10**9))
RATE = Kind("rate", _rate)
QUANTITY = Kind("quantity", partial(clean_decimal, places=4, most=10**9))
IBAN = Kind("iban", iban.clean_iban, search=Search.TEXT, personal=True)
TOKEN = Kind("token", _line(255))
FILE = Kind("file", clean_digest, personal=True, named=True, legible=True)
FILE_SIZE = Kind("file_size")
ONE_OF = Kind("one_of", _line(100))
CUSTOMER_PASSWORD = Kind("secret", partial(seal_for, who="customer"), secret=True)
STAFF_PASSWORD = Kind("secret", partial(seal_for, who="staff"), secret=True)
API_SECRET = Kind("secret", seal_token, secret=True)
