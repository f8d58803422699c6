"""The form field of a moment: a day and a time as the clock of the reader shows it, to the minute."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from flask_babel import gettext, to_user_timezone, to_utc
from wtforms import fields

from admin_views.controls import Control

TYPED = ("%Y-%m-%dT%H:%M", "%Y-%m-%d %H:%M", "%Y-%m-%dT%H:%M:%S", "%Y-%m-%d %H:%M:%S")
EARLIEST, LATEST = 1900, 9000


class Moment(Control, fields.StringField):
    """A moment; what is left as it is keeps its seconds."""

    widget_kind = "datetime-local"

    def process_formdata(self, valuelist: list[Any]) -> None:
        """Keep what was typed when it is no moment, and say so; what was not sent stays."""
        if not valuelist:
            return
        typed, before = valuelist[0].strip(), self.object_data
        if before is not None and typed == self.posted(before):
            self.data = before
        else:
            self.data = _read(typed) if typed else None

    def _value(self) -> str:
        return str(self.raw_data[0]) if self.raw_data else self.posted(self.data)

    def posted(self, value: Any) -> str:
        """Return a moment, or what the history keeps of one, as the clock of the reader shows it."""
        if not value:
            return ""
        moment = datetime.fromisoformat(value) if isinstance(value, str) else value
        return str(to_user_timezone(moment).strftime(TYPED[0]))


def _read(typed: str) -> datetime:
    for form in TYPED:
        try:
            found = datetime.strptime(typed, form)  # noqa: DTZ007  the zone is the reader's
        except ValueError:
            continue
        if EARLIEST <= found.year <= LATEST:
            return to_utc(found).replace(tzinfo=UTC)
    raise ValueError(gettext("This is not a day and a time. Write it as in 2026-12-31 18:30."))
