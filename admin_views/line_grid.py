"""Parts that are edited as a table: a line for each row, in the order in which the form sends them.

The order is kept in `position` where the part has one. Without a script each line has a number instead, by which it is
moved. A new line begins with what is usual, so one that says nothing else is none.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import cached_property, partial
from typing import Any

from flask_admin.form import BaseForm
from flask_babel import gettext
from markupsafe import Markup
from sqlalchemy import select

from admin_views.controls import Check, Select, read_key
from admin_views.kinds import cell
from admin_views.kinds_picker import Picker
from admin_views.line_columns import Heading, computed_columns, headings, typed_columns
from admin_views.offers import offered
from admin_views.page import Total
from admin_views.parts import BLANK, Entry, Rows
from admin_views.personal.masked import mask_fields
from admin_views.say import label, middle
from admin_views.standing import usual
from admin_views.totals import take, totals_of
from models.base import Base, db
from models.description import Child, describe, title_of
from models.related import find, find_all

FEW = 30  # rows to choose from; more are found by typing
SPARE = 3  # empty lines where there is no script
Cell = tuple[str, Markup | str]  # what is computed, by its id on the page


class Lines(Rows):
    """A part as a table of lines."""

    widget_kind = "lines"
    totals_url = ""
    order_clashes = False
    totals: Sequence[Total] = ()

    def __init__(self, label: str, *, child: Child, form_class: type[BaseForm], **kwargs: Any) -> None:
        super().__init__(label, child=child, form_class=form_class, **kwargs)
        self.typed, self.computed = typed_columns(child.model), computed_columns(child.model)
        self.relations = {each.key: each for each in self.typed if each.target}
        self.is_ordered = "position" in describe(child.model).attributes
        self.blank_keys: list[str] = []
        self.written: dict[Any, Markup] = {}
        self.few: dict[str, dict[int, Base] | None] = {}  # what relations offer, where that is little
        self.chosen: dict[str, dict[int, Base]] = {}  # what relations were sent besides

    @cached_property
    def headings(self) -> list[Heading]:
        """The heads of the columns."""
        return headings([*self.typed, *self.computed])

    @property
    def add_text(self) -> str:
        """What the way to another line is called."""
        return gettext("Add %(thing)s", thing=middle(label(self.child.model.__label__)))

    @property
    def rows(self) -> list[Entry]:
        """What is shown."""
        return [self._write_options(entry) for entry in self.entries]

    @property
    def spares(self) -> list[Entry]:
        """Empty lines to fill in; the first one is also copied."""
        entries = [self._entry(f"{BLANK}0{number}" if number else BLANK) for number in range(SPARE)]
        for entry in entries:
            self._tell_pickers(entry)
            self._write_options(entry)
        return entries

    def process(self, formdata: Any, data: Any = None, extra_filters: Any = None) -> None:
        """Read the stored rows, or what was sent of them; what was chosen is looked up at once."""
        self.few = {key: self._offered(key) for key in self.relations}
        self.chosen = {key: self._sent(key, formdata) for key in self.relations} if formdata else {}
        super().process(formdata, data, extra_filters)

    def tell(self, view: Any, whole: Base) -> None:
        """Let the lines know what they add up to, and where that is computed while somebody types."""
        super().tell(view, whole)
        self.optional = False
        if self.computed and hasattr(view, "totals_view"):
            self.totals_url = view.totals_url()
            self.totals = () if self.was_sent else totals_of(whole)

    def is_blank(self, entry: Entry) -> bool:
        """Whether a new line says what it began with; a stored one, nothing but what is chosen."""
        if read_key(entry.key):
            blank = not any(each.data for each in entry.fields if not isinstance(each, Select | Picker | Check))
        else:
            blank = all(map(_is_as_it_began, entry.fields))
        blank = blank and not any(each.process_errors for each in entry.fields)
        self.blank_keys += [entry.key] if blank else []
        return blank

    def populate_obj(self, obj: Any, name: str) -> None:
        """Bring the collection in line with what was sent, also in its order; what others added keeps its place."""
        super().populate_obj(obj, name)
        rows: dict[str, Any] = {**self.stored, **{entry.key: entry.row for entry in self.entries}}
        for place, key in enumerate(self._order() if self.was_sent and self.is_ordered else ()):
            if rows[key].position != place:
                rows[key].position = place

    def merge_order(self) -> bool:
        """Follow the order that others have put the lines in, unless it was changed here as well: then tell."""
        known, mine, theirs = (self._kept(keys) for keys in (self.versions, self._shown, self.stored))
        agreed = not self.is_ordered or known in (mine, theirs) or mine == theirs
        if not agreed:
            self.order_clashes = True
            text = gettext("Somebody else has put these in another order meanwhile. Save again for yours.")
            self.errors = [*self.errors, text]
        return agreed

    @property
    def known(self) -> list[str]:
        """The stored rows that the form began with; after a clash, in the order that was told."""
        keys = self.stored if self.order_clashes else self.versions
        return [f"{key}-{self.versions[key]}" for key in keys if key in self.versions]

    @property
    def _shown(self) -> list[str]:
        return [entry.key for entry in self.entries]

    def _kept(self, keys: Iterable[str]) -> list[str]:
        """Return those of the keys that the form began with and that are still there on both sides."""
        there = {key for key in self._shown if key in self.versions and key in self.stored}
        return [key for key in keys if key in there]

    def _order(self) -> list[str]:
        """Return the keys of all lines in their order: the stored one, unless it was changed here."""
        removed = {str(row.id) for row in self.removed}
        theirs = [key for key in self.stored if key not in removed]
        moved = self._kept(self._shown) != self._kept(self.versions)
        return _woven(self._shown, theirs) if moved else _woven(theirs, self._shown)

    def sketch(self, whole: Base) -> None:
        """Let the record have the lines as far as they can be read; nothing of this is to be saved."""
        collection = getattr(whole, self.short_name)
        for row in self.removed:
            collection.remove(row)
        for entry in self.entries:
            row = self._row(entry, collection)
            for each in entry.fields:
                if not take(each, entry.form, row):
                    setattr(row, each.short_name, None)

    def _write_options(self, entry: Entry) -> Entry:
        """Write the options of what is chosen from a list: the same for many lines, so once for each choice."""
        for field in entry.fields:
            if isinstance(field, Picker) and field.few is not None:
                field.options_written = self._written(field.short_name, ("", ""), *field.current, chosen=field.chosen)
            elif isinstance(field, Select):
                options = ((each.value, each.label) for each in field.choices)
                field.options_written = self._written(field.short_name, *options, chosen=field.data or "")
        return entry

    def _written(self, key: str, *options: tuple[str, str], chosen: str) -> Markup:
        known = (key, chosen, options)
        if known not in self.written:
            self.written[known] = _options(options, chosen)
        return self.written[known]

    def amounts(self, entry: Entry) -> list[Cell]:
        """Return what is computed of a line; while it is being typed, nothing."""
        row = None if self.was_sent else entry.row
        return self._cells(entry.key, row)

    def computed_cells(self) -> list[Cell]:
        """Return what is computed of the lines that were sent, but of those that cannot be read whole."""
        found = [cell for entry in self.entries for cell in self._cells(entry.key, _certain(entry))]
        return [*found, *(cell for key in self.blank_keys for cell in self._cells(key, None))]

    def _cells(self, key: str, row: Base | None) -> list[Cell]:
        return [(f"{self.name}-{key}-{each.key}", cell(each, row) if row else "") for each in self.computed]

    def _keys(self, formdata: Any) -> list[str]:
        """Return the keys in the order of the form, or by number where lines were given one."""
        keys = super()._keys(formdata)
        return sorted(keys, key=partial(self._place, formdata, keys))

    def _place(self, formdata: Any, keys: list[str], key: str) -> tuple[int, int]:
        """Where a line belongs: moved down, after the one with this number; moved up, before it."""
        was = keys.index(key) + 1
        now = read_key(formdata.get(f"{self.name}-{key}-at", "")) or was
        return now, (now > was) - (now < was)

    def _entry(self, key: str, formdata: Any = None, row: Base | None = None, *, primary: bool | None = None) -> Entry:
        form = self.form_class(None, prefix=f"{self.name}-{key}-")
        for each in form:
            if isinstance(each, Picker):
                self._equip(each)
        form.process(formdata, obj=self._begun() if row is None else row)
        mask_fields(form, row, formdata)
        return Entry(key, form, row, self._is_primary(row, primary))

    def _equip(self, picker: Picker) -> None:
        few = self.few[picker.short_name]
        picker.find = partial(self._find, picker.short_name)
        if few is not None:
            picker.few = [(str(key), title_of(row)) for key, row in few.items()]
            picker.offers = lambda row: row.id in few

    def _begun(self) -> Base:
        """Return a row with what is usual: its defaults, and the default rows of what it points to."""
        row = self.child.model()
        for each in self.typed:
            if each.target:
                setattr(row, each.key, self._usual(each.key))
            elif getattr(row, each.key) is None:
                setattr(row, each.key, usual(each))
        return row

    def _usual(self, key: str) -> Base | None:
        return next((row for row in (self.few[key] or {}).values() if getattr(row, "is_default", False)), None)

    def _offered(self, key: str) -> dict[int, Base] | None:
        """Return the rows that a relation offers, in order of title; None if they are too many to list."""
        attribute = self.relations[key]
        target: Any = attribute.target
        query = select(target).where(*offered(self.child.model, attribute))
        query = query.order_by(getattr(target, describe(target).title), target.id).limit(FEW + 1)
        rows = db.session.scalars(query).all()
        return {row.id: row for row in rows} if len(rows) <= FEW else None

    def _sent(self, key: str, formdata: Any) -> dict[int, Base]:
        """Return the rows that were sent and are not offered, such as a rate of former days."""
        target: Any = self.relations[key].target
        names = [name for name in formdata if name.startswith(f"{self.name}-") and name.endswith(f"-{key}")]
        keys = {read_key(formdata[name]) for name in names} - set(self.few[key] or ())
        return find_all(db.session, target, keys) if keys - {None} else {}

    def _find(self, relation: str, key: int) -> Base | None:
        known = {**self.chosen.get(relation, {}), **(self.few[relation] or {})}
        target: Any = self.relations[relation].target
        return known[key] if key in known else find(db.session, target, key) if key else None


def _options(options: Sequence[tuple[str, str]], chosen: str) -> Markup:
    """Return the options of a list."""
    option = Markup('<option value="{}"{}>{}</option>')
    selected = Markup(" selected")
    return Markup("").join(option.format(value, selected if value == chosen else "", text) for value, text in options)


def _woven(keys: Sequence[str], others: Sequence[str]) -> list[str]:
    """Return keys in their order, with each of the others after the one that it followed."""
    found = list(keys)
    for place, key in enumerate(others):
        if key not in keys:
            found.insert(found.index(others[place - 1]) + 1 if place else 0, key)
    return found


def _is_as_it_began(field: Any) -> bool:
    began = field.object_data
    return not field.data or field.data == getattr(began, "value", began)


def _certain(entry: Entry) -> Base | None:
    """Return the row of a line of which all that was typed could be read."""
    doubtful = any(each.errors and any(each.raw_data or ()) for each in entry.fields)
    return None if doubtful else entry.row
