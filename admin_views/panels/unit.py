"""How administrators arrange the business units."""

from __future__ import annotations

from admin_views.base import PanelView
from admin_views.registry import register
from models.i18n import N_
from models.unit import BusinessUnit


class UnitView(PanelView):
    """The tree of teams."""

    menu_group = N_("System")
    menu_icon = "sitemap"
    about = N_("Business units are the teams that see each other's customers.")
    column_list = ["name", "above", "updated_at"]


register(BusinessUnit, UnitView)
