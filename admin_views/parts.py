"""Short lists that are part of a record, such as its emails: rows within the record's form.

Rows are paired with what is stored by key, never by position, so that a row that vanished or appeared meanwhile changes
no other. The form sends `<name>-keys` for each row shown, and `<name>-known`, key and version, for each stored row that
it began with: of these, what is not among the keys was removed.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from flask_admin.form import BaseForm
from flask_babel import gettext
from werkzeug.datastructures import MultiDict
from wtforms import fields

from admin_views.controls import Control, read_key
from admin_views.kinds_picker import Picker
from admin_views.personal.masked import mask_fields
from models.base import Base
from models.description import Child, describe
from models.errors import DomainError
from models.relations import Parent

MOST = 50
BLANK = "new"
UNSEEN = {"version", "primary"}


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
        return [each for each in self.form if each.short_name not in UNSEEN]

    @property
    def is_empty(self) -> bool:
        """Whether nothing is typed into it."""
        return not any(each.data or each.errors or each.process_errors for each in self.fields)


def most_of(child: Child) -> int:
    """Return how many rows a record may have of a part."""
    relation = describe(child.model).attributes[child.parent].relation
    return relation.most if isinstance(relation, Parent) else MOST


class Rows(Control, fields.Field):
    """The rows of a part; `gone` are those that were sent and are no longer stored."""

    widget_kind = "rows"
    wide = True
    errors: Any = ()

    def __init__(self, label: str, *, child: Child, form_class: type[BaseForm], **kwargs: Any) -> None:
        super().__init__(label, **kwargs)
        self.child, self.form_class = child, form_class
        self.has_primary = "primary" in describe(child.model).attributes
        self.most = most_of(child)
        self.stored: dict[str, Base] = {}
        self.entries: list[Entry] = []
        self.gone: list[Entry] = []
        self.versions: dict[str, int] = {}
        self.primary_key: str | None = None
        self.was_sent = False
        self.lookup: Callable[[str], str] | None = None

    @property
    def rows(self) -> list[Entry]:
        """What is shown."""
        return self.entries

    @property
    def blank(self) -> Entry:
        """An empty row to fill in, or to copy."""
        entry = self._entry(BLANK)
        self._tell_pickers(entry)
        return entry

    def tell(self, view: Any, whole: Base) -> None:
        """Let the part know the record that it is part of, and its pickers where they find rows."""
        self.optional = True
        self.lookup = lambda key: view.get_url(".ajax_lookup", name=f"{self.short_name}.{key}")
        for entry in self.entries:
            self._tell_pickers(entry)

    def refused_in(self, error: DomainError) -> Any:
        """Return the field that a refusal of one of the rows is shown at; None if it is about none of them."""
        entry = next((entry for entry in self.entries if entry.row is error.subject), None)
        if entry is None:
            return self if isinstance(error.subject, self.child.model) else None
        self.errors = self.errors or [gettext("Check the rows marked below.")]
        return entry.form._fields.get(error.field or "", self)

    def _tell_pickers(self, entry: Entry) -> None:
        for each in entry.form:
            if isinstance(each, Picker) and self.lookup is not None:
                each.lookup_url = self.lookup(each.short_name)

    @property
    def primary_name(self) -> str | None:
        """The name of the radio buttons that mark the primary row."""
        return f"{self.name}-primary" if self.has_primary else None

    @property
    def known(self) -> list[str]:
        """The stored rows that the form began with, as key and version."""
        return [f"{key}-{version}" for key, version in self.versions.items()]

    @property
    def removed(self) -> list[Base]:
        """The stored rows that the form began with and no longer has."""
        kept = {entry.key for entry in self.entries}
        return [row for key, row in self.stored.items() if key in self.versions and key not in kept]

    def process(self, formdata: Any, data: Any = None, extra_filters: Any = None) -> None:
        """Read the stored rows, or what was sent of them."""
        self.process_errors: list[str] = []
        self.stored = {str(row.id): row for row in (data if isinstance(data, list) else []) if row.id}
        self.was_sent = bool(formdata) and f"{self.name}-present" in formdata
        if self.was_sent:
            self._read(formdata)
        else:
            self.show(self.stored)
            copies = [row for row in (data if isinstance(data, list) else []) if not row.id]
            self.entries += [self._entry(f"{BLANK}{number}", row=row) for number, row in enumerate(copies, start=1000)]

    def show(self, rows: dict[str, Base]) -> None:
        """Show stored rows after those that are there."""
        self.entries += [self._entry(key, row=row) for key, row in rows.items()]
        self.versions |= {key: row.version for key, row in rows.items()}

    def validate(self, form: BaseForm, extra_validators: Any = ()) -> bool:
        """Check every row that says something."""
        self.errors = list(self.process_errors)
        for entry in (*self.entries, *self.gone):
            entry.form.wholes = {self.child.parent: form}  # which has the country that a number is read with
        right = [entry.form.validate() for entry in self.entries]
        for entry in self.gone:
            entry.form.validate()  # so that values are as the history has them
        if not all(right):
            self.errors.append(gettext("Check the rows marked below."))
        return not self.errors

    def populate_obj(self, obj: Any, name: str) -> None:
        """Bring the collection in line with what was sent, row by row."""
        if not self.was_sent:
            return
        collection = getattr(obj, name)
        for row in self.removed:
            collection.remove(row)
        if any(entry.primary for entry in self.entries):
            for row in collection:
                row.primary = False
        for entry in self.entries:
            self._fill(entry, self._row(entry, collection))

    def is_blank(self, entry: Entry) -> bool:
        """Whether a row says nothing, so that it is none."""
        return entry.is_empty

    def merge_order(self) -> bool:
        """Bring the order up to date where there is one; False if others have put the rows in another one as well."""
        return True

    def _row(self, entry: Entry, collection: list[Base]) -> Base:
        found = next((row for row in collection if str(row.id) == entry.key), None)
        if found is None:
            found = self.child.model()
            collection.append(found)
        entry.row = found
        return found

    def _fill(self, entry: Entry, row: Any) -> None:
        for each in entry.fields:
            each.populate_obj(row, each.short_name)
        if self.has_primary:
            row.primary = entry.primary

    def _read(self, formdata: Any) -> None:
        self.primary_key = formdata.get(f"{self.name}-primary") if self.has_primary else None
        self.versions = dict(self._known(formdata))
        for key in self._keys(formdata):
            entry = self._entry(key, formdata, self.stored.get(key), primary=key == self.primary_key)
            if not self.is_blank(entry):
                (self.gone if read_key(key) and entry.row is None else self.entries).append(entry)
        if len(self.entries) > self.most:
            self.process_errors.append(gettext("At most %(count)s fit here.", count=self.most))

    def _known(self, formdata: Any) -> Iterator[tuple[str, int]]:
        for each in formdata.getlist(f"{self.name}-known"):
            key, _, version = each.partition("-")
            if key in self.stored:
                yield key, read_key(version) or 0

    def _keys(self, formdata: Any) -> list[str]:
        """Return the keys in the order of the form, each once; more than fit are an error and, within reason, kept."""
        sent = dict.fromkeys(formdata.getlist(f"{self.name}-keys"))
        keys = [key for key in sent if read_key(key) or (key.startswith(BLANK) and key.isascii() and key.isalnum())]
        return keys[: self.most + MOST]

    def renew(self, entry: Entry, formdata: Any) -> Entry:
        """Return an entry for a row that is gone as one for a new row, with everything typed."""
        key = f"{BLANK}{entry.key}"
        old, new = f"{self.name}-{entry.key}-", f"{self.name}-{key}-"
        moved = MultiDict((new + name[len(old) :], value) for name, value in _items(formdata) if name.startswith(old))
        return self._entry(key, moved, primary=entry.primary)

    def _entry(self, key: str, formdata: Any = None, row: Base | None = None, *, primary: bool | None = None) -> Entry:
        form = self.form_class(formdata, obj=row, prefix=f"{self.name}-{key}-")
        mask_fields(form, row, formdata)
        return Entry(key, form, row, self._is_primary(row, primary))

    @staticmethod
    def _is_primary(row: Base | None, said: bool | None) -> bool:
        return bool(getattr(row, "primary", False)) if said is None else said


def _items(formdata: Any) -> Iterator[tuple[str, str]]:
    for name in formdata:
        yield from ((name, value) for value in formdata.getlist(name))
