"""Entries of the menu that lead to a list as one person needs it, such as what is theirs to do."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from flask import request
from flask_babel import format_decimal
from sqlalchemy import ColumnElement

from admin_views.lists.listing import State
from admin_views.page import Link
from admin_views.say import label
from models.base import db
from models.gate import actor_of
from models.reaching import count_up_to

MOST = 99


@dataclass(frozen=True)
class Shortcut:
    """A list of what a relation calls `mine`, filtered; `urgent` says of which rows the number is told.

    Where the list has no rows, `empty` is said.
    """

    label: str
    icon: str
    mine: str
    filters: Mapping[str, str] = field(default_factory=dict)
    urgent: Callable[[], Sequence[ColumnElement[bool]]] | None = None
    empty: str = ""

    def wanted(self, me: int) -> dict[str, str]:
        """Return the filters of its list as the address says them."""
        return {f"f_{self.mine}": str(me), **self.filters}


@dataclass(frozen=True)
class Numbered(Link):
    """A link with a number beside it."""

    count: str = ""


def links(view: Any, here: str) -> Iterator[Link]:
    """Yield the shortcuts of a view; who looks at the panel as a role has nothing that is theirs."""
    me = actor_of(db.session).user_id
    for each in view.menu_shortcuts if me is not None else ():
        wanted = each.wanted(me)
        is_here = view.endpoint == here and all(request.args.get(name) == value for name, value in wanted.items())
        address = view.get_url(".index_view", **wanted)
        yield Numbered(label(each.label), address, icon=each.icon, active=is_here, count=_count(view, each, me))


def shown(view: Any, state: State) -> Shortcut | None:
    """Return the shortcut whose list this is, with no more to it, if it has a word of its own for having no rows."""
    me = actor_of(db.session).user_id
    found = (each for each in view.menu_shortcuts if me is not None and each.empty and not state.search)
    return next((each for each in found if dict(state.filters) == each.wanted(me or 0)), None)


def _count(view: Any, shortcut: Shortcut, me: int | None) -> str:
    if shortcut.urgent is None:
        return ""
    mine = getattr(view.model, f"{shortcut.mine}_id") == me
    found = count_up_to(db.session, view.model, MOST, mine, *shortcut.urgent())
    return f"{MOST}+" if found > MOST else str(format_decimal(found)) if found else ""
