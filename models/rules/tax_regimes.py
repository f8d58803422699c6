"""The tax regimes that an Italian seller's invoices declare (RegimeFiscale of FatturaPA; RF03 was abolished)."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from models.rules.data import read_csv

ORDINARY = "RF01"

_REGIMES: Mapping[str, str] = MappingProxyType({row["code"]: row["label"] for row in read_csv("tax_regimes.csv")})


def tax_regimes() -> Mapping[str, str]:
    """The regimes to choose from, code to English label."""
    return _REGIMES
