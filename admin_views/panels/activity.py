"""How people log calls and keep track of what is to be done."""

from __future__ import annotations

from admin_views.base import PanelView
from admin_views.registry import register
from models.call import Call
from models.i18n import N_
from models.task import Task


class CallView(PanelView):
    """Calls with customers."""

    menu_group = N_("Activities")
    menu_icon = "phone"
    column_list = ["subject", "customer", "contact", "at", "direction", "outcome", "minutes", "author"]
    column_default_sort = "-at"


class TaskView(PanelView):
    """What is to be done, by whom and by when."""

    menu_group = N_("Activities")
    menu_icon = "checkbox"
    column_list = ["subject", "customer", "due", "state", "assignee", "updated_at"]
    column_default_sort = "due"


register(Call, CallView)
register(Task, TaskView)
