"""The timeline of a view's records, and what its own rows say as entries of one."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from flask import abort, request
from flask_admin import expose
from flask_babel import gettext
from markupsafe import Markup

from admin_views.kinds import cell
from admin_views.page import Link
from admin_views.timeline import feed
from models.activity import Activity, told_on
from models.base import Base


class Told:
    """A view whose records have a timeline where activities lead to them, or whose rows stand in one."""

    entry_word = ""  # how one says that a row is added: “Log call”; “New call”, unless it is said
    entries_closed = False  # whether the text of an entry is shown when somebody opens it
    ticked = ""  # a yes or no that is ticked off in its place

    def record_actions(self: Any, row: Base) -> list[Link]:
        """Offer to add what stands in the timeline."""
        others: list[Link] = super().record_actions(row)  # type: ignore[misc]
        return [*feed.ways(self, row), *others]

    @expose("/timeline/")
    def timeline_view(self: Any) -> Any:
        """Show what happened with a record; 404 for entities of which nothing is told."""
        row = self.get_one(request.args.get("id")) if told_on(self.model) else abort(404)
        return feed.page(self, row)

    def entry_moment(self, row: Base) -> str:
        """Return which attribute says when an entry was, or shall be."""
        return "at" if isinstance(row, Activity) else "created_at"

    def entry_badges(self: Any, row: Base) -> Sequence[Markup]:
        """Return the badges of an entry."""
        found = (self.description.attributes[key] for key in self.record_badges if row.shown(key) is not None)
        return [cell(each, row) for each in found]

    def new_elsewhere(self, parent: Base) -> Link | None:
        """Return the way to a page of its own on which a row comes about, where a form in its place is not enough."""
        return None

    def remark(self, row: Base) -> str:
        """Return what is said under an entry of a feed, in sight before it is opened."""
        return ""

    def entry_links(self, row: Base) -> Sequence[Link]:
        """Return what can be done with an entry of a feed."""
        return ()

    def entry_called(self: Any) -> str:
        """Return how one says that an entry is added."""
        return gettext(self.entry_word) if self.entry_word else feed.new_word(self)
