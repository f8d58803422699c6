"""Reference data of the demo: real cities with their codes and phone numbering, and the tables that the rules keep."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import NamedTuple

from models.rules.places import COUNTRIES, COUNTRIES_WITH_PROVINCES, provinces
from models.rules.vat_rates import all_vat_rates

__all__ = ["COUNTRIES", "COUNTRIES_WITH_PROVINCES", "City", "Market", "all_vat_rates", "cities", "markets", "provinces"]


class City(NamedTuple):
    """A real city: its province as a code where the country has a list; in `phone` each # stands for any digit."""

    country: str
    city: str
    province: str
    postal_code: str
    phone: str


class Market(NamedTuple):
    """A country where the demo has customers; in `mobile` each # stands for any digit."""

    country: str
    language: str
    currency: str
    mobile: str


@cache
def cities() -> tuple[City, ...]:
    """Every city, country by country."""
    return tuple(City(**row) for row in _rows("cities.csv"))


@cache
def markets() -> tuple[Market, ...]:
    """Every country of the demo, in the order of the codes."""
    return tuple(Market(**row) for row in _rows("markets.csv"))


def _rows(name: str) -> Iterator[dict[str, str]]:
    with (Path(__file__).parent / name).open(encoding="utf-8", newline="") as lines:
        yield from csv.DictReader(lines)
