"""What numbers of documents are made of: a series, if they have one, a number, and the year of a date."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from models.errors import DomainError, DomainErrors
from models.i18n import N_

NO_SERIES = "-"  # as it is stored: what is empty is not compared
LONGEST = 16  # so that the whole number, such as "A12/2026", fits into a line of forms
MOST_TYPED = 999_999  # far below where counters end, so that a slip of the hand leaves room to count on
YEARS = range(1900, 3000)

_SERIES = N_("Type up to %(longest)s characters, the last of them not a digit: “A1” and 2 would read as “A” and 12.")
_SEQUENCE = N_("Type a number from 1 to 999,999, or nothing for the next one.")
_DATE = N_("Check the year of this date.")


def refuse_numbering(day: date, due: date | None, series: str | None, sequence: int | None) -> None:
    """Raise DomainErrors for what numbers cannot be made of, or cannot be told apart by."""
    errors = list(_unsound(day, due, series or "", sequence))
    if errors:
        raise DomainErrors(errors)


def _unsound(day: date, due: date | None, series: str, sequence: int | None) -> Iterator[DomainError]:
    yield from (
        DomainError(_DATE, key) for key, each in (("date", day), ("due", due)) if each and each.year not in YEARS
    )
    if len(series) > LONGEST or series[-1:].isdigit() or series == NO_SERIES:
        yield DomainError(_SERIES, "series", longest=LONGEST)
    if sequence is not None and not 1 <= sequence <= MOST_TYPED:
        yield DomainError(_SEQUENCE, "sequence")
