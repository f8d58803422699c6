"""The language a document is set in, and figures and days as that language writes them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from babel import Locale, UnknownLocaleError
from babel.dates import format_date
from babel.numbers import format_decimal, format_percent
from flask import has_app_context
from flask_babel import get_babel

PRICE_DIGITS = 6
HUNDRED = Decimal(100)
# Days as most of the world writes them.
ENGLISH = Locale("en", "GB")


def tongue(language: str, otherwise: str) -> Locale:
    """Return the document's language if there are words in it, and the other one if not: never half and half."""
    wanted = _locale(language)
    translated = get_babel().instance.list_translations() if has_app_context() else []
    spoken = {"en", *(each.language for each in translated)}
    return wanted if wanted and wanted.language in spoken else _locale(otherwise) or ENGLISH


def _locale(tag: str) -> Locale | None:
    """Return what a tag such as pt-BR stands for; nothing for a language that nobody described."""
    try:
        found = Locale.parse(tag, sep="_" if "_" in tag else "-")
    except (UnknownLocaleError, ValueError):
        return None
    return ENGLISH if str(found) == "en" else found


@dataclass(frozen=True)
class Figures:
    """How a language writes amounts of one currency, with `places` digits after the point."""

    locale: Locale
    places: int

    def amount(self, value: Decimal) -> str:
        """Return an amount with all the digits of its currency."""
        return self._decimal(value, "0" * self.places)

    def price(self, value: Decimal) -> str:
        """Return a price with the digits of its currency, and further ones where it has them."""
        return self._decimal(value, "0" * self.places + "#" * (PRICE_DIGITS - self.places))

    def number(self, value: Decimal | int) -> str:
        """Return a number with the digits it has."""
        return self._decimal(Decimal(value), "#" * PRICE_DIGITS)

    def percent(self, value: Decimal) -> str:
        """Return a rate that is told per cent."""
        return format_percent(value / HUNDRED, locale=self.locale, decimal_quantization=False)

    def day(self, value: date) -> str:
        """Return a day with its month in words."""
        return format_date(value, "long", locale=self.locale)

    def _decimal(self, value: Decimal, digits: str) -> str:
        pattern = f"#,##0.{digits}" if digits else "#,##0"
        return format_decimal(value, format=pattern, locale=self.locale)
