"""Column types that behave alike on SQLite and PostgreSQL."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import ROUND_HALF_UP, Decimal

from sqlalchemy import BigInteger, DateTime, Dialect
from sqlalchemy.types import TypeDecorator


def utcnow() -> datetime:
    """Return the present moment, aware and in UTC."""
    return datetime.now(UTC)


def today() -> date:
    """Return the present day in UTC."""
    return utcnow().date()


class UtcDateTime(TypeDecorator[datetime]):
    """A moment in UTC; naive values are refused, because nobody can tell which hour they mean."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def __repr__(self) -> str:
        return "UtcDateTime()"

    @property
    def python_type(self) -> type[datetime]:
        """What a value is."""
        return datetime

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Store aware moments as UTC."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("a moment needs its time zone")
        return value.astimezone(UTC)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Give SQLite's naive values their zone back."""
        return value.replace(tzinfo=UTC) if value is not None and value.tzinfo is None else value


class FixedPoint(TypeDecorator[Decimal]):
    """A decimal with a fixed number of places, stored as an integer because SQLite's NUMERIC is a float."""

    impl = BigInteger
    cache_ok = True

    def __init__(self, places: int) -> None:
        super().__init__()
        self.places = places

    def __repr__(self) -> str:
        return f"FixedPoint({self.places})"

    @property
    def python_type(self) -> type[Decimal]:
        """What a value is."""
        return Decimal

    def process_bind_param(self, value: Decimal | None, dialect: Dialect) -> int | None:
        """Round half up to the stored places."""
        if value is None:
            return None
        return int(Decimal(value).scaleb(self.places).quantize(Decimal(1), rounding=ROUND_HALF_UP))

    def process_result_value(self, value: int | None, dialect: Dialect) -> Decimal | None:
        """Return the decimal that was stored."""
        return None if value is None else Decimal(value).scaleb(-self.places)
