"""Children on their parent's page: a grid, or a feed, that adds, edits and deletes in place."""

from __future__ import annotations

from typing import Any

from flask import request
from flask_babel import gettext

from admin_views import declared, list_page
from admin_views.kinds import cell
from admin_views.listing import State, fetch, selection
from admin_views.page import Grid, Link, Row
from admin_views.requests import is_fragment
from admin_views.say import label
from models.base import Base
from models.description import title_of

SIZE = 20


def answer(view: Any, parent: Base, *, form: Any = None, row: Base | None = None) -> Any:
    """Return the grid as a fragment, with a row in edit if a form is given."""
    shown = grid(view, parent, form=form, row=row)
    return view.render(f"admin/{shown.style}.html", grid=shown, form=form)


def grid(view: Any, parent: Base, *, form: Any = None, row: Base | None = None) -> Grid:
    """Return the children of a record that this view shows."""
    state = _state(view, parent)
    keys = _columns(view)
    page = fetch(view.model, state, selection(view.model, state, []), view.column_default_sort, keys)
    style = "feed" if declared.is_feed(view.description) else "grid"
    pager = list_page.pager(view, page)
    noun = label(view.model.__label__.lower())
    return Grid(
        key=view.endpoint,
        label=label(view.name),
        style=style,
        url=_url(view, ".index_view", parent),
        columns=list_page.columns(view, state, keys, sortable=False),
        rows=[_row(view, parent, each, keys) for each in page.rows],
        count=list_page.written(page),
        pager=pager,
        new=Link(gettext("New %(thing)s…", thing=noun), _url(view, ".create_view", parent)) if view.can_create else None,
        form=form,
        editing=row.id if row is not None else None,
        save_url=request.full_path if form is not None else None,
        empty=gettext("No %(things)s yet.", things=label(view.name).lower()),
    )


def _state(view: Any, parent: Base) -> State:
    """Return the page of the grid that is asked for; a whole record shows the first one."""
    scope = ((view.parent_key, str(parent.id)),)
    asked = view.state() if view.parent_key in request.args else State()
    return State(page=asked.page, size=SIZE, sort="", scope=scope)


def _columns(view: Any) -> list[str]:
    """Every column of the list but the parent and the time of the last change; what is typed in the row comes along."""
    typed = [key for key in view.form_columns if key != view.parent_key]
    fixed = [key for key in view.column_list if key not in {view.parent_key, "updated_at", *typed}]
    return [*typed, *fixed]


def _row(view: Any, parent: Base, row: Base, keys: list[str]) -> Row:
    attributes = [view.description.attributes[key] for key in keys]
    return Row(
        id=row.id,
        title=title_of(row),
        cells=[cell(attribute, row) for attribute in attributes],
        url=view.get_url(".details_view", id=row.id),
        edit_url=_url(view, ".edit_view", parent, id=row.id) if view.can_edit else None,
        delete_url=_url(view, ".delete_view", parent, id=row.id) if view.can_delete else None,
    )


def _url(view: Any, endpoint: str, parent: Base, **values: Any) -> str:
    return str(view.get_url(endpoint, **{view.parent_key: parent.id}, **values))


