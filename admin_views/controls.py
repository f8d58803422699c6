"""Form fields: WTForms' own, told what the theme needs, plus passwords.

Every field has `widget_kind`, which the theme draws, and says `optional`; a conflict with somebody else's edit is in
`conflict`. A field that was not sent keeps what is stored.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from flask_babel import gettext
from markupsafe import Markup
from wtforms import fields
from wtforms.fields import SelectChoice
from wtforms.validators import ValidationError

from admin_views.kinds_figures import decimals
from admin_views.say import say
from models.errors import DomainError
from models.rules.email import split_emails
from models.rules.numbers import read_decimal
from models.types import utcnow

MAX_KEY = 2**31 - 1
WHOLE = re.compile(r"[+-]?\d{1,15}", re.ASCII)
FEW = 4


@dataclass(frozen=True)
class Clash:
    """What others did to a field since it was `opened`, as text; `value` is theirs as posted, `take` offers it."""

    theirs: str
    before: str
    who: str
    value: str
    yours: str
    opened: str
    take: str


class Control:
    """What the theme asks every field."""

    widget_kind = "text"
    optional = False
    when: str | None = None  # "kind=company": asked for only with that choice; "kind!=company", only with another
    conflict: Clash | None = None
    wide = False
    options_written: Markup | None = None  # of a list, where they are the same for many fields
    max_length: int | None = None
    input_mode: str | None = None
    autocomplete = "off"
    data: Any

    def posted(self, value: Any) -> str:
        """Return a stored value, as the history keeps it, as this field would post it."""
        return "" if value is None else str(value)


class Version(fields.HiddenField):
    """The version of the row that the form was opened with: compared, never written; one that is not sent is none."""

    def process_formdata(self, valuelist: list[Any]) -> None:
        """Take what was sent, and not the version of today."""
        self.data = valuelist[0] if valuelist else None

    def populate_obj(self, obj: Any, name: str) -> None:
        """Leave counting versions to the session."""


class Line(Control, fields.StringField):
    """One line of text."""

    def process_formdata(self, valuelist: list[Any]) -> None:
        """Take an empty line as no value."""
        if valuelist:
            self.data = valuelist[0] if valuelist[0].strip() else None


class Text(Line):
    """Several lines of text."""

    widget_kind = "textarea"
    wide = True


class Email(Line):
    """An email address; the browser does not judge it, so that every refusal looks alike."""

    widget_kind = input_mode = "email"


class Addresses(Line):
    """Email addresses, picked from suggestions or typed, several of them separated by commas."""

    widget_kind = "addresses"
    suggestions: Sequence[tuple[str, str]] = ()

    def process_formdata(self, valuelist: list[Any]) -> None:
        """Take what was picked and what was typed together."""
        if valuelist:
            self.data = ", ".join(filter(str.strip, valuelist)) or None

    @property
    def choices(self) -> list[tuple[str, str, bool]]:
        """The suggestions, then what else is chosen: address, label, and whether it is chosen."""
        chosen = split_emails(self.data)
        known = {address for address, _ in self.suggestions}
        offered = [*self.suggestions, *((each, each) for each in chosen if each not in known)]
        return [(address, label, address in chosen) for address, label in offered]


class Phone(Line):
    """A phone number."""

    widget_kind = input_mode = "tel"


class Url(Line):
    """A web address."""

    widget_kind = input_mode = "url"


class Suggest(Line):
    """A line with suggestions that follow another field, such as the provinces of a country.

    People read and type names; what is stored may be a code.
    """

    widget_kind = "suggest"
    suggestions: Sequence[str] = ()
    follows: str | None = None
    refresh_url: str | None = None
    names: Mapping[str, str] = {}

    def _value(self) -> str:
        return self.posted(self.data)

    def posted(self, value: Any) -> str:
        """Return the name that stands for a stored code."""
        return self.names.get(value, value or "")


class Number(Line):
    """A decimal number, with or without groups of three; a comma may stand for the point."""

    input_mode = "decimal"

    def process_formdata(self, valuelist: list[Any]) -> None:
        """Keep what was typed when it is not a number, and say so."""
        super().process_formdata(valuelist)
        if valuelist and self.data is not None:
            self.data = self.read(self.data.strip())

    def read(self, typed: str) -> Any:
        """Return the number; ValueError with a sentence if it is none."""
        try:
            return read_decimal(typed)
        except DomainError as error:
            raise ValueError(say(error)) from error

    def _value(self) -> str:
        return str(self.raw_data[0]) if self.raw_data else self.posted(self.data)

    def posted(self, value: Any) -> str:
        """Return a number without an exponent and without trailing zeros."""
        return "" if value is None else f"{Decimal(value).normalize():f}"


class Money(Number):
    """An amount or a price."""

    def posted(self, value: Any) -> str:
        """Return it with two digits after the point at least."""
        return "" if value is None else decimals(Decimal(value), None)


class Whole(Number):
    """A whole number."""

    input_mode = "numeric"

    def read(self, typed: str) -> Any:
        """Return the number; ValueError with a sentence if it is none, or more than databases keep."""
        if not WHOLE.fullmatch(typed) or abs(int(typed)) > MAX_KEY:
            raise ValueError(gettext("This is not a whole number. Write it as in 12."))
        return int(typed)


class Date(Control, fields.DateField):
    """A day."""

    widget_kind = "date"

    def process_formdata(self, valuelist: list[Any]) -> None:
        """Keep what was typed when it is not a date, and say so."""
        typed = valuelist[0].strip() if valuelist else ""
        try:
            self.data = date.fromisoformat(typed) if typed else None
        except ValueError:
            raise ValueError(gettext("This is not a date. Write it as in 2026-12-31.")) from None


class Check(Control, fields.BooleanField):
    """Yes or no."""

    widget_kind = "checkbox"

    def posted(self, value: Any) -> str:
        """Return what a ticked box posts."""
        return "y" if value else ""


class Select(Control, fields.SelectField):
    """One of many values; an empty choice stands for none."""

    widget_kind = "select"
    choices: Any

    def __init__(
        self, *args: Any, choices: Callable[[], Iterable[tuple[str, str]]], optional: bool = False, **kwargs: Any
    ) -> None:
        listed = [*([("", "")] if optional else []), *choices()]
        offered = [SelectChoice(value, text) for value, text in listed]
        super().__init__(*args, choices=offered, coerce=lambda value: value or None, **kwargs)

    def process_data(self, value: Any) -> None:
        """Show a stored value that is no longer on the list as it is."""
        super().process_data(value)
        if self.data is not None and self.data not in {choice.value for choice in self.choices}:
            self.choices = [*self.choices, SelectChoice(self.data, self.data)]

    def pre_validate(self, form: Any) -> None:
        """Refuse what is not on the list, in plain words."""
        if self.data is not None and self.data not in {choice.value for choice in self.choices}:
            raise ValidationError(gettext("Choose one of the values on the list."))


class Choices(Select):
    """One of a few values."""

    enum: Any = None

    def __init__(self, *args: Any, enum: Any = None, **kwargs: Any) -> None:
        self.enum = enum
        super().__init__(*args, **kwargs)
        self.widget_kind = "choices" if len(self.choices) <= FEW else "select"

    def process_data(self, value: Any) -> None:
        """Show a member by its stored value."""
        super().process_data(getattr(value, "value", value))

    def populate_obj(self, obj: Any, name: str) -> None:
        """Give the row the member, not its value."""
        setattr(obj, name, self.enum(self.data) if self.data else None)


class Secret(Control, fields.PasswordField):
    """A password to set or change; left empty, it stays as it is. What was typed is never sent back."""

    widget_kind = "password"
    autocomplete = "new-password"
    is_set = False
    set_on = ""
    needs: str | None = None

    def process_data(self, value: Any) -> None:
        """Remember only whether there is one."""
        self.is_set = bool(value)
        self.data = None

    def process_formdata(self, valuelist: list[Any]) -> None:
        """Take an empty field as no new one."""
        self.data = (valuelist[0] or None) if valuelist else None

    def populate_obj(self, obj: Any, name: str) -> None:
        """Change it only when a new one was typed, and note when."""
        if self.data:
            setattr(obj, name, self.data)
            if hasattr(obj, f"{name}_changed_at"):
                setattr(obj, f"{name}_changed_at", utcnow())

    def posted(self, value: Any) -> str:
        """Return nothing: a stored secret is never sent."""
        return ""


def read_key(text: Any) -> int | None:
    """Return a row's key read from an address or form, or None if it cannot be one: ASCII digits, up to 2³¹−1."""
    text = str(text)
    if not (text.isascii() and text.isdigit() and len(text) <= 10):
        return None
    return int(text) if 0 < int(text) <= MAX_KEY else None
