"""Parts of a record as it shows them: the rows of a part as a table, as ways to what they lead to, or as lines."""

from __future__ import annotations

from typing import Any

from flask import get_template_attribute
from flask_babel import gettext
from markupsafe import Markup

from admin_views import line_columns, links, matrix
from admin_views.kinds import cell
from admin_views.kinds_fact import Fact, told
from admin_views.page import Field
from admin_views.say import NONE, label, pill
from admin_views.totals import totals_of
from models.base import Base
from models.description import Child, describe


class PartFact(Fact):
    """A part that is shown and not typed; rows that are sent all the same are refused."""

    wide = True

    def process(self, formdata: Any, *args: Any, **words: Any) -> None:
        """Refuse any rows, also of a form that was opened while they could be typed."""
        super().process(formdata, *args, **words)
        if formdata and f"{self.name}-present" in formdata:
            rows = (self._typed(formdata, key) for key in formdata.getlist(f"{self.name}-keys"))
            self.process_errors = [told(self.reason, [", ".join(row) for row in rows if row])]

    def _typed(self, formdata: Any, key: str) -> list[str]:
        prefix, aside = f"{self.name}-{key}-", {f"{self.name}-{key}-version", f"{self.name}-{key}-at"}
        return [formdata[name] for name in formdata if name.startswith(prefix) and name not in aside and formdata[name]]


def shown(row: Base, child: Child) -> Field:
    """Return the rows of a part as they fit."""
    name = label(child.model.__plural__)
    if matrix.is_table(child.model):
        return Field(child.key, name, matrix.shown(row, child), wide=True)
    if line_columns.is_grid(child.model):
        return Field(child.key, name, _table(row, child), not getattr(row, child.key), wide=True)
    value = links.shown(row, child) if links.is_link(child.model) else _lines(row, child)
    return Field(child.key, name, value or NONE, not value)


def _table(row: Base, child: Child) -> Markup:
    """Return a table with a line for each row, without columns that say nothing, and what they add up to."""
    rows, computed = getattr(row, child.key), line_columns.computed_columns(child.model)
    typed = [each for each in line_columns.typed_columns(child.model) if any(one.shown(each.key) for one in rows)]
    columns = [*typed, *computed]
    lines = [[cell(each, one) for each in columns] for one in rows]
    stated = get_template_attribute("admin/lines.html", "stated")
    table: Markup = stated(line_columns.headings(columns), lines, totals_of(row) if computed else ())
    return table


def _lines(row: Base, child: Child) -> Markup:
    """Return rows below each other, the primary one marked."""
    description = describe(child.model)
    first = description.attributes[description.title]
    lines = []
    for each in getattr(row, child.key):
        marks = [pill(gettext("primary"))] if getattr(each, "primary", False) else []
        marks += [pill(each.label)] if getattr(each, "label", None) else []
        lines.append(Markup(" ").join([cell(first, each), *marks]))
    return Markup("<br>").join(lines)
