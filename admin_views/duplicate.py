"""Duplicating a record: the form of a new one, filled with what the other says."""

from __future__ import annotations

from typing import Any

from flask import abort, request
from flask_admin import expose
from flask_babel import gettext

from admin_views import form_page
from admin_views.forms import typed
from admin_views.page import Link
from admin_views.personal.masked import is_masked
from models.base import Base
from models.description import Description, describe, title_of


class Duplicated:
    """A view whose records can be duplicated if it says so."""

    can_duplicate = False

    def record_actions(self: Any, row: Base) -> list[Link]:
        """Offer the copy to those who may create."""
        others: list[Link] = super().record_actions(row)  # type: ignore[misc]
        if not (self.can_duplicate and self.may_create()):
            return others
        return [Link(gettext("Duplicate…"), self.get_url(".duplicate_view", id=row.id), icon="plus"), *others]

    @expose("/duplicate/", methods=("GET", "POST"))
    def duplicate_view(self: Any) -> Any:
        """Show the form of a new row filled with a copy; what is sent of it is created like any other."""
        source = self.get_one(request.args.get("id")) if self.can_duplicate else abort(404)
        if request.method == "POST":
            return self.create_view()
        self.insist(self.may_create())
        copy = copy_of(source)
        form = form_page.prepare(self, self.create_form(copy), copy, parent=None)
        return form_page.answer(self, form, copy, None)


def copy_of(source: Base) -> Base:
    """Return a row that is not stored and says what people typed of another, with its parts.

    Unique values are left, and so is what the person may not read.
    """
    description = describe(type(source))
    values = _values(source, description)
    title = description.attributes.get(description.title)
    if title is not None and title.target is None and not title.facts.derived:
        longest = getattr(title.column.type, "length", None)
        values[title.key] = gettext("Copy of %(title)s", title=title_of(source))[:longest]
    for part in description.parts:
        masked = describe(part.model).masked
        rows = (row for row in getattr(source, part.key) if not any(is_masked(each, row) for each in masked))
        values[part.key] = [part.model(**_values(row, describe(part.model))) for row in rows]
    return type(source)(**values)


def _values(row: Base, description: Description) -> dict[str, Any]:
    copied = (each for each in typed(description.attributes.values()) if not (each.is_parent or each.column.unique))
    return {each.key: getattr(row, each.key) for each in copied if not (each.secret or is_masked(each, row))}
