"""A value of a form that is shown and not typed."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from flask_babel import gettext
from wtforms import fields

from admin_views.controls import Control


def told(reason: str, typed: Sequence[str]) -> str:
    """Return why something was not taken, with what was typed: it was still open when somebody began."""
    return f"{reason} {gettext('You typed: %(typed)s', typed=' · '.join(typed))}"


class Fact(Control, fields.Field):
    """A value that is shown and not typed; another one that is sent all the same is refused for the `reason`.

    The refusal `tells` what was typed, where that can be read.
    """

    widget_kind = "fact"

    def __init__(self, *args: Any, shown: str, stored: str, reason: str, tells: bool = False, **kwargs: Any) -> None:
        self.shown, self.stored, self.reason, self.tells = shown, stored, reason, tells
        super().__init__(*args, **kwargs)

    def process_formdata(self, valuelist: list[Any]) -> None:
        """Refuse another value than the one shown."""
        typed = [value for value in valuelist if value not in {"", self.stored}]
        if typed:
            raise ValueError(told(self.reason, typed) if self.tells else self.reason)

    def populate_obj(self, obj: Any, name: str) -> None:
        """Leave the row as it is."""


class Masked(Fact):
    """A value that the person may not read and so does not type: whatever is sent is refused, right or wrong."""

    def process_formdata(self, valuelist: list[Any]) -> None:
        """Refuse what was typed, and give it back, so that nothing is lost."""
        typed = " ".join(str(value) for value in valuelist if value)
        if typed:
            raise ValueError(gettext("“%(typed)s” was not saved: this is masked.", typed=typed) + f" {self.reason}")
