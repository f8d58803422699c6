"""Languages: an ISO 639-1 code, with a script and a country where they matter (`pt-BR`, `zh-Hant`)."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cache
from types import MappingProxyType

import pycountry
from babel import Locale

from models.errors import DomainError
from models.i18n import N_
from models.rules.places import COUNTRIES
from models.rules.text import fold, limit

MAX_LENGTH = 12

_TAG = re.compile(r"([a-z]{2})(?:[-_]([a-z]{4}))?(?:[-_]([a-z]{2}))?", re.IGNORECASE | re.ASCII)
_UNKNOWN = N_("There is no language of this name. Write its English name or its code, such as it or pt-BR.")


@cache
def languages() -> Mapping[str, str]:
    """Every language with a two-letter code, code to English name, in the order of the names."""
    english = Locale("en").languages  # of CLDR: the names people use, "Greek" rather than "Greek, Modern (1453-)"
    codes = [item.alpha_2 for item in pycountry.languages if hasattr(item, "alpha_2")]
    named = {code: english[code] for code in codes if code in english}
    return MappingProxyType(dict(sorted(named.items(), key=lambda pair: fold(pair[1]))))


def clean_language(value: str) -> str:
    """The tag in its usual case, from a tag in any case or an English name."""
    text = limit(value, 50, _UNKNOWN)
    tag = _TAG.fullmatch(text)
    cleaned = _spell(*tag.groups()) if tag else _codes_by_name().get(fold(text))
    if cleaned is None:
        raise DomainError(_UNKNOWN)
    return cleaned


def _spell(language: str, script: str | None, country: str | None) -> str | None:
    if language.lower() not in languages() or (country and country.upper() not in COUNTRIES):
        return None
    if script and pycountry.scripts.get(alpha_4=script.title()) is None:
        return None
    parts = (language.lower(), script and script.title(), country and country.upper())
    return "-".join(part for part in parts if part)


@cache
def _codes_by_name() -> dict[str, str]:
    return {fold(name): code for code, name in languages().items()}
