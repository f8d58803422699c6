"""How people set up channels."""

from __future__ import annotations

from typing import Any

from admin_views.base import PanelView
from admin_views.registry import register
from models.base import Base
from models.channel import Channel
from models.i18n import N_


class ChannelView(PanelView):
    """The ways by which customers come."""

    menu_group = N_("System")
    menu_icon = "route"
    about = N_("Channels are the ways by which customers come, and say what the menu offers.")
    column_list = ["name", "type", "active", "updated_at"]
    record_badges = ["type", "active"]
    form_panels = ((N_("Details"), ["name", "type", "active", "entities"]),)
    nothing_offered = N_("No active channel enables %(things)s.")

    def saved(self, row: Base, parent: Base | None, text: str, before: Any = None) -> Any:
        """Answer with the whole page, whose menu may have changed with the channel."""
        return super().saved(row, parent, text)


register(Channel, ChannelView)
