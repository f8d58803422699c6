"""What a record's past adds to its page: the history, the record as of a day, what is new since one was there."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from flask import request
from flask_admin import expose

from admin_views import record_page
from admin_views.controls import read_key
from admin_views.history import as_of, visits
from admin_views.history import page as history_page
from admin_views.page import Panel, Record
from models.base import Base, db
from models.gate import actor_of
from models.visits import note_visit


class Historic:
    """A view whose records have a past."""

    def page_of(self, row: Base) -> Record:
        """Return the record page as it is, or as of the day that the address names."""
        day = as_of.day_asked()
        if day is not None:
            return as_of.record(self, row, day)
        found, news = record_page.record(self, row), visits.news(self, row)
        panels, more = (_marked(some, news.marks) for some in (found.panels, found.more))
        return replace(found, panels=panels, more=more, news=news, as_of=as_of.form_of(self))

    @expose("/history/")
    def history_view(self: Any) -> Any:
        """Show what happened to a record."""
        row = self.get_one(request.args.get("id"))
        page = history_page.history(self, row, read_key(request.args.get("before", "")))
        return self.render("admin/history.html", page=page)

    @expose("/visit/", methods=("POST",))
    def visit_view(self: Any) -> Any:
        """Note that somebody was shown a record; its page tells so by itself."""
        row = self.get_one(request.args.get("id"))
        user = actor_of(db.session).user_id
        if user is not None:
            note_visit(db.session, row, user, read_key(request.form.get("seen", "")) or 0)
            db.session.commit()
        return "", 204


def _marked(panels: Sequence[Panel], marks: Mapping[str, str]) -> list[Panel]:
    """Return panels with a mark at each field that somebody else changed."""
    marked = ([replace(field, changed_by=marks.get(field.key, "")) for field in panel.fields] for panel in panels)
    return [replace(panel, fields=fields) for panel, fields in zip(panels, marked, strict=True)]
