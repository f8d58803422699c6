"""Parts that are tables: a line for each value of their key, a column for each choice, and one row stored for a line.

Where a row of the part holds for all lines without one (`Tabular.__rest__`), each line begins with its rule: as
everything else, cell by cell, or one level throughout. The form sends each line as it was when it was opened, so that
lines that others changed meanwhile keep what they say, and those that both changed are shown.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from flask import get_template_attribute, request
from flask_admin.form import BaseForm
from flask_babel import gettext
from markupsafe import Markup, escape
from wtforms.fields import SelectChoice

from admin_views.kinds import options
from admin_views.parts import Entry, Rows
from admin_views.say import NONE, label, pill, plain
from models.base import Base, db
from models.choices import Choice
from models.description import Child, describe
from models.past import history_of
from models.tabular import Tabular

EACH = "each"  # the rule of a line whose cells say it


@dataclass
class Line(Entry):
    """A line of the table; `was` is what was stored for it when the form was opened."""

    label: str = ""
    rule: str = ""
    rules: Sequence[tuple[str, str]] = ()
    was: str = ""
    errors: list[str] = field(default_factory=list)

    @property
    def cells(self) -> list[Any]:
        """The fields of the line; those without a choice have no meaning here."""
        return [each if each.choices else None for each in self.fields]

    @property
    def all_errors(self) -> list[str]:
        """What is wrong with the line and its cells."""
        return [*self.errors, *(str(error) for each in self.fields for error in each.errors)]

    @property
    def says_something(self) -> bool:
        """Whether any of the cells grants anything."""
        return any(_member(each) for each in self.fields)


def is_table(model: type[Base]) -> bool:
    """Whether rows of a part are the lines of a table."""
    return issubclass(model, Tabular)


def columns_of(part: Any) -> list[str]:
    """Return the attributes that are columns."""
    return [each.key for each in describe(part).attributes.values() if not each.is_parent and each.key != part.__key__]


class Matrix(Rows):
    """A part as a table of choices."""

    widget_kind = "matrix"
    part: Any

    def process(self, formdata: Any, data: Any = None, extra_filters: Any = None) -> None:
        """Read the stored rows, or what was sent of the lines."""
        self.process_errors: list[str] = []
        self.instead = ""
        self.part = self.child.model
        rows = {getattr(row, self.part.__key__): row for row in (data if isinstance(data, list) else [])}
        self.was_sent = bool(formdata) and f"{self.name}-present" in formdata
        sent = formdata if self.was_sent else None
        listed = options(describe(self.part).attributes[self.part.__key__])
        self.entries: list[Any] = [self._line(value, text, rows.get(value), sent) for value, text in listed]

    def tell(self, view: Any, whole: Base) -> None:
        """Leave the table out of a record that needs none."""
        self.optional = False
        self.instead = label(self.part.instead(whole) or "")

    @property
    def hint(self) -> str:
        """The sentence above the table."""
        return label(self.part.__hint__) if self.part.__hint__ else ""

    @property
    def columns(self) -> list[str]:
        """The headings of the columns."""
        return [str(each.label.text) for each in self.entries[0].fields] if self.entries else []

    @property
    def rest(self) -> Any:
        """The line that holds for all that have no row of their own."""
        return next((line for line in self.entries if line.key == self.part.__rest__), None)

    def validate(self, form: BaseForm, extra_validators: Any = ()) -> bool:
        """Check the cells of every line."""
        self.errors = list(self.process_errors)
        right = [each.validate(line.form) for line in self.entries for each in line.cells if each]
        right += [line.rule in dict(line.rules) or not line.rules for line in self.entries]
        if not all(right):
            self.errors.append(gettext("Check the rows marked below."))
        return not self.errors

    def merge(self, row: Base) -> bool:
        """Take the lines that others alone have changed as they are now; False if both changed one."""
        now, taken = self._now(row), request.form.get("theirs", "").removesuffix("@")
        for number, line in enumerate(self.entries):
            stored = now.get(line.key)
            theirs, mine = self._said(stored), self._typed(line)
            if taken == line.form._prefix or (theirs != line.was and mine == line.was):
                self.entries[number] = self._line(line.key, line.label, stored, None)
            elif line.was != theirs != mine:
                line.errors.append(_clash(line, theirs, row))
                line.was = theirs
        agreed = not any(line.errors for line in self.entries)
        if not agreed:
            self.errors = [*self.errors, gettext("Check the rows marked below.")]
        return agreed and not any(taken == line.form._prefix for line in self.entries)

    def populate_obj(self, obj: Any, name: str) -> None:
        """Store a row for each line that says something of its own, and none for the others."""
        if not self.was_sent or self.instead:
            return
        collection, stored = getattr(obj, name), self._now(obj)
        for line in self.entries:
            row = stored.get(line.key)
            line.row = row
            if not self._counts(line):
                if row is not None:
                    collection.remove(row)
                continue
            if row is None:
                line.row = row = self.part(**{self.part.__key__: line.key})
                collection.append(row)
            for each in line.fields:
                setattr(row, each.short_name, _member(each))

    def _now(self, whole: Any) -> dict[str, Any]:
        return {getattr(each, self.part.__key__): each for each in getattr(whole, self.child.key)}

    def _counts(self, line: Line) -> bool:
        """Whether a row is stored: nothing is said in so many words only where all others are granted something."""
        if line.rules and not line.rule:
            return False
        rest = self.rest
        return line.says_something or (rest is not None and rest is not line and self._counts(rest))

    def _line(self, value: str, text: str, row: Any, sent: Any) -> Line:
        prefix = f"{self.name}-{'rest' if value == self.part.__rest__ else value.replace('.', '-')}-"
        form = self.form_class(sent, obj=row, prefix=prefix)
        line = Line(value, form, row if row is not None and row.id else None, label=text)
        for each in line.fields:
            self._narrow(each, value)
        if self.part.__rest__:
            line.rules = self._rules(line)
        if sent is None:
            line.rule, line.was = EACH if row is not None else "", self._said(line.row)
        else:
            line.rule, line.was = sent.get(f"{prefix}rule", ""), sent.get(f"{prefix}was", "")
            _follow(line)
        return line

    def _narrow(self, each: Any, value: str) -> None:
        """Offer what makes sense in this cell, and nothing as "none"."""
        stored = getattr(each.object_data, "value", each.object_data)
        sensible = self.part.cell(value, each.short_name)
        given = {member.value for member in sensible} | ({stored} if stored else set())
        none = [] if any(not member for member in each.enum) else [SelectChoice("", gettext("none"))]
        offered = [_lowered(choice, each.enum) for choice in each.choices if choice.value and choice.value in given]
        each.choices = [*none, *offered] if sensible else []
        each.widget_kind, each.validators = "select", ()
        if not sensible:
            each.data = stored
        elif each.data is None and not none:
            each.data = offered[0].value

    def _rules(self, line: Line) -> list[tuple[str, str]]:
        levels = dict.fromkeys((choice.value, choice.label) for each in line.cells if each for choice in each.choices)
        named = {value: gettext("all: %(level)s", level=text.lower()) for value, text in levels}
        nothing = next((value for value, text in levels if text == gettext("none")), "")
        named[nothing] = gettext("nothing")
        if line.key == self.part.__rest__:
            named.pop(nothing)
            return [("", gettext("nothing")), (EACH, gettext("one by one")), *named.items()]
        return [("", gettext("like everything else")), (EACH, gettext("one by one")), *named.items()]

    def _said(self, row: Any) -> str:
        """Return what a row says, as the form carries it."""
        if row is None:
            return ""
        return ",".join(str(getattr(getattr(row, key), "value", "")) for key in columns_of(self.part))

    def _typed(self, line: Line) -> str:
        if not self._counts(line):
            return ""
        return ",".join(str(getattr(_member(each), "value", "")) for each in line.fields)


def _follow(line: Line) -> None:
    """Let one level, chosen for a whole line, fill its cells as far as they offer it."""
    if line.rule in {"", EACH} or line.rule not in dict(line.rules):
        return
    for each in line.cells:
        if each is not None:
            values = [choice.value for choice in each.choices]
            each.data = line.rule if line.rule in values else values[0]
    line.rule = EACH


def _member(each: Any) -> Choice | None:
    """Return what a cell says: the member that says nothing stands for no choice, where there is one."""
    known = {member.value: member for member in each.enum}
    return known.get(each.data) or next((member for member in each.enum if not member), None)


def _lowered(choice: SelectChoice, enum: Any) -> SelectChoice:
    """Return a choice; what grants nothing stands back behind what does."""
    return choice if enum(choice.value) else SelectChoice(choice.value, gettext("none"))


def _clash(line: Line, theirs: str, whole: Base) -> str:
    """Say who has changed a line to what, and what was there before."""
    last = next(iter(history_of(db.session(), whole, None, 1)), None)
    who = last.actor_name if last is not None else gettext("Somebody else")
    words = {"who": who, "theirs": _in_words(line, theirs), "before": _in_words(line, line.was)}
    return gettext("%(who)s changed this to: %(theirs)s. Before: %(before)s. Save again for yours.", **words)


def _in_words(line: Line, said: str) -> str:
    """Return what a line as the form carries it says."""
    values = zip(line.fields, said.split(","), strict=False) if said else ()
    members = ((each, {member.value: member for member in each.enum}.get(value)) for each, value in values)
    told = ", ".join(f"{each.label.text}: {plain(member)}" for each, member in members if member)
    return told or gettext("nothing")


# On a record --------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Stated:
    """A line as a record shows it: one that is not stored says what holds for all others, and is `followed`."""

    label: str
    cells: Sequence[Markup]
    followed: bool = False


def shown(whole: Any, child: Child) -> Markup:
    """Return the table of a record, or the sentence that stands in place of it."""
    part: Any = child.model
    if sentence := part.instead(whole):
        return escape(label(sentence))
    rows = {getattr(row, part.__key__): row for row in getattr(whole, child.key)}
    attributes, rest = describe(part).attributes, rows.get(part.__rest__)
    columns = [attributes[key] for key in columns_of(part)]
    lines = [
        Stated(text, [_cell(part, value, each.key, rows.get(value, rest)) for each in columns], value not in rows)
        for value, text in options(attributes[part.__key__])
    ]
    stated = get_template_attribute("admin/matrix.html", "stated")
    hint = label(part.__hint__) if part.__hint__ else ""
    table: Markup = stated([label(each.label) for each in columns], lines, follow=rest is not None, hint=hint)
    return table


def _cell(part: Any, value: str, key: str, row: Any) -> Markup:
    said = getattr(row, key) if row is not None and part.cell(value, key) else None
    return pill(plain(said), said.tone) if said else NONE
