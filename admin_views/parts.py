"""Short lists that are part of a record, such as its emails: rows within the record's form.

Rows are paired with what is stored by key, never by position, so that a row that vanished or appeared meanwhile changes no other.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from flask_admin.form import BaseForm
from flask_babel import gettext
from wtforms import fields

from admin_views.controls import Control, read_key
from models.base import Base
from models.description import Child, describe

MOST = 50
BLANK = "new"


@dataclass
class Entry:
    """A row of the list: `key` is the stored row's, or `new` and a number."""

    key: str
    form: BaseForm
    row: Base | None = None
    primary: bool = False

    @property
    def fields(self) -> list[Any]:
        """The fields a person sees."""
        return [each for each in self.form if each.short_name not in {"version", "primary"}]

    @property
    def is_empty(self) -> bool:
        """Whether nothing was typed into it."""
        return not any(each.data for each in self.fields)


class Rows(Control, fields.Field):
    """The rows of a part. Posts `<name>-keys` for each row shown, `<name>-known` for each stored row that was shown."""

    widget_kind = "rows"
    wide = True

    def __init__(self, label: str, *, child: Child, form_class: type[BaseForm], **kwargs: Any) -> None:
        super().__init__(label, **kwargs)
        self.child, self.form_class = child, form_class
        self.entries: list[Entry] = []
        self.removed: set[int] = set()
        self.has_primary = "primary" in describe(child.model).attributes

    @property
    def rows(self) -> list[Entry]:
        """What is shown."""
        return self.entries

    @property
    def blank(self) -> Entry:
        """An empty row to fill in, or to copy."""
        return self._entry(BLANK)

    @property
    def primary_name(self) -> str | None:
        """The name of the radio buttons that mark the primary row."""
        return f"{self.name}-primary" if self.has_primary else None

    @property
    def known(self) -> list[str]:
        """Keys of the stored rows that are shown: of these, what is not posted back is removed."""
        return [entry.key for entry in self.entries if entry.row is not None]

    def process(self, formdata: Any, data: Any = None, extra_filters: Any = None) -> None:
        """Read the stored rows, or what was posted of them."""
        self.process_errors = []
        stored = {str(row.id): row for row in (data if isinstance(data, list) else []) if row.id}
        if formdata and self.was_posted(formdata):
            self._read(formdata, stored)
        else:
            self.entries = [self._entry(key, row=row) for key, row in stored.items()]

    def was_posted(self, formdata: Any) -> bool:
        """Whether this list was part of the form that was sent."""
        return f"{self.name}-present" in formdata

    def validate(self, form: BaseForm, extra_validators: Any = ()) -> bool:
        """Check every row that says something."""
        for entry in self.entries:
            if not entry.form.validate():
                self.errors = [gettext("Check the rows marked below.")]
        return not self.errors

    def populate_obj(self, obj: Any, name: str) -> None:
        """Bring the collection in line with what was posted, row by row."""
        collection = getattr(obj, name)
        for row in [row for row in collection if row.id in self.removed]:
            collection.remove(row)
        for entry in self.entries:
            row = next((row for row in collection if str(row.id) == entry.key), None)
            if row is None:
                row = self.child.model()
                collection.append(row)
            self._fill(entry, row)

    def _fill(self, entry: Entry, row: Base) -> None:
        for each in entry.form:
            if each.short_name not in {"version", "primary"}:
                each.populate_obj(row, each.short_name)
        if self.has_primary:
            row.primary = entry.primary  # type: ignore[attr-defined]

    def _read(self, formdata: Any, stored: dict[str, Base]) -> None:
        primary = formdata.get(f"{self.name}-primary")
        for key in self._posted_keys(formdata):
            entry = self._entry(key, formdata, stored.get(key), primary=key == primary)
            if entry.row is not None or (not read_key(key) and not entry.is_empty):
                self.entries.append(entry)
        kept = {entry.key for entry in self.entries if not (entry.row is not None and entry.is_empty)}
        self.entries = [entry for entry in self.entries if entry.key in kept]
        known = {key for key in formdata.getlist(f"{self.name}-known") if key in stored}
        self.removed = {int(key) for key in known - kept}

    def _posted_keys(self, formdata: Any) -> Iterator[str]:
        """Keys in the order of the form, each once, no more than fit."""
        keys = dict.fromkeys(formdata.getlist(f"{self.name}-keys"))
        valid = (key for key in keys if read_key(key) or (key.startswith(BLANK) and key[3:].isalnum() | (key == BLANK)))
        for number, key in enumerate(valid):
            if number < MOST:
                yield key

    def _entry(self, key: str, formdata: Any = None, row: Base | None = None, *, primary: bool | None = None) -> Entry:
        form = self.form_class(formdata, obj=row, prefix=f"{self.name}-{key}-")
        marked = bool(getattr(row, "primary", False)) if primary is None else primary
        return Entry(key, form, row, marked)
