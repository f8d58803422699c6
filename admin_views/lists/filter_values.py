"""Days and numbers as a list's address says them.

A day is a date, or counted from the reader's own: `today`, `today-7`, `today+30`.
"""

from __future__ import annotations

import re
from contextlib import suppress
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import Any

from flask_babel import gettext, ngettext

from admin_views.controls import MAX_KEY
from admin_views.locale import zone
from admin_views.say import plain
from models.errors import DomainError
from models.rules.numbers import read_decimal
from models.types import FixedPoint

LARGEST = 10**12
FROM_TODAY = re.compile(r"today([+-]\d{1,5})?", re.ASCII)


def this_day() -> date:
    """Return the present day where the reader is."""
    return datetime.now(zone()).date()


def days_of(value: str) -> int | None:
    """Return the number of days that the address names, if it names one."""
    return int(value) if re.fullmatch(r"[1-9]\d{0,4}", value, re.ASCII) else None


def days_said(days: int) -> str:
    """Return a number of days in words."""
    return str(ngettext("%(n)s day", "%(n)s days", days, n=days))


def day_said(value: str, day: date) -> str:
    """Return a day as the address names it: one that is counted from today stays so."""
    found = FROM_TODAY.fullmatch(value)
    if found is None:
        return plain(day)
    days = int(found[1] or 0)
    if not days:
        return str(gettext("today"))
    words = days_said(abs(days))
    return gettext("%(days)s ago", days=words) if days < 0 else gettext("in %(days)s", days=words)


def day_of(value: str) -> date | None:
    """Return the day that the address names, if it names one."""
    if counted := FROM_TODAY.fullmatch(value):
        return this_day() + timedelta(days=int(counted[1] or 0))
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
