"""Ticking something off where it stands, and taking that back."""

from __future__ import annotations

from typing import Any

from flask import redirect, request
from flask_admin import expose
from flask_babel import gettext

from admin_views import grid_page
from admin_views.requests import came_from, is_fragment
from admin_views.saving import commit
from admin_views.say import label, say
from admin_views.toasts import toast
from models.description import title_of
from models.permissions import Permission


class Ticked:
    """A view whose rows are ticked off: `ticked` names the yes or no."""

    ticked: str

    @expose("/tick/", methods=("POST",))
    def tick_view(self: Any) -> Any:
        """Tick a row off, or take that back; show it again where it stood."""
        parent = self.scope()
        row = self.get_one(request.args.get("id"), within=parent)
        self.demand(Permission.EDIT, row)
        done = not getattr(row, self.ticked)
        error = commit(lambda: setattr(row, self.ticked, done))
        if error is None:
            what = label(self.description.attributes[self.ticked].label) if done else gettext("Not done")
            toast(gettext("%(what)s: %(title)s", what=what, title=title_of(row)), undo=True)
        else:
            toast(say(error), tone="danger")
        if parent is not None and is_fragment():
            return grid_page.answer(self, parent)
        return redirect(came_from(), 303)
