"""How people reach customer groups."""

from __future__ import annotations

from admin_views.base import PanelView
from admin_views.registry import register
from models.group import CustomerGroup
from models.i18n import N_


class GroupView(PanelView):
    """Customers on the same terms."""

    menu_group = N_("Customers")
    menu_icon = "tags"
    about = N_("Groups hold customers on the same terms.")


register(CustomerGroup, GroupView)
