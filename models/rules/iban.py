"""International bank account numbers."""

from __future__ import annotations

from stdnum import iban
from stdnum.exceptions import ValidationError

from models.errors import DomainError
from models.i18n import N_
from models.rules.text import limit

MAX_LENGTH = 34

_REFUSAL = N_("This is no IBAN: two letters of the country, two check digits, then the account. Check each character.")


def clean_iban(value: str) -> str:
    """The number without spaces, in upper case, its check digits verified."""
    compact = "".join(limit(value, MAX_LENGTH * 2, _REFUSAL).split())
    try:
        return str(iban.validate(compact))
    except ValidationError:
        raise DomainError(_REFUSAL) from None
