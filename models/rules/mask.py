"""How values that tell of people are shown to those who may not read them: their shape, and little more."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

DOT = "•"
SHORT = 4  # of so few signs, not even the first is shown
LAST_DIGITS = 2
DIGITS_TO_SPARE = 8
_COUNTRY = re.compile(r"\+\d{1,3}(?=\D|$)")


def mask_text(value: Any) -> str:
    """Return a text with dots in place of its letters and digits, but for the first of a longer one."""
    if not isinstance(value, str):
        return DOT * SHORT
    signs = [sign.isalnum() for sign in value]
    first = signs.index(True) if sum(signs) > SHORT else None
    return "".join(DOT if sign.isalnum() and at != first else sign for at, sign in enumerate(value))


def mask_email(value: Any) -> str:
    """Return the first letter of an email address and its domain."""
    local, at, domain = str(value).rpartition("@")
    if not at:
        return mask_text(str(value))
    return f"{local[:1] if len(local) > 1 else ''}{DOT * 3}@{domain}"


def mask_emails(value: Any) -> str:
    """Return several addresses, each masked."""
    return ", ".join(mask_email(each.strip()) for each in str(value).split(","))


def mask_phone(value: Any) -> str:
    """Return a number with its country code and last two digits; of a short one, nothing but how long it is."""
    text = str(value)
    code = _COUNTRY.match(text)
    start = code.end() if code else 0
    places = [at for at, sign in enumerate(text) if sign.isalnum() and at >= start]
    kept = places[-LAST_DIGITS:] if len(places) >= DIGITS_TO_SPARE else []
    return "".join(DOT if at in places and at not in kept else sign for at, sign in enumerate(text))


Mask = Callable[[Any], str]
