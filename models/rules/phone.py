"""Telephone numbers: kept as typed, with an E.164 copy to dial and to search."""

from __future__ import annotations

import re
import unicodedata
from typing import NamedTuple

import phonenumbers
from phonenumbers import NumberParseException, PhoneNumberFormat, ValidationResult

from models.errors import DomainError
from models.i18n import N_
from models.rules.text import clean_text, limit

MAX_LENGTH = 40

_INTERNATIONAL = re.compile(r"^\W*00(?=\W*[1-9])")
_TRUNK_ZERO = re.compile(r"^(\W*(?!39)[1-9][0-9]{0,2})\W*\(0\)")
_NUMBER_SIGNS = re.compile(r"[\d\s+().,/\u2010-\u2015-]+")

_NOT_A_NUMBER = N_("This is not a phone number. Write digits, with + and the country's code if it is a foreign one.")
_NO_COUNTRY = N_("Start the number with + and its country's code, as in +39 02 1234567, or choose a country first.")
_TOO_SHORT = N_("This phone number is too short. Check that no digit is missing.")
_TOO_LONG = N_("This phone number is too long. Check for digits typed twice, or write one number only.")
_IMPOSSIBLE = N_("No phone number has this form. Check its digits and its country's code.")

_UNREADABLE = {
    NumberParseException.TOO_SHORT_AFTER_IDD: _TOO_SHORT,
    NumberParseException.TOO_SHORT_NSN: _TOO_SHORT,
    NumberParseException.TOO_LONG: _TOO_LONG,
}
_POSSIBLE = (ValidationResult.IS_POSSIBLE, ValidationResult.IS_POSSIBLE_LOCAL_ONLY)
_NOT_POSSIBLE = {ValidationResult.TOO_SHORT: _TOO_SHORT, ValidationResult.TOO_LONG: _TOO_LONG}


class Phone(NamedTuple):
    """A phone number as typed and in E.164; `valid` is False when it is possible but not in use by any known plan."""

    raw: str
    e164: str
    valid: bool


def parse_phone(raw: str, country: str | None) -> Phone:
    """The number read with the customer's country (ISO 3166 alpha-2); refused only if it is not possible."""
    text = clean_text(limit(raw, MAX_LENGTH, _TOO_LONG), max_length=MAX_LENGTH)
    number = _parse(text, country)
    reason = phonenumbers.is_possible_number_with_reason(number)
    if reason not in _POSSIBLE:
        raise DomainError(_NOT_POSSIBLE.get(reason, _IMPOSSIBLE))
    e164 = phonenumbers.format_number(number, PhoneNumberFormat.E164)
    return Phone(text, e164, phonenumbers.is_valid_number(number))


def phone_digits(text: str) -> str:
    """The digits to search by: `+39 333 123`, `0039 333123` and `39333123` are the same."""
    plain = _INTERNATIONAL.sub("+", text)
    if plain.lstrip().startswith("+"):
        plain = _TRUNK_ZERO.sub(r"\1", plain)  # the zero of "+49 (0)30" is not dialled; in Italy it is
    return "".join(str(unicodedata.decimal(char)) for char in plain if char.isdecimal())


def looks_like_phone(text: str) -> bool:
    """Whether a search text may be (a part of) a phone number: at least four digits and no letters."""
    return bool(_NUMBER_SIGNS.fullmatch(text)) and sum(char.isdecimal() for char in text) >= 4


def _parse(text: str, country: str | None) -> phonenumbers.PhoneNumber:
    try:
        return phonenumbers.parse(_INTERNATIONAL.sub("+", text), country or None)
    except NumberParseException as error:
        if error.error_type == NumberParseException.INVALID_COUNTRY_CODE and not text.startswith(("+", "00")):
            raise DomainError(_NO_COUNTRY) from error
        raise DomainError(_UNREADABLE.get(error.error_type, _NOT_A_NUMBER)) from error
