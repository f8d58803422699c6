"""How administrators manage who may sign in."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from flask_babel import ngettext

from admin_views.actions import deed
from admin_views.base import PanelView
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
    form_panels = (
        (N_("User"), ["name", "email", "active", "password"]),
        (N_("Roles and business units"), ["roles", "units"]),
    )

    @deed("deactivate", N_("Deactivate…"), Permission.EDIT, danger=True)
    def deactivate(self, rows: Sequence[Any]) -> str:
        """Keep users from signing in, and what they own as it is."""
        for user in rows:
            user.active = False
        db.session.flush()
        return ngettext("%(n)s user was deactivated.", "%(n)s users were deactivated.", len(rows), n=len(rows))


register(User, UserView)
