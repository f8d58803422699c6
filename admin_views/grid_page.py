"""Children on their parent's page: a grid, or a feed, that adds, edits and deletes in place."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from typing import Any

from flask import request
from flask_babel import gettext

from admin_views import declared
from admin_views.kinds import cell
from admin_views.lists import list_page
from admin_views.lists.listing import State, fetch_few, selection
from admin_views.page import Grid, Link, Row
from admin_views.say import label
from admin_views.timeline import feed
from admin_views.timeline.entries import author_of, entry
from admin_views.timeline.page import Timeline
from models.activity import Activity
from models.base import Base
from models.description import title_of
from models.permissions import Permission

SIZE = 20


def answer(view: Any, parent: Base, *, form: Any = None, row: Any = None) -> Any:
    """Return the grid, or the timeline, as a fragment, with a row in edit if a form is given."""
    if issubclass(view.model, Activity):
        return feed.answer(view, parent, form=form, row=row)
    shown = grid(view, parent, form=form, row=row)
    return view.render(f"admin/{shown.style}.html", grid=shown, form=form)


def place(view: Any) -> str:
    """Return the name of the part of the page that `answer` renews."""
    return f"grid-{feed.KEY if issubclass(view.model, Activity) else view.endpoint}"


def grid(view: Any, parent: Base, *, form: Any = None, row: Any = None) -> Grid:
    """Return the children of a record that this view shows; the row in edit is among them wherever it stands."""
    keys, is_feed = _columns(view), declared.is_feed(view.description)
    page = fetch_few(view.model, *_selection(view, parent), view.usual_order, keys)
    rows = page.rows if row is None or row.id is None or row in page.rows else [row, *page.rows]
    number, elsewhere = page.state.page, view.new_elsewhere(parent)
    edited: dict[str, Any] = {"edited": f"{view.endpoint}-{row.id}"} if is_feed and row is not None and row.id else {}
    return (Timeline if is_feed else Grid)(
        key=view.endpoint,
        label=label(view.name),
        style="feed" if is_feed else "grid",
        url=_url(view, ".index_view", parent, number),
        columns=() if is_feed else list_page.columns(view, page.state, keys, sortable=False),
        rows=[
            _entry(view, parent, each, number) if is_feed else _row(view, parent, each, keys, number) for each in rows
        ],
        count=list_page.written(page),
        pager=list_page.pager(view, page, sized=False),
        new=elsewhere or _new(view, parent, number),
        form=form,
        editing=row.id if row is not None else None,
        save_url=request.full_path if form is not None else None,
        empty=gettext("No %(things)s yet.", things=label(view.name).lower()),
        inline=elsewhere is None,
        **edited,
    )


def _new(view: Any, parent: Base, page: int) -> Link | None:
    text = gettext("New %(thing)s…", thing=label(view.model.__label__.lower()))
    return Link(text, _url(view, ".create_view", parent, page)) if view.may_create(parent) else None


def _selection(view: Any, parent: Base) -> tuple[State, Any]:
    """Return the page of the grid that is asked for, and what its rows fulfil; a whole record shows the first one."""
    asked = view.state().page if view.parent_key in request.args else 1
    scope = ((view.parent_key, str(parent.id)),)
    state = State(page=asked, size=SIZE, default_size=SIZE, scope=scope)
    return state, selection(view.model, state, [])


def _columns(view: Any) -> list[str]:
    """What is typed in the row, then the other columns of the list but the parent, lists and when things were."""
    lists = {child.key for child in view.description.children}
    typed = [key for key in view.form_columns if key != view.parent_key and key not in lists]
    moments = {each.key for each in view.description.shown if each.python_type is datetime}
    fixed = [key for key in view.column_list if key not in {view.parent_key, *typed, *moments}]
    author = author_of(view.model)
    return list(dict.fromkeys([*typed, *fixed, *([author.key] if author else [])]))


def _entry(view: Any, parent: Base, row: Base, page: int) -> Row:
    return replace(entry(view, row, parent, parent, {"page": page} if page > 1 else {}), icon="")


def _row(view: Any, parent: Base, row: Base, keys: list[str], page: int) -> Row:
    attributes = [view.description.attributes[key] for key in keys]
    return Row(
        id=row.id,
        title=title_of(row),
        cells=[cell(attribute, row) for attribute in attributes],
        url=view.get_url(".details_view", id=row.id),
        edit_url=_url(view, ".edit_view", parent, page, id=row.id) if view.allows(Permission.EDIT, row) else None,
        delete_url=_url(view, ".delete_view", parent, page, id=row.id) if view.allows(Permission.DELETE, row) else None,
    )


def _url(view: Any, endpoint: str, parent: Base, page: int, **values: Any) -> str:
    """Return an address within the parent that leads back to the same page of the grid."""
    place = {"page": page} if page > 1 else {}
    return str(view.get_url(endpoint, **{view.parent_key: parent.id}, **place, **values))
