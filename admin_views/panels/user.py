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
from models.base import db
from models.i18n import N_
from models.permissions import Permission
from models.user import User


class UserView(PanelView):
    """The people who work in the panel."""

    menu_group = N_("System")
    menu_icon = "user-shield"
    column_list = ["name", "email", "active", "updated_at"]
    column_links = ("roles", "units")
    column_filters = ["roles", "units", "active", "name", "email", "created_at", "updated_at"]
    form_panels = (
        (N_("User"), ["name", "email", "active", "password"]),
        (N_("Roles and business units"), ["roles", "units"]),
    )

    rather_than_deleted = N_("Deactivate them instead: they cannot sign in, and what they own stays theirs.")

    @deed("deactivate", N_("Deactivate…"), Permission.EDIT, danger=True)
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
        return [*others, Link(gettext("Deactivate…"), self.get_url(".deactivate_view", id=row.id), icon="ban")]

    @expose("/deactivate/", methods=("GET", "POST"))
    def deactivate_view(self) -> Any:
        """Ask, then deactivate one user; the same as the action on a selection of one."""
        return run_action(self, "deactivate", [self.get_one(request.args.get("id")).id])


register(User, UserView)
