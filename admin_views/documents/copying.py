"""Another document like one that is there."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from flask import request
from flask_admin import expose
from flask_babel import gettext

from admin_views.conflicts.idempotency import with_key
from admin_views.documents.words import question, refuse
from admin_views.page import Link
from admin_views.requests import go
from admin_views.saving import make_once
from admin_views.say import label
from admin_views.toasts import toast
from models.base import db
from models.description import title_of
from models.errors import DomainError
from models.i18n import N_
from models.operations.drafting import duplicate

COPIED = N_("A new draft of today gets the same lines and terms, for the same customer.")


class Copied:
    """A view of documents whose copies are drafts at once: there is nothing to ask that the draft does not show."""

    def record_actions(self: Any, row: Any) -> list[Link]:
        """Offer the copy to those who may create one for this customer."""
        others: list[Link] = super().record_actions(row)  # type: ignore[misc]
        if not self.may_create(row.customer):
            return others
        return [
            Link(gettext("Duplicate"), with_key(self.get_url(".duplicate_view", id=row.id)), icon="plus", posted=True),
            *others,
        ]

    @expose("/duplicate/", methods=("GET", "POST"))
    def duplicate_view(self: Any) -> Any:
        """Make a draft like this one and open it."""
        row = self.get_one(request.args.get("id"))
        self.insist(self.may_create(row.customer))
        if request.method == "GET":
            title = gettext("Duplicate %(title)s?", title=row.name)
            page = question(self, row, title, gettext("Duplicate"), [label(COPIED)])
            return self.render("admin/confirm.html", confirmation=replace(page, url=with_key(page.url)))
        try:
            made = make_once(lambda: duplicate(db.session, row))
        except DomainError as error:
            refuse(self, row, error)
            return go(self.record_url(row))
        toast(gettext("%(title)s was made from %(source)s.", title=title_of(made), source=row.name), undo=True)
        return go(self.get_url(".details_view", id=made.id))
