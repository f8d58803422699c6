"""Why a VAT rate of zero is zero: Italy's nature codes, and what EN 16931 says for them."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from types import MappingProxyType
from typing import NamedTuple

from models.rules.data import read_csv

_ROWS = {row["code"]: row for row in read_csv("natures.csv")}
_LABELS: Mapping[str, str] = MappingProxyType({code: row["label"] for code, row in _ROWS.items()})


class Category(NamedTuple):
    """A VAT category of EN 16931: UNTDID 5305 code, the reason in words, its VATEX code where there is one."""

    code: str
    reason: str
    vatex: str | None


STANDARD = Category("S", "", None)
ZERO_RATED = Category("Z", "", None)


def natures() -> Mapping[str, str]:
    """The nature codes, code to English label; sellers of other countries use them as well."""
    return _LABELS


def category(rate: Decimal, nature: str | None) -> Category:
    """The VAT category: standard above a rate of zero, else what the nature says, zero-rated without one."""
    if rate:
        return STANDARD
    row = _ROWS.get(nature or "")
    return Category(row["category"], row["reason"], row["vatex"] or None) if row else ZERO_RATED


def law(nature: str) -> str:
    """The rule that an Italian invoice names for a nature, in Italian."""
    return _ROWS[nature]["law"]
