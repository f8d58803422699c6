"""VAT numbers: prefix and compact number in upper case, the check digit verified wherever a rule for it is known.

A valid check digit is not a registered number: only VIES or the national register knows that, and both can be down.
"""

from __future__ import annotations

import re
import unicodedata
from functools import cache
from typing import Protocol, cast

import stdnum.eu.vat
from stdnum import get_cc_module
from stdnum.exceptions import InvalidChecksum, InvalidLength, ValidationError

from models.errors import DomainError
from models.i18n import N_
from models.rules.places import COUNTRIES, country_name
from models.rules.text import limit

MAX_LENGTH = 20

_SEPARATORS = re.compile(r"[\s\-./\u2010-\u2015]+")
_GREEK = re.compile(r"^GR(?=[0-9]{8,9}$)")
_PLAIN = re.compile(r"[A-Z0-9]{2,20}")
_CHECKABLE = re.compile(r"[A-Z0-9&*+Ñ]{2,20}")  # the signs occur in old Irish and in Mexican numbers
_SWISS_TAIL = re.compile(r"(MWST|TVA|IVA|TPV)$")  # names the tax in one of four languages, tells no numbers apart

# Where the prefix is not the country's own code: Greece, and Monaco, which belongs to the French VAT territory.
_PREFIXES = {"GR": "EL", "MC": "FR"}
_PREFIX_COUNTRIES = {"EL": "GR", "XI": "GB"}

_TOO_LONG = N_("This VAT number is too long: at most %(maximum)s characters fit. Check it.")
_NO_COUNTRY = N_("Start the VAT number with its country's two letters, as in IT12345670785, or choose a country first.")
_CHECKSUM = N_("This is not a valid VAT number (%(country)s): the check digit does not match. Check the last digits.")
_LENGTH = N_("This is not a valid VAT number (%(country)s): it is too short or too long. Check that it is complete.")
_FORM = N_("This is not a valid VAT number (%(country)s): it has another form. Check its letters and digits.")


class _Rule(Protocol):
    def validate(self, number: str, /) -> str: ...


def clean_vat(value: str, country: str | None) -> str:
    """Prefix and compact number; one typed without prefix gets that of the customer's country (ISO 3166 alpha-2)."""
    compact = _compact(value)
    written = compact[:2]
    own = "XI" if (country, written) == ("GB", "XI") else _PREFIXES.get(country or "", country or "")
    return (
        _verified(own, compact.removeprefix(own))
        or _verified(own, compact)
        or (written != own and _verified(written, compact[2:]))
        or _unverified(own, compact)
    )


def vat_country(value: str) -> str | None:
    """The country (ISO 3166 alpha-2) that a stored VAT number's prefix names."""
    code = _PREFIX_COUNTRIES.get(value[:2], value[:2])
    return code if code in COUNTRIES else None


def vat_checked(value: str) -> bool:
    """Whether a stored VAT number's check digit was verified; False where no rule for its country is known."""
    return _verified(value[:2], value[2:]) == value


def _compact(value: str) -> str:
    text = limit(value, MAX_LENGTH * 2, _TOO_LONG, maximum=MAX_LENGTH)
    return _GREEK.sub("EL", _SEPARATORS.sub("", unicodedata.normalize("NFKC", text)).upper())


def _verified(prefix: str, number: str) -> str | None:
    """The number with its prefix when a known rule finds it valid."""
    try:
        return _validated(prefix, number)
    except ValidationError:
        return None


def _validated(prefix: str, number: str) -> str | None:
    """The same, None when no rule is known; raises stdnum's ValidationError when the number breaks the rule."""
    module = _module(prefix)
    if module is None:
        return None
    if not _CHECKABLE.fullmatch(number):
        raise InvalidLength
    result = str(module.validate(_national(prefix, number)))
    return _SWISS_TAIL.sub("", result) if prefix == "CH" else prefix + result.removeprefix(prefix)


def _national(prefix: str, number: str) -> str:
    """The number in the form that its country's rule expects."""
    if prefix == "NO" and not number.endswith("MVA"):
        return number + "MVA"
    if prefix == "CH":
        return "CHE" + number.removeprefix("CH").removeprefix("E") + ("" if _SWISS_TAIL.search(number) else "MWST")
    return number


@cache
def _module(prefix: str) -> _Rule | None:
    country = _PREFIX_COUNTRIES.get(prefix, prefix)
    if country not in COUNTRIES or prefix == "GR":
        return None
    return cast("_Rule | None", get_cc_module(country.lower(), "vat"))


def _unverified(own: str, compact: str) -> str:
    """The number as it is where no rule is known; else a DomainError that says what is wrong."""
    prefix = own if own and not _names_another_state(compact, own) else compact[:2]
    if _module(prefix) is not None:
        raise _explain(prefix, compact.removeprefix(prefix))
    if not vat_country(prefix):
        raise DomainError(_NO_COUNTRY)
    number = compact.removeprefix(prefix)
    if not _PLAIN.fullmatch(number) or len(prefix + number) > MAX_LENGTH:
        raise DomainError(_FORM, country=country_name(prefix))
    return prefix + number


def _names_another_state(compact: str, own: str) -> bool:
    """Whether a number refused for its own country is plainly meant for another one of the VAT area."""
    state = _PREFIX_COUNTRIES.get(compact[:2], compact[:2]).lower()
    return compact[:2] != own and state in stdnum.eu.vat.MEMBER_STATES and compact[4:8].isdecimal()


def _explain(prefix: str, number: str) -> DomainError:
    params = {"country": country_name(vat_country(prefix) or prefix)}
    try:
        _validated(prefix, number)
    except InvalidChecksum:
        return DomainError(_CHECKSUM, None, **params)
    except InvalidLength:
        return DomainError(_LENGTH, None, **params)
    except ValidationError:
        pass
    return DomainError(_FORM, None, **params)
