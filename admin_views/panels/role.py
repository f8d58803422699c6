"""How administrators say who may do what."""

from __future__ import annotations

from admin_views.base import PanelView
from admin_views.registry import register
from models.i18n import N_
from models.role import Role


class RoleView(PanelView):
    """Named sets of rights."""

    menu_group = N_("System")
    menu_icon = "shield-lock"
    about = N_("Roles say who may see and do what.")
    can_duplicate = True
    column_list = ["name", "description", "personal", "administrator", "updated_at"]
    form_panels = (
        (N_("Role"), ["name", "description", "personal"]),
        (N_("Rights"), ["grants"]),
        (N_("Fields"), ["fields"]),
    )


register(Role, RoleView)
