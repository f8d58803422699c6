"""What follows while somebody types: totals, and hints below fields, from what can be read so far."""

from __future__ import annotations

from contextlib import suppress
from typing import Any

from flask import abort, request
from flask_admin import expose
from markupsafe import escape

from admin_views import form_page
from admin_views.line_grid import Lines
from admin_views.parts import Rows
from admin_views.totals import only_reads, take, totals_of
from models.base import Base, db
from models.errors import DomainError
from models.permissions import Permission


class Summed:
    """A view whose records come to something."""

    def totals_url(self: Any) -> str:
        """Return where the form that is being shown asks what it comes to."""
        return str(self.get_url(".totals_view", **request.args.to_dict()))

    def hint_url(self: Any, key: str) -> str:
        """Return where the form that is being shown asks what to say below a field."""
        return str(self.get_url(".hint_view", **{**request.args.to_dict(), "of": key}))

    @expose("/totals/", methods=("POST",))
    @only_reads
    def totals_view(self: Any) -> Any:
        """Answer what the lines of a form come to, and all of them; nothing is saved."""
        row, form = self._being_typed()
        lines = [field for field in form if isinstance(field, Lines)]
        cells = [each for field in lines for each in field.computed_cells()]
        answer = self.render("admin/totals.html", totals=totals_of(row), cells=cells)
        db.session.rollback()
        return answer

    @expose("/hint/", methods=("POST",))
    @only_reads
    def hint_view(self: Any) -> Any:
        """Answer what is said below a field of a form; nothing is saved."""
        row, _ = self._being_typed()
        answer = escape(self.hints(row).get(request.args.get("of", "")) or abort(404))
        db.session.rollback()
        return answer

    def _being_typed(self: Any) -> tuple[Base, Any]:
        """Return the row as far as what was sent can be read, and the form."""
        parent = self.scope()
        if "id" in request.args:
            row = self.get_one(request.args["id"], within=parent)
            self.demand(Permission.EDIT, row)
            form = form_page.form_of(self, row, request.args.get("panel"))
        else:
            self.insist(self.may_create(parent))
            row = self.new_row(parent)
            form = self.create_form(row)
        form = form_page.prepare(self, form, row, parent=parent)
        _fill(form, row)
        with suppress(DomainError):
            row.derive()
        return row, form


def _fill(form: Any, row: Base) -> None:
    for field in form:
        if isinstance(field, Lines) and field.computed:
            field.sketch(row)
        elif not isinstance(field, Rows) and hasattr(field, "widget_kind"):
            take(field, form, row)
