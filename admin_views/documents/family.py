"""Where a document came from and where it went, and how much of an order has been delivered and billed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from decimal import Decimal
from typing import Any

from flask_babel import format_decimal, gettext
from markupsafe import Markup

from admin_views import plain_grid
from admin_views.documents.converting import left
from admin_views.page import Column, Grid, Heading, Row
from admin_views.say import label, pill, plain
from models.base import db
from models.billing import predecessors, successors
from models.description import title_of
from models.document import Document
from models.rules.document_kinds import DocumentKind
from models.rules.units import unit_sign

SHOWN = ("name", "date", "status", "total")


class Related:
    """A view of documents that shows on each which others it has to do with."""

    def record_grids(self: Any, row: Any) -> list[Grid]:
        """Show the progress of an order, and what a document came from and became."""
        others: list[Grid] = super().record_grids(row)  # type: ignore[misc]
        return [*_progress(row), *_family(self, row), *others]


def _family(view: Any, row: Document) -> list[Grid]:
    before, after = predecessors(db.session, [row]), successors(db.session, [row])
    groups = ((gettext("Comes from"), before), (gettext("Became"), after))
    rows = [each for name, documents in groups for each in _members(view, name, documents)]
    attributes = [view.description.attributes[key] for key in SHOWN]
    columns = [Column(each.key, label(each.label), each.key in {"date", "total"}) for each in attributes]
    return [_table("family", gettext("Related documents"), columns, rows)] if rows else []


def _members(view: Any, name: str, documents: Sequence[Document]) -> list[Row]:
    heading = Heading(name, format_decimal(len(documents)))
    rows = [plain_grid.shown(view, each, SHOWN) for each in documents]
    return [replace(row, heading=None if place else heading) for place, row in enumerate(rows)]


def _progress(row: Document) -> list[Grid]:
    """Return how much of each line of an order was delivered and billed."""
    if row.kind is not DocumentKind.ORDER or not row.counts:
        return []
    deliver, bill = left(row, DocumentKind.DDT), left(row, DocumentKind.INVOICE)
    names = (("line", gettext("Line")), ("delivered", gettext("Delivered")), ("billed", gettext("Billed")))
    rows = [
        Row(
            id=line.id,
            title=title_of(line),
            cells=[
                Markup("{}").format(title_of(line)),
                _done(line, deliver, gettext("delivered")),
                _done(line, bill, gettext("billed")),
            ],
        )
        for line in row.lines
    ]
    return [_table("progress", gettext("Delivered and billed"), [Column(*each) for each in names], rows)]


def _done(line: Any, still: Mapping[int, Decimal], word: str) -> Markup:
    """Return how much of a line has been done, in words that stand by themselves on a narrow screen."""
    rest = still[line.id]
    words = {"done": plain(line.quantity - rest) or "0", "all": plain(line.quantity), "unit": unit_sign(line.unit)}
    text = gettext("%(done)s of %(all)s %(unit)s", **words)
    mark = pill(gettext("%(n)s left", n=plain(rest)), "yellow") if rest else pill(gettext("all"), "green")
    return Markup('{} <span class="only-phone">{}</span> {}').format(text, word, mark)


def _table(key: str, name: str, columns: Sequence[Column], rows: Sequence[Row]) -> Grid:
    count = format_decimal(len(rows))
    inline = not any(each.url for each in rows)
    return Grid(key, name, "grid", "", columns, rows, count, plain_grid.ONE_PAGE, inline=inline)
