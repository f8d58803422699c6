"""Rows that point to a record, shown on its page: records of their own, to be read here and opened from here.

They may come in groups, such as customers by channel; what can no longer be chosen as a group is not counted.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any

from flask import abort, request
from flask_babel import format_decimal, gettext
from sqlalchemy import case, func, select, true

from admin_views import plain_grid
from admin_views.controls import read_key
from admin_views.grid_page import SIZE
from admin_views.lists import list_page
from admin_views.lists.listing import MOST_COUNTED, Page, State, fetch, rows_by_key, selection
from admin_views.page import Grid, Heading, Link, Row
from admin_views.say import label
from models.activity import Activity
from models.base import Base, db
from models.description import Listed, describe, listed_of, listed_on, title_of
from models.related import find

COMPACT = 5
LEFT_OUT = {"created_at", "updated_at"}
DASH = "—"
UNNAMED = (DASH, True)  # a group that the person does not see


@dataclass(frozen=True)
class Group:
    """Rows with the same value of a relation: how many there are, and whether the total counts them."""

    key: int | None
    label: str
    counts: bool
    count: int

    @property
    def heading(self) -> Heading:
        """What stands above the rows."""
        return Heading(self.label, format_decimal(self.count), "" if self.counts else gettext("not counted"))


def way_asked(view: Any, args: Any = None) -> Listed | None:
    """Return the relation to another record by which the address, or a form that carries it along, narrows the rows."""
    said = request.args if args is None else args
    return next((each for each in listed_of(view.model) if each.key in said), None)


def host_asked(view: Any) -> Base | None:
    """Return that other record; 404 if the person cannot see it."""
    way = way_asked(view)
    if way is None:
        return None
    found: Base | None = find(db.session, way.target, read_key(request.args[way.key]))
    return found if found is not None else abort(404)


def preset(view: Any, row: Any) -> None:
    """Let a new row point to the record that the address names."""
    way, host = way_asked(view), host_asked(view)
    if way is not None and way.whole is None:
        setattr(row, way.key, host)


def answer(view: Any, host: Base) -> Any:
    """Return the page of the grid that is asked for, as a fragment."""
    way: Any = way_asked(view)
    other = view.view_of(type(host))
    return view.render("admin/grid.html", grid=grid(view, host, way, _grouped_by(other, way), view.state().page))


def grids(view: Any, row: Base) -> Iterator[Grid]:
    """Yield what points to a record and asked to be listed, each by the view that manages it."""
    for way in listed_on(view.model):
        other = view.view_of(way.model)
        if other is not None and other.is_accessible() and not issubclass(way.model, Activity):
            yield grid(other, row, way, _grouped_by(view, way))


def grid(view: Any, host: Base, way: Listed, by: str | None, number: int = 1) -> Grid:
    """Return a page of the rows that point to a record."""
    keys = _columns(view, way, by)
    state = State(page=number, size=SIZE, default_size=SIZE, scope=((way.key, str(host.id)),))
    groups = _groups(view.model, by, selection(view.model, state, [])) if by else []
    page = _page(view, state, keys, by, groups)
    new = view.may_create() and way.whole is None
    things, thing = label(view.name).lower(), label(view.model.__label__.lower())
    below = gettext("%(things)s below", things=label(view.name)) if way.target is way.model else ""
    return Grid(
        key=f"{view.endpoint}-{way.key}",
        label=below or label(view.name),
        style="grid",
        url=view.get_url(".index_view", **{way.key: host.id}),
        columns=list_page.columns(view, page.state, keys, sortable=False),
        rows=list(_rows(view, page, keys, by, groups)),
        count=_counted(page, groups),
        pager=list_page.pager(view, page, sized=False),
        new=Link(gettext("New %(thing)s…", thing=thing), view.get_url(".create_view", **{way.key: host.id}))
        if new
        else None,
        empty=gettext("No %(things)s yet.", things=things),
        inline=False,
    )


def _grouped_by(view: Any, way: Listed) -> str | None:
    found: str | None = view.inline_groups.get(way.model) if view is not None else None
    return found


def _columns(view: Any, way: Listed, by: str | None) -> list[str]:
    """The title, then the first columns of the list, without what all of these rows have in common."""
    order = view.column_default_sort.removeprefix("-")  # of what comes by its day, the day is told
    known = {way.key, by, view.description.title, *(LEFT_OUT - {order})}
    others = [key for key in view.column_list if key not in known]
    return [view.description.title, *others[: COMPACT - 1]]


def _groups(model: type[Base], by: str, clauses: Sequence[Any]) -> list[Group]:
    """Return the groups in order, the counted ones first; none if there are more rows than are counted."""
    column = getattr(model, f"{by}_id").label("key")
    some = select(column).where(*clauses).limit(MOST_COUNTED + 1).subquery()
    numbers = db.session.execute(select(some.c.key, func.count()).group_by(some.c.key))
    counts: dict[int | None, int] = {key: count for key, count in numbers}  # noqa: C416  rows are no pairs to mypy
    if sum(counts.values()) > MOST_COUNTED:
        return []
    target: Any = describe(model).attributes[by].target
    offered = target.offered(model)
    is_offered = true() if offered is None else case((offered, true()), else_=~true())
    query = select(target, is_offered).where(target.id.in_([key for key in counts if key is not None]))
    found = {row.id: (title_of(row), bool(counted)) for row, counted in db.session.execute(query)}
    groups = [Group(key, *found.get(key, UNNAMED), count) for key, count in counts.items()]
    return sorted(groups, key=lambda each: (not each.counts, each.label == DASH, each.label.casefold(), each.key or 0))


def _page(view: Any, state: State, keys: Sequence[str], by: str | None, groups: Sequence[Group]) -> Page:
    clauses, model = selection(view.model, state, []), view.model
    if not groups:
        return fetch(model, state, clauses, view.usual_order, keys)
    count = sum(each.count for each in groups)
    state = replace(state, page=min(state.page, -(-count // state.size)))
    title = getattr(model, view.description.title)
    order = _place(getattr(model, f"{by}_id"), groups), title, model.id
    query = select(model.id).where(*clauses).order_by(*order).limit(state.size).offset((state.page - 1) * state.size)
    return Page(rows_by_key(model, list(db.session.scalars(query)), keys), count, state)


def _place(column: Any, groups: Sequence[Group]) -> Any:
    """Return the place of a row's group, as an expression."""
    places = {each.key: place for place, each in enumerate(groups)}
    last = places.pop(None, len(groups))
    return case(places, value=column, else_=last) if places else column


def _rows(view: Any, page: Page, keys: Sequence[str], by: str | None, groups: Sequence[Group]) -> Iterator[Row]:
    headings = {each.key: each.heading for each in groups}
    for row in page.rows:
        heading = headings.pop(getattr(row, f"{by}_id"), None) if headings else None
        yield replace(plain_grid.shown(view, row, keys), heading=heading)


def _counted(page: Page, groups: Sequence[Group]) -> str:
    """Return how many rows there are, and apart from them how many do not count."""
    if not groups:
        return list_page.written(page)
    counted = sum(each.count for each in groups if each.counts)
    others = sum(each.count for each in groups) - counted
    more = [gettext("%(n)s not counted", n=format_decimal(others))] if others else []
    return " · ".join([format_decimal(counted), *more])
