"""How people log calls and keep track of what is to be done."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from flask_babel import gettext, ngettext
from markupsafe import Markup, escape

from admin_views.actions import deed
from admin_views.base import PanelView
from admin_views.kinds import cell
from admin_views.registry import register
from admin_views.say import plain
from admin_views.shortcuts import Shortcut
from admin_views.timeline.ticking import Ticked
from models.call import Call
from models.i18n import N_
from models.note import Note
from models.permissions import Permission
from models.task import Task, TaskState
from models.types import today

ABOUT = ("customer", "contact", "author")


class NoteView(PanelView):
    """What was written down about customers."""

    menu_group = N_("Activities")
    menu_icon = "note"
    about = N_("Notes keep what is good to know of customers: what was said, wished for and agreed.")
    menu_place = 1
    column_list = ["body", "customer", "contact", "at", "author"]
    column_default_sort = "-at"
    record_summary = ABOUT
    form_panels = ((N_("Note"), ["body", "customer", "contact"]),)


class CallView(PanelView):
    """Calls with customers."""

    menu_group = N_("Activities")
    menu_icon = "phone"
    about = N_("Calls keep who rang whom, and what came of it.")
    menu_place = 2
    entry_word = N_("Log call")
    parent_first = True
    record_badges = ["outcome"]
    record_summary = ABOUT
    column_list = ["subject", "customer", "contact", "at", "direction", "outcome", "minutes", "author"]
    column_default_sort = "-at"
    form_panels = (
        (N_("Call"), ["customer", "number", "contact", "direction", "outcome", "at", "minutes", "text", "subject"]),
    )

    def remark(self, row: Any) -> str:
        """Say how long it took, and the number."""
        long = gettext("%(n)s min", n=row.minutes) if row.minutes else ""
        number = cell(self.description.attributes["number"], row) if row.number else ""
        return Markup(" · ").join(filter(None, (escape(long), number)))


class TaskView(Ticked, PanelView):
    """What is to be done, by whom and by when."""

    menu_group = N_("Activities")
    menu_icon = "checkbox"
    about = N_("Tasks say what is to be done for customers, by whom and by when.")
    menu_place = 3
    entry_word = N_("Add task")
    parent_first = True
    ticked = "done"
    menu_shortcuts = (
        Shortcut(
            N_("My tasks"),
            icon="list-check",
            mine="assignee",
            filters={"f_done": "0"},
            empty=N_("You have nothing to do."),
            urgent=lambda: (Task.done.is_(False), Task.due <= today()),
        ),
    )
    column_list = ["subject", "customer", "due", "state", "assignee", "updated_at"]
    column_filters = ["state", "due", "assignee", "done", "customer", "contact", "author", "done_at", "created_at"]
    column_first = "done"
    column_default_sort = "due"
    record_summary = ("customer", "contact", "assignee")
    form_panels = ((N_("Task"), ["customer", "subject", "due", "assignee", "contact", "text", "done"]),)

    def entry_moment(self, row: Any) -> str:
        """Tell until when it is to be done while it is open."""
        return "due" if row.due and not row.done else "at"

    def entry_badges(self, row: Any) -> Sequence[Markup]:
        """Mark what is late; that something is still to be done, or was, is seen without."""
        return super().entry_badges(row) if row.shown("state") is TaskState.OVERDUE else ()

    def remark(self, row: Any) -> str:
        """Say whose it is to do."""
        return gettext("for %(name)s", name=plain(row.assignee)) if row.assignee else ""

    @deed("finish", N_("Mark as done…"), Permission.EDIT)
    def finish(self, rows: Sequence[Any]) -> str:
        """Mark tasks as done."""
        for row in rows:
            row.done = True
        return ngettext("%(n)s task is done.", "%(n)s tasks are done.", len(rows), n=len(rows))


register(Note, NoteView)
register(Call, CallView)
register(Task, TaskView)
