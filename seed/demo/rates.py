"""What the demo's other currencies were worth, month by month."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime, time
from decimal import Decimal
from typing import Any

from models.exchange_rate import ExchangeRate
from seed.demo.draw import Draw
from seed.demo.words import read

SWING = 30  # thousandths by which a rate strays from what it usually is
PLACES = Decimal("0.0001")
MORNING = time(6)


def add_rates(session: Any, seed: str, since: datetime, until: datetime) -> None:
    """Add a rate of each currency for every month."""
    usual: dict[str, str] = read("documents.toml")["worth"]
    for currency, worth in usual.items():
        for day in _months(since.date(), until.date()) if worth != "1" else ():
            stray = Draw(seed, "rate", currency, day).number(-SWING, SWING)
            rate = (Decimal(worth) * (1000 + stray) / 1000).quantize(PLACES)
            at = datetime.combine(day, MORNING, UTC)
            session.add(ExchangeRate(currency=currency, day=day, rate=rate, created_at=at, updated_at=at))
    session.flush()


def _months(first: date, last: date) -> Iterator[date]:
    """Yield the first day of every month from the one of a day to the one of another."""
    for month in range(first.year * 12 + first.month - 1, last.year * 12 + last.month):
        yield date(month // 12, month % 12 + 1, 1)
