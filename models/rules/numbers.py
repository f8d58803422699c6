"""Decimals as people type them."""

from __future__ import annotations

import re
from decimal import ROUND_HALF_UP, Decimal, InvalidOperation
from typing import Any

from models.errors import DomainError
from models.i18n import N_

_NOT_A_NUMBER = N_("Type a number, such as 12 or 12.50.")
_TOO_LARGE = N_("This number is too large.")
_TYPED = N_("This is not a number. Write it as in 12 or 12.5.")
_TWO_WAYS = N_("This can be read in two ways: write %(whole)s or %(parts)s.")
_PLAIN = re.compile(r"[+-]?\d{1,15}([.,]\d{1,6})?", re.ASCII)
# Groups of three, all set apart by the same sign, and another one before the decimals.
_GROUPED = re.compile(
    r"[+-]?\d{1,3}(?P<group>[,.'’ \u00a0\u202f])\d{3}(?:(?P=group)\d{3})*(?P<rest>[.,]\d{1,6})?", re.ASCII
)
_AMBIGUOUS = re.compile(r"[+-]?[1-9]\d{0,2},\d{3}", re.ASCII)


def read_decimal(typed: str) -> Decimal:
    """The number that somebody typed; DomainError if it is none, or may be one of two.

    Both 1,234.50 and 1.234,50 are read, and a comma may stand for the point; 1,234 is a thousand to some and one and a
    bit to others. A point alone is always the decimal one.
    """
    typed = typed.strip()
    if _AMBIGUOUS.fullmatch(typed):
        raise DomainError(_TWO_WAYS, whole=typed.replace(",", ""), parts=typed.replace(",", "."))
    if _PLAIN.fullmatch(typed):
        return Decimal(typed.replace(",", "."))
    found = _GROUPED.fullmatch(typed)
    if not found or (found["rest"] or "").startswith(found["group"]) or len(typed) > 24:
        raise DomainError(_TYPED)
    rest = found["rest"] or ""
    whole = typed[: len(typed) - len(rest)].replace(found["group"], "")
    return Decimal(whole + rest.replace(",", "."))


def clean_decimal(value: Any, *, places: int, most: int) -> Decimal:
    """The number rounded half up to so many places; DomainError for what is none, or is beyond `most` either way."""
    try:
        number = Decimal(str(value))
    except InvalidOperation:
        raise DomainError(_NOT_A_NUMBER) from None
    if not number.is_finite():
        raise DomainError(_NOT_A_NUMBER)
    if abs(number) > most:
        raise DomainError(_TOO_LARGE)
    return number.quantize(Decimal(1).scaleb(-places), ROUND_HALF_UP)
