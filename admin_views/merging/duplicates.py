"""Finding rows that may be the same, from the list: they are merged, or told apart."""

from __future__ import annotations

from typing import Any

from flask import abort, request
from flask_admin import expose
from flask_babel import gettext

from admin_views.controls import read_key
from admin_views.merging import duplicates_page
from admin_views.page import Link
from admin_views.requests import go
from admin_views.saving import commit
from admin_views.toasts import toast
from models.base import db
from models.distinct import forget_apart, keep_apart
from models.permissions import Permission
from models.related import find_all


class Comparable:
    """A view that finds rows which may be the same, where rows can be merged."""

    def list_links(self: Any) -> list[Link]:
        """Offer to find duplicates to those who may merge them."""
        if not (self.can_merge and self.can_edit and self.can_delete):
            return []
        return [Link(gettext("Find duplicates"), self.get_url(".duplicates_view"), icon="arrows-join")]

    @expose("/duplicates/", methods=("GET", "POST"))
    def duplicates_view(self: Any) -> Any:
        """Show likely groups; remember of one that its rows are different, or let them be found again."""
        if not self.can_merge:
            abort(404)
        self.demand(Permission.EDIT)
        self.demand(Permission.DELETE)
        if request.method == "POST":
            return _tell_apart(self)
        page = duplicates_page.page(self, request.args.get("after", ""), apart="apart" in request.args)
        return self.render("admin/duplicates.html", page=page)


def _tell_apart(view: Any) -> Any:
    """Remember that rows are different, or forget it again: of rows that the person may edit."""
    rows = find_all(db.session, view.model, [read_key(each) for each in request.form.getlist("id")])
    for row in rows.values():
        view.demand(Permission.EDIT, row)
    again, here = "again" in request.form, {name: request.args.get(name) for name in ("after", "apart")}
    error = commit(lambda: (forget_apart if again else keep_apart)(db.session, view.endpoint, list(rows)))
    if error is None and len(rows) > 1:
        back = Link(gettext("Take back…"), view.get_url(".duplicates_view", apart=1))
        told = gettext("They are listed again.") if again else gettext("Remembered: these are no duplicates.")
        toast(told, link=None if again else back)
    # The focus goes on to the group that has moved up.
    return go(view.get_url(".duplicates_view", **here, _anchor=f"alike-{read_key(request.form.get('at', '')) or 0}"))
