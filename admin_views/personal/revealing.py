"""Having the personal data of a record shown for a while: the question, the answer, and what stands on the record."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from flask import abort, request
from flask_admin import expose
from flask_babel import format_time, gettext

from admin_views.confirm_page import Confirmation
from admin_views.kinds import is_masked_cell
from admin_views.page import Grid, Link, Panel, Veil
from admin_views.personal.masked import is_masked
from admin_views.requests import go, record_url
from admin_views.saving import commit
from admin_views.say import label, say
from admin_views.toasts import toast
from models.base import Base, db
from models.description import describe, title_of
from models.gate import actor_of
from models.i18n import N_
from models.masking import reads, revealed_until
from models.operations.revealing import hide, may_ask, reveal, why_not
from models.revealing import SHOWN_FOR

NOTED = N_("They are shown to you for %(minutes)s minutes. That you looked is noted in the history, with your name.")


class Revealing:
    """A view whose records show what is masked to whoever asks for it, if their role lets them ask."""

    @expose("/reveal/", methods=("GET", "POST"))
    def reveal_view(self: Any) -> Any:
        """Ask whether personal data are to be shown, and why, then show them."""
        row = self._of_people()
        if reads(actor_of(db.session), row):
            return go(self.record_url(row))
        if not may_ask(actor_of(db.session)) and (refusal := why_not(db.session, row)):
            raise refusal
        if request.method != "POST":
            return self.render("admin/confirm.html", confirmation=_question(row))
        error = commit(lambda: reveal(db.session, row, request.form.get("typed", "")))
        if error is not None:
            toast(say(error), tone="danger")
        return go(self.record_url(row))

    @expose("/mask/", methods=("POST",))
    def mask_view(self: Any) -> Any:
        """Mask them again before their time is over."""
        row = self._of_people()
        commit(lambda: hide(db.session, row))
        return go(self.record_url(row))

    def _of_people(self: Any) -> Base:
        """Return the record in the address; 404 where it cannot hold personal data."""
        row: Base = self.get_one(request.args.get("id"))
        return row if self.description.tells_of_people else abort(404)


def veil(view: Any, row: Base, panels: Iterable[Panel], grids: Iterable[Grid]) -> Veil | None:
    """Return what a record says of its personal data: that they are masked, or until when they are shown."""
    actor = actor_of(db.session)
    until = revealed_until(actor, row)
    if until is not None:
        text = gettext("Personal data shown until %(time)s · noted in the history", time=format_time(until, "HH:mm"))
        url = view.get_url(".mask_view", id=row.id)
        return Veil(text, Link(gettext("Hide now"), f"{url}{view.trail()}", posted=True), shown=True)
    if not _has_masked(panels, grids):
        return None
    url = f"{view.get_url('.reveal_view', id=row.id)}{view.trail()}"
    way = Link(gettext("Show personal data"), url, asks=True) if may_ask(actor) else None
    return Veil(gettext("Personal data are masked."), way)


def _has_masked(panels: Iterable[Panel], grids: Iterable[Grid]) -> bool:
    values = [field.value for panel in panels for field in panel.fields]
    values += [cell for grid in grids if grid.inline for row in grid.rows for cell in row.cells]
    return any(map(is_masked_cell, values))


def _question(row: Base) -> Confirmation:
    labels = dict.fromkeys(map(label, _hidden_of(row)))
    return Confirmation(
        title=gettext("Show personal data of %(title)s?", title=title_of(row)),
        question=gettext(NOTED, minutes=int(SHOWN_FOR.total_seconds() // 60)),
        items=[", ".join(labels) or gettext("What belongs to this record")],
        consequences=[],
        refused=[],
        url=request.full_path.rstrip("?"),
        hidden=[],
        submit=gettext("Show"),
        cancel_url=record_url(row),
        danger=False,
        typed=gettext("Why? You may leave this empty."),
        optional=True,
    )


def _hidden_of(row: Base) -> Iterator[str]:
    """Yield what is masked in a record, by its labels, and which of its parts are."""
    description = describe(type(row))
    yield from (each.label for each in description.masked if is_masked(each, row))
    for part in description.parts:
        rows = getattr(row, part.key)
        if any(is_masked(each, one) for each in describe(part.model).masked for one in rows):
            yield part.model.__plural__
