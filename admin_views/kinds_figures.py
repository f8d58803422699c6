"""Amounts, prices and quantities as people read them, and as other programs do."""

from __future__ import annotations

import re
from decimal import Decimal
from typing import Any

from babel.numbers import format_currency
from babel.numbers import format_decimal as format_number
from flask_babel import get_locale

from models.base import Base
from models.rules.money import places_of

PLACES = 2  # of a currency that nobody said


def value_at(row: Base | None, path: str) -> Any:
    """Return what a dotted path from the row leads to, if the rows on the way are there."""
    place: Any = row
    for step in path.split("."):
        place = getattr(place, step, None)
    return place


def amount(value: Decimal, currency: str | None) -> str:
    """Return an amount with all the digits of its currency, and further ones where it has them.

    A currency without a sign of its own stands as its code, apart from the digits, which Babel leaves to others.
    """
    if currency is None:
        return decimals(value, None)
    written = format_currency(value, currency, locale=get_locale(), decimal_quantization=False)
    return re.sub(rf"{currency}(?=\d)", f"{currency}\u00a0", written)


def decimals(value: Decimal, currency: str | None) -> str:
    """Return an amount as programs read it: a point, the digits of its currency, no groups and no sign of it."""
    exact = value.normalize().as_tuple().exponent
    places = places_of(currency) if currency else PLACES
    return f"{value:.{max(places, -int(exact))}f}"


def number(value: Decimal) -> str:
    """Return a number with the digits it has."""
    return format_number(value, locale=get_locale(), decimal_quantization=False)
