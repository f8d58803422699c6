"""The timeline of a record: what happened with it and what is to be done, of every kind, newest first."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date, timedelta
from operator import attrgetter
from typing import Any

from flask import request
from flask_babel import format_date, gettext

from admin_views.lists.filter_values import this_day
from admin_views.page import Link
from admin_views.plain_grid import ONE_PAGE
from admin_views.requests import is_fragment, record_url
from admin_views.say import label
from admin_views.timeline import hosts
from admin_views.timeline.entries import entry, parent_key
from admin_views.timeline.page import Add, Dates, Entry, Timeline
from admin_views.timeline.rows import MOST_PENDING, Cursor, Found, Wanted, fetch
from models.activity import told_on
from models.base import Base
from models.description import title_of

KEY = "timeline"


def page(view: Any, host: Base) -> Any:
    """Return the timeline of a record as a page, as its panel, or what is older to be put below."""
    found = timeline(view, host)
    if not is_fragment():
        return view.render("admin/timeline.html", grid=found)
    return view.render("admin/entries.html" if found.continued else "admin/feed.html", grid=found)


def answer(view: Any, parent: Base, *, form: Any = None, row: Any = None) -> Any:
    """Return the timeline in which a row of this view stands as a fragment, with the row in edit if a form is given."""
    host = hosts.host_of(parent)
    host = host if view.model in told_on(type(host)) else parent
    found = timeline(view.view_of(type(host)), host, form=form, row=row)
    return view.render("admin/feed.html", grid=found, form=form)


def timelines(view: Any, host: Base) -> list[Timeline]:
    """Return the timeline of a record, if it has one."""
    return [timeline(view, host)] if views(view, type(host)) else []


def views(view: Any, target: type[Base]) -> list[Any]:
    """Return the views of the activities that are told on records of an entity, as far as the person may open them."""
    found = (view.view_of(model) for model in told_on(target))
    return sorted((each for each in found if each is not None and each.is_accessible()), key=attrgetter("menu_place"))


def timeline(view: Any, host: Base, *, form: Any = None, row: Any = None) -> Timeline:
    """Return the timeline of a record; a row in edit is among its entries wherever it stands."""
    told = views(view, type(host))
    wanted = Wanted.read(request.args, [each.endpoint for each in told])
    found = fetch(host, [each.model for each in told], wanted)
    edited = f"{row.__tablename__}-{row.id}" if row is not None and row.id else ""
    pending, entries = _entries(told, found, host, wanted)
    if edited and edited not in {each.key for each in (*pending, *entries)}:
        entries.insert(0, Entry(id=row.id, title="", cells=(), key=edited))  # its form stands in its place
    return Timeline(
        key=KEY,
        label=gettext("Timeline"),
        style="feed",
        url=url(view, host, wanted),
        columns=(),
        rows=entries,
        count="",
        pager=ONE_PAGE,
        form=form,
        editing=row.id if row is not None else None,
        edited=edited,
        save_url=request.full_path if form is not None else None,
        empty=_empty(wanted),
        title=gettext("Timeline of %(title)s", title=title_of(host)),
        adds=[] if wanted.before else list(_adds(told, host)),
        kinds=list(_kinds(view, host, told, wanted)),
        dates=_dates(view, host, wanted),
        pending=pending[:MOST_PENDING],
        all_pending=_all_pending(told, host, found),
        older=_older(view, host, wanted, found),
        continued=wanted.before is not None,
        remedies=_remedies(view, host, told, wanted),
        back=Link(title_of(host), record_url(host)),
    )


def url(view: Any, host: Base, wanted: Wanted, **changes: Any) -> str:
    """Return the address of the timeline with something changed."""
    return str(view.get_url(".timeline_view", id=host.id, **wanted.pairs(**changes)))


def _entries(told: Sequence[Any], found: Found, host: Base, wanted: Wanted) -> tuple[list[Entry], list[Entry]]:
    """Return what is to be done, and what is over."""
    views_of, place = {each.model: each for each in told}, wanted.pairs()
    pending, over = (
        [entry(views_of[type(row)], row, getattr(row, parent_key(row)), host, place) for row in rows]
        for rows in (found.pending, found.rows)
    )
    return pending, over


def _adds(told: Sequence[Any], host: Base) -> Iterator[Add]:
    """Yield the ways to add something; where it is not clear to whom it belongs, that is asked first."""
    parents = hosts.parents(told[0].model, host, 2) if told else ()
    for view in told:
        elsewhere = view.new_elsewhere(host)
        way = elsewhere.url if elsewhere else _way(view, host, parents)
        if way:
            inline = elsewhere is None and len(parents) == 1
            name = label(view.model.__label__)
            yield Add(view.endpoint, name, view.entry_called(), way, view.menu_icon, inline)


def _way(view: Any, host: Base, parents: Sequence[Base]) -> str | None:
    only = parents[0] if len(parents) == 1 else None
    if not parents or not view.may_create(only):
        return None
    named = {view.parent_key: only.id} if only is not None else {}
    return str(view.get_url(".create_view", **named, **hosts.named(host, only)))


def ways(view: Any, host: Base) -> list[Link]:
    """Return the ways to add to the timeline of a record on pages of their own, for its menu of more actions.

    What is written about one row alone, as emails are, the view of that row offers by itself.
    """
    told = views(view, type(host))
    only = hosts.only_parent(told[0].model, host) if told else None
    found = (each for each in told if only is None or each.new_elsewhere(host) is None)
    return [Link(f"{each.title}…", each.url, icon=each.icon) for each in _adds(list(found), host)]


def new_word(view: Any) -> str:
    """Return how one says that a row is added where the view has no word of its own."""
    return gettext("New %(thing)s", thing=label(view.model.__label__).lower())


def _kinds(view: Any, host: Base, told: Sequence[Any], wanted: Wanted) -> Iterator[Link]:
    if len(told) > 1:
        yield Link(gettext("All"), url(view, host, wanted, of=""), active=not wanted.of)
        for each in told:
            active = wanted.of == each.endpoint
            yield Link(label(each.name), url(view, host, wanted, of=each.endpoint), icon=each.menu_icon, active=active)


def _dates(view: Any, host: Base, wanted: Wanted) -> Dates:
    """Return the choice of a period: some by a click, any other by two days."""
    periods = [(gettext("Any time"), None, None), *_periods(this_day())]
    links = [
        Link(text, url(view, host, wanted, start=start, end=end), active=(start, end) == (wanted.start, wanted.end))
        for text, start, end in periods
    ]
    chosen = next((each.label for each in links if each.active), None) or _period(wanted)
    kept = wanted.pairs(start=None, end=None)
    return Dates(
        label=chosen,
        active=bool(wanted.start or wanted.end),
        links=links,
        url=view.get_url(".timeline_view"),
        hidden=[("id", str(host.id)), *kept.items()],
        start=str(wanted.start or ""),
        end=str(wanted.end or ""),
    )


def _periods(day: date) -> list[tuple[str, date | None, date | None]]:
    month, year = day.replace(day=1), day.replace(month=1, day=1)
    last_year = year.replace(year=year.year - 1)
    return [
        (gettext("Last 30 days"), day - timedelta(days=30), None),
        (gettext("This month"), month, None),
        (gettext("This year"), year, None),
        (gettext("Last year"), last_year, year - timedelta(days=1)),
    ]


def _period(wanted: Wanted) -> str:
    """Return a period in words."""
    start, end = (format_date(each, "d MMM y") if each else "" for each in (wanted.start, wanted.end))
    if start and end:
        return f"{start} – {end}"
    return gettext("From %(day)s", day=start) if start else gettext("Until %(day)s", day=end)


def _all_pending(told: Sequence[Any], host: Base, found: Found) -> Link | None:
    """Return the way to the list where not all that is to be done is shown."""
    if len(found.pending) <= MOST_PENDING:
        return None
    view = next(each for each in told if each.model is type(found.pending[0]))
    where = {view.parent_key: host.id} if isinstance(host, view.description.parent.target) else {}
    return Link(gettext("All that is to be done"), view.get_url(".index_view", **where, **{f"f_{view.ticked}": 0}))


def _older(view: Any, host: Base, wanted: Wanted, found: Found) -> Link | None:
    if not found.more:
        return None
    last = found.rows[-1]
    return Link(gettext("Older"), url(view, host, wanted, before=Cursor(last.at, last.__tablename__, last.id)))


def _empty(wanted: Wanted) -> str:
    if wanted.of or wanted.start or wanted.end:
        return gettext("Nothing matches these filters.")
    return gettext("Nothing has happened yet.")


def _remedies(view: Any, host: Base, told: Sequence[Any], wanted: Wanted) -> list[Link]:
    """Return what to drop to see something again."""
    kind = next((label(each.name) for each in told if each.endpoint == wanted.of), "")
    dropped: list[tuple[str, dict[str, Any]]] = [(kind, {"of": ""})] if kind else []
    if wanted.start or wanted.end:
        dropped.append((_dates(view, host, wanted).label, {"start": None, "end": None}))
    return [Link(gettext("Drop “%(filter)s”", filter=text), url(view, host, wanted, **new)) for text, new in dropped]
