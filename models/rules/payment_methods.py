"""How a document is paid: codes of our own, and their counterparts in electronic invoices."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from models.rules.data import read_csv

_ROWS = {row["code"]: row for row in read_csv("payment_methods.csv")}
_LABELS: Mapping[str, str] = MappingProxyType({code: row["label"] for code, row in _ROWS.items()})


def payment_methods() -> Mapping[str, str]:
    """The methods to choose from, code to English label."""
    return _LABELS


def untdid_4461(code: str) -> str:
    """The payment means of EN 16931; raises KeyError for an unknown method."""
    return _ROWS[code]["untdid"]


def fattura_pa(code: str) -> str | None:
    """The payment method of FatturaPA, None where it has none; raises KeyError for an unknown method."""
    return _ROWS[code]["fattura_pa"] or None
