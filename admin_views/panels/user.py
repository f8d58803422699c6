"""How administrators manage who may sign in."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from flask import request
from flask_admin import expose
from flask_babel import gettext, ngettext

from admin_views.actions import deed, run_action
from admin_views.base import PanelView
from admin_views.page import Link
from admin_views.registry import register
from admin_views.requests import go
from models.base import db
from models.i18n import N_
from models.permissions import Permission
from models.user import User

DEACTIVATED = N_("They cannot sign in any more, and what they own stays theirs.")


class UserView(PanelView):
    """The people who work in the panel."""

    menu_group = N_("System")
    menu_icon = "user-shield"
    column_list = ["name", "email", "active", "updated_at"]
    column_links = ("roles", "units")
    column_filters = ["roles", "units", "active", "name", "email", "created_at", "updated_at"]
    record_badges = ["active"]
    form_panels = (
        (N_("User"), ["name", "email", "active", "password"]),
        (N_("Roles and business units"), ["roles", "units"]),
    )

    rather_than_deleted = N_("Deactivate them instead: they cannot sign in, and what they own stays theirs.")

    @deed("deactivate", N_("Deactivate…"), Permission.EDIT, danger=True, meaning=DEACTIVATED)
    def deactivate(self, rows: Sequence[Any]) -> str:
        """Keep users from signing in, and what they own as it is."""
        for user in rows:
            user.active = False
        db.session.flush()
        return ngettext("%(n)s user was deactivated.", "%(n)s users were deactivated.", len(rows), n=len(rows))

    def record_actions(self, row: Any) -> list[Link]:
        """Offer to deactivate who is active."""
        others = super().record_actions(row)
        if not (row.active and self.allows(Permission.EDIT, row)):
            return others
        url = f"{self.get_url('.deactivate_view', id=row.id)}{self.trail()}"
        return [*others, Link(gettext("Deactivate…"), url, icon="ban", asks=True)]

    @expose("/deactivate/", methods=("GET", "POST"))
    def deactivate_view(self) -> Any:
        """Ask, then deactivate one user, as the action on a selection of one; then show them again."""
        user = self.get_one(request.args.get("id"))
        answer = run_action(self, "deactivate", [user.id], user)
        return go(self.record_url(user)) if "confirmed" in request.form else answer


register(User, UserView)
