"""Countries and their provinces."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import cache
from types import MappingProxyType

from models.errors import DomainError
from models.i18n import N_
from models.rules.data import read_csv
from models.rules.text import clean_text, fold, limit

COUNTRY_LENGTH = 2
PROVINCE_LENGTH = 100  # codes are shorter: this is the room for a name, where a country has no list

_UNKNOWN_COUNTRY = N_("There is no country of this name. Write its English name or its two-letter code, such as IT.")
_MISSING_PROVINCE = N_("This address needs its province or state (%(country)s). Choose it from the list.")
_UNKNOWN_PROVINCE = N_("“%(value)s” is no province or state of this country (%(country)s). Choose one from the list.")

_COUNTRY_ROWS = read_csv("countries.csv")
_PROVINCE_ROWS = read_csv("provinces.csv")

COUNTRIES: Mapping[str, str] = MappingProxyType({row["code"]: row["name"] for row in _COUNTRY_ROWS})
COUNTRIES_WITH_PROVINCES = frozenset(row["country"] for row in _PROVINCE_ROWS)


def country_name(code: str) -> str:
    """The English name of a country; an unknown code is returned as it is."""
    return COUNTRIES.get(code, code)


def clean_country(value: str) -> str:
    """The ISO 3166 alpha-2 code, from a code in any case or a name: English, official, or in a widespread language."""
    text = limit(value, PROVINCE_LENGTH, _UNKNOWN_COUNTRY)
    code = _country_index().get(fold(text))
    if code is None:
        raise DomainError(_UNKNOWN_COUNTRY)
    return code


@cache
def provinces(country: str | None) -> Mapping[str, str]:
    """The present provinces of a country, code to name, in the order to show; empty where it has no list."""
    current = {row["code"]: row["name"] for row in _rows(country) if not row["retired"]}
    return MappingProxyType(current)


@cache
def retired_provinces(country: str | None) -> Mapping[str, str]:
    """Provinces that exist no more, code to name: old addresses keep them, no list offers them."""
    return MappingProxyType({row["code"]: row["name"] for row in _rows(country) if row["retired"]})


def province_name(country: str | None, code: str) -> str:
    """The name of a province, present or retired; where there is no list the code is the name."""
    return provinces(country).get(code) or retired_provinces(country).get(code) or code


def has_provinces(country: str | None) -> bool:
    """Whether addresses in the country name their province: it then comes from a list."""
    return country in COUNTRIES_WITH_PROVINCES


def clean_province(value: str | None, country: str | None) -> str | None:
    """The code, from code or name, where the country has a list; elsewhere the text; None if empty and allowed."""
    text = clean_text(value or "", max_length=PROVINCE_LENGTH)
    if not has_provinces(country):
        return text or None
    params = {"country": country_name(country or ""), "value": text}
    if not text:
        raise DomainError(_MISSING_PROVINCE, **params)
    code = _province_index(country).get(_without_country(fold(text), country))
    if code is None:
        raise DomainError(_UNKNOWN_PROVINCE, **params)
    return code


def _rows(country: str | None) -> list[dict[str, str]]:
    return [row for row in _PROVINCE_ROWS if row["country"] == country]


@cache
def _country_index() -> dict[str, str]:
    return _index(_COUNTRY_ROWS)


@cache
def _province_index(country: str | None) -> dict[str, str]:
    return _index(_rows(country))


def _index(rows: Iterable[Mapping[str, str]]) -> dict[str, str]:
    return {fold(name): row["code"] for row in rows for name in _names(row)}


def _names(row: Mapping[str, str]) -> list[str]:
    return [row["code"], row["name"], *filter(None, row["also"].split("|"))]


def _without_country(text: str, country: str | None) -> str:
    return text.removeprefix(f"{country}-".casefold())  # "US-CA", the full code of ISO 3166-2
