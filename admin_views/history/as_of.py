"""The record page as of a day: what is read on it was so when that day ended, and nothing can be changed."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

from flask import request
from flask_babel import format_date, format_decimal, gettext
from markupsafe import escape

from admin_views import record_page
from admin_views.history.past import AsOf
from admin_views.lists.filter_values import moment_of, this_day
from admin_views.locale import zone
from admin_views.page import Field, Link, Panel, Record
from admin_views.requests import record_url
from admin_views.say import initials, label, pill
from models.as_of import Past, as_of, untold
from models.base import Base, db
from models.description import title_of


def day_asked() -> date | None:
    """Return the day of which the address asks; None for today, days to come, and what is no day."""
    try:
        day = date.fromisoformat(request.args.get("as_of", ""))
    except ValueError:
        return None
    return day if day < this_day() else None


def record(view: Any, row: Base, day: date) -> Record:
    """Return the record page of a row as it was when a day ended."""
    record_page.load_relations(view, row)
    past = as_of(db.session, row, _end_of(day))
    then = past.row
    top = record_page.head(view, then) if then else record_page.Head(title_of(row), "", ())
    panels = list(_panels(view, past)) if then else []
    return Record(
        id=row.id,
        title=top.title,
        subtitle=top.subtitle,
        avatar=initials(then or row),
        badges=top.badges,
        panels=panels[: view.panels_above],
        grids=[],
        more=panels[view.panels_above :],
        feeds=[],
        back=Link(title_of(row), record_url(row)),
        history_url="",
        as_of=replace(
            form_of(view),
            day=day.isoformat(),
            label=gettext("As of %(day)s", day=format_date(day, "d MMM y")),
            sentence=_sentence(past, day),
            back_url=record_url(row),
        ),
    )


def form_of(view: Any) -> AsOf:
    """Return what asks for another day on the record as it is."""
    return AsOf(view.get_url(".details_view"), this_day().isoformat())


def _end_of(day: date) -> datetime:
    """Return the last moment of a day where the reader is."""
    return moment_of(day + timedelta(days=1)).astimezone(UTC) - timedelta(microseconds=1)


def _sentence(past: Past, day: date) -> str:
    on = format_date(day, "d MMMM y")
    if past.row:
        return gettext("As it was on %(day)s, when that day ended.", day=on)
    if past.creation is None:
        return gettext("It was not there yet on %(day)s.", day=on)
    by, created = past.creation.change_set.actor_name, past.creation.change_set.at.astimezone(zone())
    words = {"day": on, "created": format_date(created, "d MMMM y"), "who": by}
    return gettext("It was not there yet on %(day)s: %(who)s created it on %(created)s.", **words)


def _panels(view: Any, past: Past) -> Iterator[Panel]:
    """Yield the panels that the row had a use for, without what the history does not tell, then what was below it."""
    hidden = untold(view.model)
    for number, _ in record_page.panels_of(view, past.row):
        found = record_page.fields_of(view, past.row, number)
        fields = [_told(past, each) for each in found if each.key not in hidden]
        shown = [each for each in fields if not each.empty]
        missing = ", ".join(each.label for each in fields if each.empty)
        if fields:
            yield Panel(str(number), label(view.form_panels[number][0]), shown, missing)
    if counted := list(_counted(view, past)):
        yield Panel("below", gettext("What belonged to it"), counted)


def _told(past: Past, shown: Field) -> Field:
    """Return a value as it can be told: what was erased says so, what has gone is called as it was."""
    if shown.key in past.erased[past.row] or f"{shown.key}_id" in past.erased[past.row]:
        return replace(shown, value=pill(gettext("erased")), empty=False)
    if shown.key in past.named:
        return replace(shown, value=escape(past.named[shown.key]), empty=False)
    parts = getattr(past.row, shown.key, None)
    if isinstance(parts, list) and any(past.erased[each] for each in parts):
        return replace(shown, value=shown.value + " " + pill(gettext("partly erased")), empty=False)
    return shown


def _counted(view: Any, past: Past) -> Iterator[Field]:
    for model, count in past.counts.items():
        other = view.view_of(model)
        if other is not None and other.is_accessible():
            yield Field(model.__tablename__, label(model.__plural__), escape(format_decimal(count)))
