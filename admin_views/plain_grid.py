"""Grids that show some rows of an entity on another page: all of them or the newest, to be opened and not edited."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from admin_views.kinds import cell
from admin_views.lists import list_page
from admin_views.lists.listing import State
from admin_views.page import Column, Pager, Row
from models.base import Base
from models.description import title_of

ONE_PAGE = Pager(0, 0, "", None, None)


def columns(view: Any, keys: Sequence[str]) -> list[Column]:
    """Return the headings, by which nothing is sorted."""
    return list_page.columns(view, State(), keys, sortable=False)


def shown(view: Any, row: Base, keys: Sequence[str]) -> Row:
    """Return a row with these attributes, and the way to its record."""
    cells = [cell(view.description.attributes[key], row) for key in keys]
    return Row(row.id, title_of(row), cells, view.get_url(".details_view", id=row.id))
