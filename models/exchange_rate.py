"""Exchange rates: how much of another currency is one of the company's."""

from __future__ import annotations

from datetime import date
from typing import Any

from babel.dates import format_date
from sqlalchemy import UniqueConstraint, select
from sqlalchemy.orm import Mapped

from models.base import Base, Timestamped
from models.fields import Currency, Day, Name, Rate, field
from models.types import today

KNOWN = {"ungated": "what a currency is worth does not depend on who issues a document"}


class ExchangeRate(Timestamped, Base):
    """A rate of exchange from a day on; what is issued keeps the one of its day."""

    name: Mapped[Name] = field(derived=True, fixed=True, label="Exchange rate")
    currency: Mapped[Currency]
    day: Mapped[Day] = field(default=today, label="From")
    rate: Mapped[Rate] = field(help="How much of this currency is one of the company's.")

    @classmethod
    def indexes(cls) -> tuple[UniqueConstraint, ...]:
        """A currency has one rate a day."""
        return (UniqueConstraint("currency", "day"),)

    def derive(self) -> None:
        """Be called by the currency and the day."""
        day: Any = self.day
        self.day = day or today()
        self.name = f"{self.currency or ''} from {format_date(self.day, 'd MMM y', locale='en')}"


def rate_on(session: Any, currency: str, day: date) -> ExchangeRate | None:
    """Return the last rate of a currency known on a day; None if there is none."""
    query = select(ExchangeRate).where(ExchangeRate.currency == currency, ExchangeRate.day <= day)
    found: ExchangeRate | None = session.scalar(
        query.order_by(ExchangeRate.day.desc()).limit(1), execution_options=KNOWN
    )
    return found
