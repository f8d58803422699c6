"""Days and numbers as a list's address says them."""

from __future__ import annotations

from contextlib import suppress
from datetime import date, datetime, time
from decimal import Decimal
from typing import Any

from admin_views.controls import MAX_KEY
from admin_views.locale import zone
from models.errors import DomainError
from models.rules.numbers import read_decimal
from models.types import FixedPoint

LARGEST = 10**12


def day_of(value: str) -> date | None:
    """Return the day that the address names, if it names one."""
    try:
        found = date.fromisoformat(value)
    except ValueError:
        return None
    return found if 1900 <= found.year <= 9000 else None


def moment_of(day: date) -> datetime:
    """Return when a day begins for the reader."""
    return datetime.combine(day, time.min, zone())


def number_of(value: str, column: Any) -> Decimal | None:
    """Return the number that the address names, if it names one that the type of column can hold."""
    largest = LARGEST if isinstance(column, FixedPoint) else MAX_KEY
    with suppress(DomainError):
        found = read_decimal(value)
        return found if abs(found) <= largest else None
    return None
