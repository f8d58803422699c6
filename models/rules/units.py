"""Units of quantity: codes of UN/ECE Recommendations 20 and 21, which EN 16931 asks for."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from models.rules.data import read_csv

PIECE = "C62"

_ROWS = {row["code"]: row for row in read_csv("units.csv")}
_NAMES: Mapping[str, str] = MappingProxyType({code: row["name"] for code, row in _ROWS.items()})


def units() -> Mapping[str, str]:
    """The units to choose from, code to English name, the most usual first."""
    return _NAMES


def unit_sign(code: str, language: str = "en") -> str:
    """The unit as it is printed beside a quantity, in English or Italian; an unknown code is returned as it is."""
    return _ROWS[code]["it" if language == "it" else "en"] if code in _ROWS else code
