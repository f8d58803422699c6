"""Switching a record off rather than deleting it: from its page, from the list, and where deleting is refused."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from flask import request
from flask_admin import expose
from flask_babel import gettext, ngettext

from admin_views.actions import run_action
from admin_views.page import Link
from admin_views.say import label
from models.base import Base, db
from models.permissions import Permission


class SwitchedOff:
    """A view that declares `deactivate` as an action, by which the attribute in `off` gets the value there."""

    off: tuple[str, Any] = "active", False

    def switch_off(self: Any, rows: Sequence[Base]) -> str:
        """Switch rows off, and return what to say."""
        key, value = self.off
        for row in rows:
            setattr(row, key, value)
        db.session.flush()
        words = {"n": len(rows), "things": label(self.model.__label__ if len(rows) == 1 else self.name).lower()}
        return ngettext("%(n)s %(things)s was deactivated.", "%(n)s %(things)s were deactivated.", len(rows), **words)

    def record_actions(self: Any, row: Base) -> list[Link]:
        """Offer to deactivate what is on."""
        others: list[Link] = super().record_actions(row)  # type: ignore[misc]
        key, value = self.off
        if getattr(row, key) == value or not self.allows(Permission.EDIT, row):
            return others
        url = f"{self.get_url('.deactivate_view', id=row.id)}{self.trail()}"
        return [*others, Link(gettext("Deactivate…"), url, icon="ban", asks=True, rather=True)]

    @expose("/deactivate/", methods=("GET", "POST"))
    def deactivate_view(self: Any) -> Any:
        """Ask, then deactivate one record, as the action on a selection of one; then show it again."""
        row = self.get_one(request.args.get("id"))
        return run_action(self, "deactivate", [row.id], row, then=self.record_url(row))
