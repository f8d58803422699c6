"""Domain words and values as sentences in the reader's language."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal
from enum import Enum
from hashlib import blake2b
from typing import Any

from flask_babel import format_date, format_datetime, format_decimal, gettext, lazy_gettext
from markupsafe import Markup

from admin_views.page import Avatar
from models.base import Base
from models.choices import Choice
from models.description import describe, title_of
from models.errors import DomainError

NONE = Markup('<span class="quiet none">—</span>')
TONES = ("blue", "green", "yellow", "red", "grey")


def say(error: DomainError) -> str:
    """Return a refusal in the reader's language, all of its sentences."""
    return " ".join(
        gettext(each.message, **{key: _word(each.params[key]) for key in each.params}) for each in error.errors
    )


def _word(value: object) -> object:
    """Return what stands for a placeholder: a number as the reader writes it."""
    return format_decimal(value) if isinstance(value, int) and not isinstance(value, bool) else value


def label(text: str) -> str:
    """Return a declared label in the reader's language."""
    return gettext(text)


def middle(words: str) -> str:
    """Return a heading as it stands in the middle of a sentence: abbreviations stay in capitals."""
    return words if words[1:2].isupper() else words[:1].lower() + words[1:]


def later(text: str | None) -> Any:
    """Return a declared label that is put into the reader's language when it is shown; nothing for nothing."""
    return lazy_gettext(text) if text else ""


def plain(value: Any) -> str:
    """Return any value as text, as exports and the history show it."""
    if value is None or value == "":
        return ""
    if isinstance(value, bool):
        return gettext("yes") if value else gettext("no")
    if isinstance(value, Choice):
        return label(value.label)
    if isinstance(value, Enum):
        return str(value.value)
    if isinstance(value, datetime):
        return str(format_datetime(value, "d MMM y, HH:mm"))
    if isinstance(value, date):
        return str(format_date(value, "medium"))
    if isinstance(value, Decimal):
        return f"{value.normalize():f}"
    return title_of(value) if isinstance(value, Base) else str(value)


def when(moment: datetime) -> str:
    """Return how long ago something was: hours today, then days, then the date."""
    minutes = int((datetime.now(UTC) - moment).total_seconds() // 60)
    if minutes < 1:
        return gettext("just now")
    if minutes < 60:
        return gettext("%(n)s min ago", n=minutes)
    if minutes < 24 * 60:
        return gettext("%(n)s h ago", n=minutes // 60)
    if minutes < 7 * 24 * 60:
        days = minutes // (24 * 60)
        return gettext("yesterday") if days == 1 else gettext("%(n)s days ago", n=days)
    return str(format_date(moment, "d MMM" if moment.year == datetime.now(UTC).year else "d MMM y"))


def none(words: str | None) -> Markup:
    """Return what stands for no value, in words of its own where it has them, which are shown on phones, too."""
    return Markup('<span class="quiet">{}</span>').format(label(words)) if words else NONE


def pill(text: str, tone: str = "grey") -> Markup:
    """Return a badge inside a cell."""
    return Markup('<span class="pill pill-{}">{}</span>').format(tone, text)


def initials(row: Base) -> Avatar | None:
    """Return the initials of a person or company; what is neither has none."""
    return avatar(title_of(row)) if describe(type(row)).has_initials else None


def avatar(name: str) -> Avatar:
    """Return the initials of a name in a tone that is always the same for it."""
    words = [word for word in name.replace("&", " ").split() if word[0].isalnum()] or ["?"]
    letters = (words[0][0] + (words[1][0] if len(words) > 1 else words[0][1:2])).upper()
    return Avatar(letters, TONES[blake2b(name.encode(), digest_size=1).digest()[0] % len(TONES)])
