"""Where an Italian electronic invoice is delivered: a recipient code of the exchange system, or a certified mailbox."""

from __future__ import annotations

import re

from models.errors import DomainError
from models.i18n import N_
from models.rules.email import clean_email
from models.rules.text import limit

MAX_LENGTH = 256
NO_CODE = "0000000"  # none: the invoice goes to the certified mailbox (PEC) or to the tax portal
FOREIGN = "XXXXXXX"  # the customer is not in Italy

_CODE = re.compile(r"[A-Z0-9]{6,7}")  # 7 characters, 6 for public bodies

_REFUSAL = N_("A recipient code has 7 letters and digits (6 for a public body). Check it, or write the PEC address.")


def clean_recipient(value: str) -> str:
    """The recipient code in upper case, or the PEC address."""
    text = limit(value, MAX_LENGTH, _REFUSAL)
    if "@" in text:
        return clean_email(text)
    code = "".join(text.split()).upper()
    if not _CODE.fullmatch(code):
        raise DomainError(_REFUSAL)
    return code
