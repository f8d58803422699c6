"""VAT rates by country, for documents and for what a demo shows."""

from __future__ import annotations

import datetime
from collections.abc import Mapping
from decimal import Decimal
from functools import cache
from types import MappingProxyType
from typing import NamedTuple

from models.rules.data import read_json

_DOCUMENT = read_json("vat_rates.json")

RATES_AS_OF = datetime.date.fromisoformat(_DOCUMENT["as_of"])


class VatRates(NamedTuple):
    """The rates of a country in per cent; regions with rates of their own are not listed."""

    standard: Decimal
    reduced: tuple[Decimal, ...]


@cache
def all_vat_rates() -> Mapping[str, VatRates]:
    """The rates by country code: the 27 states of the European Union, GB, CH and NO."""
    return MappingProxyType({country: _rates(row) for country, row in _DOCUMENT["rates"].items()})


def vat_rates(country: str) -> VatRates | None:
    """The rates of a country, None where they are not known."""
    return all_vat_rates().get(country)


def _rates(row: Mapping[str, str | list[str]]) -> VatRates:
    return VatRates(Decimal(str(row["standard"])), tuple(Decimal(rate) for rate in row["reduced"]))
