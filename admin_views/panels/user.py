"""How administrators manage who may sign in."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from admin_views.actions import deed
from admin_views.base import PanelView
from admin_views.registry import register
from admin_views.switching_off import SwitchedOff
from models.i18n import N_
from models.permissions import Permission
from models.user import User

DEACTIVATED = N_("They cannot sign in any more, and what they own stays theirs.")


class UserView(SwitchedOff, PanelView):
    """The people who work in the panel."""

    menu_group = N_("System")
    menu_icon = "user-shield"
    about = N_("Users are the people who sign in and work here.")
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
        return self.switch_off(rows)


register(User, UserView)
