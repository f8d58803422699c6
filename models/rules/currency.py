"""Currencies by their ISO 4217 code."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from types import MappingProxyType

import pycountry

from models.errors import DomainError
from models.i18n import N_
from models.rules.text import limit

_UNKNOWN = N_("There is no currency of this code. Write its three letters, such as EUR.")


@cache
def currencies() -> Mapping[str, str]:
    """Every currency, code to English name; precious metals, units of account and test codes (X…) only if money."""
    money = {item.alpha_3: item.name for item in pycountry.currencies if _is_money(item.alpha_3)}
    return MappingProxyType(dict(sorted(money.items())))


def clean_currency(value: str) -> str:
    """The three-letter code in upper case."""
    code = limit(value, 3, _UNKNOWN).upper()
    if code not in currencies():
        raise DomainError(_UNKNOWN)
    return code


def _is_money(code: str) -> bool:
    return not code.startswith("X") or code in {"XAF", "XCD", "XCG", "XOF", "XPF"}
