"""Decimals as people type them."""

from __future__ import annotations

from decimal import ROUND_HALF_UP, Decimal, InvalidOperation
from typing import Any

from models.errors import DomainError
from models.i18n import N_

_NOT_A_NUMBER = N_("Type a number, such as 12 or 12.50.")
_TOO_LARGE = N_("This number is too large.")


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
