"""The weeks and months of a chart, as days where the reader is."""

from __future__ import annotations

from calendar import monthrange
from dataclasses import dataclass
from datetime import date, timedelta

from babel.dates import format_interval
from flask_babel import format_date, get_locale

MONTHS = 12  # of a year
DAYS = 7  # of a week


@dataclass(frozen=True)
class Period:
    """Some days, the first and the last included."""

    first: date
    last: date
    label: str


def periods(step: str, number: int, today: date) -> list[Period]:
    """Return so many weeks or months, the present one first."""
    return [_week(today, back) if step == "week" else _month(today, back) for back in range(number)]


def _week(today: date, back: int) -> Period:
    """Weeks begin on Monday."""
    first = today - timedelta(days=today.weekday() + DAYS * back)
    last = first + timedelta(days=DAYS - 1)
    return Period(first, last, format_interval(first, last, "MMMd", locale=get_locale()))


def _month(today: date, back: int) -> Period:
    year, month = divmod(today.year * MONTHS + today.month - 1 - back, MONTHS)
    first = date(year, month + 1, 1)
    return Period(first, first.replace(day=monthrange(year, month + 1)[1]), format_date(first, "MMM y"))
