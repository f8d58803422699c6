"""Tax codes: Italy's codice fiscale is checked, elsewhere a code is kept as written."""

from __future__ import annotations

import re

from stdnum.exceptions import InvalidChecksum, InvalidLength, ValidationError
from stdnum.it import codicefiscale

from models.errors import DomainError
from models.i18n import N_
from models.rules.text import clean_text, is_plausible

MIN_LENGTH, MAX_LENGTH = 5, 20

_SEPARATORS = re.compile(r"[\s\-./]+")

_LENGTH = N_("An Italian tax code has 16 characters for a person, 11 digits for a company. Check that it is complete.")
_CHECKSUM = N_("This is not a valid Italian tax code: the check character does not match. Check what you typed.")
_IMPLAUSIBLE = N_("A tax code has at least 5 letters and digits, and a digit among them. Check what you typed.")
_FORM = N_("This is not a valid Italian tax code. Check its letters and digits, as in RCCMNL83S18D969H.")


def clean_tax_code(value: str, country: str | None) -> str:
    """The code in upper case: for Italy 16 characters (persons) or 11 digits (companies); elsewhere 5 to 20."""
    text = clean_text(value, max_length=MAX_LENGTH * 2).upper()
    if country == "IT":
        return _italian(_SEPARATORS.sub("", text))
    text = clean_text(text, max_length=MAX_LENGTH)
    if not is_plausible(text) or len(_SEPARATORS.sub("", text)) < MIN_LENGTH:
        raise DomainError(_IMPLAUSIBLE)
    return text


def _italian(code: str) -> str:
    try:
        return codicefiscale.validate(code)
    except InvalidLength as error:
        raise DomainError(_LENGTH) from error
    except InvalidChecksum as error:
        raise DomainError(_CHECKSUM) from error
    except ValidationError as error:
        raise DomainError(_FORM) from error
