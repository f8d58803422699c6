"""How a phone number is shown: as it was typed, and to be dialled from wherever one is."""

from __future__ import annotations

from markupsafe import Markup

from models.base import Base
from models.description import describe


def phone_link(key: str, value: str, row: Base) -> Markup:
    """Return a number that a click dials with its country's code, or as it was typed if that is not known."""
    kind = describe(type(row)).attributes[key].kind
    known = getattr(row, kind.companion.key(key), None) if kind and kind.companion else None
    dialled = known or "".join(sign for sign in value if sign.isdigit() or sign == "+")
    return Markup('<a href="tel:{}">{}</a>').format(dialled, value)
