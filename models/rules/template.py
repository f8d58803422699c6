"""Texts with placeholders such as {customer}: nothing in them is executed, and no attribute is ever looked up."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping

from models.errors import DomainError
from models.i18n import N_

_PARTS = re.compile(r"\{\{|\}\}|\{([^{}]*)\}")

_UNKNOWN = N_("There is no placeholder {%(name)s}. Those that can be used here are: %(known)s.")


def placeholders(text: str) -> tuple[str, ...]:
    """Return the names between braces, each once; doubled braces stand for themselves."""
    return tuple(dict.fromkeys(found[1] for found in _PARTS.finditer(text) if found[1] is not None))


def check_placeholders(text: str, known: Collection[str]) -> None:
    """Raise a `DomainError` naming the known placeholders if the text uses another."""
    for name in placeholders(text):
        if name not in known:
            raise DomainError(_UNKNOWN, None, name=name, known=", ".join(f"{{{each}}}" for each in known))


def fill(text: str, values: Mapping[str, str]) -> str:
    """Return the text with its placeholders filled in once; what a value contains is never read as a placeholder.

    A placeholder without a value stays as it was written, so that whoever reads the text sees what is missing.
    """
    return _PARTS.sub(lambda found: _filled(found, values), text)


def _filled(found: re.Match[str], values: Mapping[str, str]) -> str:
    if found[1] is None:
        return found[0][0]
    return values.get(found[1], found[0])
