"""Postal codes, checked and set in their usual form where a country has a well-known one."""

from __future__ import annotations

import re
from typing import NamedTuple

from models.errors import DomainError
from models.i18n import N_
from models.rules.places import country_name
from models.rules.text import clean_text, is_plausible

MAX_LENGTH = 20

_REFUSAL = N_("This is not a valid postal code (%(country)s). Write it as in %(example)s.")
_IMPLAUSIBLE = N_("A postal code has letters and digits, and a digit among them. Leave it empty if there is none.")
_SEPARATORS = re.compile(r"[\s\-\u2010-\u2015]+")


class _Form(NamedTuple):
    groups: re.Pattern[str]  # of the code without separators, in upper case
    separator: str
    example: str


def _form(pattern: str, example: str, separator: str = "") -> _Form:
    return _Form(re.compile(pattern, re.ASCII), separator, example)


_FORMS = {
    "AT": _form(r"([1-9]\d{3})", "1010"),
    "AU": _form(r"(\d{4})", "2000"),
    "BE": _form(r"([1-9]\d{3})", "1000"),
    "BG": _form(r"([1-9]\d{3})", "1000"),
    "BR": _form(r"(\d{5})(\d{3})", "01310-100", "-"),
    "CA": _form(r"([ABCEGHJ-NPRSTVXY]\d[ABCEGHJ-NPRSTV-Z])(\d[ABCEGHJ-NPRSTV-Z]\d)", "K1A 0B1", " "),
    "CH": _form(r"([1-9]\d{3})", "8001"),
    "CZ": _form(r"(\d{3})(\d{2})", "110 00", " "),
    "DE": _form(r"(\d{5})", "10115"),
    "DK": _form(r"(\d{4})", "1050"),
    "EE": _form(r"(\d{5})", "10111"),
    "ES": _form(r"((?:0[1-9]|[1-4]\d|5[0-2])\d{3})", "28013"),
    "FI": _form(r"(\d{5})", "00100"),
    "FR": _form(r"(\d{5})", "75001"),
    "GB": _form(r"([A-Z]{1,2}\d[A-Z\d]?)(\d[A-Z]{2})", "SW1A 1AA", " "),
    "GR": _form(r"(\d{3})(\d{2})", "104 31", " "),
    "HR": _form(r"(\d{5})", "10000"),
    "HU": _form(r"([1-9]\d{3})", "1011"),
    "IE": _form(r"([AC-FHKNPRTV-Y]\d[\dW])([AC-FHKNPRTV-Y\d]{4})", "D02 AF30", " "),
    "IN": _form(r"([1-9]\d{5})", "110001"),
    "IT": _form(r"(\d{5})", "00187"),
    "JP": _form(r"(\d{3})(\d{4})", "100-0001", "-"),
    "LU": _form(r"(\d{4})", "1009"),
    "MX": _form(r"(\d{5})", "06000"),
    "NL": _form(r"([1-9]\d{3})([A-Z]{2})", "1012 AB", " "),
    "NO": _form(r"(\d{4})", "0150"),
    "PL": _form(r"(\d{2})(\d{3})", "00-950", "-"),
    "PT": _form(r"(\d{4})(\d{3})", "1000-205", "-"),
    "RO": _form(r"(\d{6})", "010011"),
    "SE": _form(r"(\d{3})(\d{2})", "114 55", " "),
    "SI": _form(r"([1-9]\d{3})", "1000"),
    "SK": _form(r"(\d{3})(\d{2})", "811 01", " "),
    "US": _form(r"(\d{5})(\d{4})?", "20500 or 20500-0003", "-"),
}


def clean_postal_code(value: str, country: str | None) -> str:
    """The postal code in the country's usual form; elsewhere up to 20 letters and digits, in upper case."""
    text = clean_text(clean_text(value, max_length=MAX_LENGTH).upper(), max_length=MAX_LENGTH)
    form = _FORMS.get(country or "")
    if form is None and not is_plausible(text):
        raise DomainError(_IMPLAUSIBLE)
    if form is None:
        return text
    match = form.groups.fullmatch(_SEPARATORS.sub("", _without_country(text, country)))
    if match is None:
        raise DomainError(_REFUSAL, None, country=country_name(country or ""), example=form.example)
    return form.separator.join(group for group in match.groups() if group)


def _without_country(text: str, country: str | None) -> str:
    """The code without the country's letters before a hyphen, as in `I-00187`, `D-10115` or `AT-1010`."""
    return re.sub(rf"^(?:{country}|I|D|A|F|S|L)-(?=\d)", "", text)
