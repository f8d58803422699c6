"""Entries of a feed: a row as a line of a journal, with its text, when it was, by whom, and what it is about."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cache
from typing import Any

from flask_babel import gettext

from admin_views.kinds import cell, text
from admin_views.page import Link
from admin_views.requests import record_url
from admin_views.say import label
from admin_views.timeline.hosts import named
from admin_views.timeline.page import NOTHING, Entry, Tick
from models.activity import Activity
from models.base import Base
from models.description import Attribute, describe, title_of
from models.kinds import LONG_TEXT
from models.permissions import Permission
from models.relations import Reference


def entry(view: Any, row: Base, parent: Base, host: Base, place: Mapping[str, Any]) -> Entry:
    """Return a row as an entry of the feed on a record; `place` leads back to where it stands."""
    description = view.description
    body, author = body_of(type(row)), author_of(type(row))
    way = {view.parent_key: parent.id, **named(host, parent), **place}
    editable = view.allows(Permission.EDIT, row)
    key = f"{view.endpoint}-{row.id}"
    return Entry(
        id=row.id,
        title=title_of(row),
        cells=(),
        url=view.get_url(".details_view", id=row.id),
        edit_url=view.get_url(".edit_view", id=row.id, **way) if editable else None,
        delete_url=view.get_url(".delete_view", id=row.id, **way) if view.allows(Permission.DELETE, row) else None,
        summary="" if body and description.title == body.key else title_of(row),
        remark=view.remark(row),
        links=view.entry_links(row),
        key=key,
        icon=view.menu_icon,
        kind=label(view.model.__label__),
        when=cell(description.attributes[view.entry_moment(row)], row),
        who=text(author, row) if author else "",
        about=list(_about(row, parent, host)),
        badges=view.entry_badges(row),
        text=cell(body, row) if body and row.shown(body.key) else NOTHING,
        closed=view.entries_closed,
        tick=_tick(view, row, way, may=bool(editable)),
    )


def _tick(view: Any, row: Base, way: Mapping[str, Any], *, may: bool) -> Tick | None:
    if not view.ticked:
        return None
    words = gettext(
        "%(what)s: %(title)s", what=label(view.description.attributes[view.ticked].label), title=title_of(row)
    )
    url = view.get_url(".tick_view", id=row.id, **way) if may else None
    return Tick(words, bool(getattr(row, view.ticked)), url)


def _about(row: Base, parent: Base, host: Base) -> Iterator[Link]:
    """Yield the way to each record in whose timeline a row stands, but to where one is and to whom that belongs."""
    here = {host, *([parent] if host is parent or getattr(host, parent_key(row), None) is parent else ())}
    for path in row.TOLD_ON if isinstance(row, Activity) else ():
        found = None if "." in path else getattr(row, path)
        if found is not None and found not in here:
            yield Link(title_of(found), record_url(found))


def parent_key(row: Base) -> str:
    """Return the name of the relation to the parent."""
    parent = describe(type(row)).parent
    return parent.key if parent else ""


@cache
def body_of(model: type[Base]) -> Attribute | None:
    """Return what people wrote at length."""
    prose = (each for each in describe(model).shown if each.kind is LONG_TEXT and not each.facts.fixed)
    return next(prose, None)


@cache
def author_of(model: type[Base]) -> Attribute | None:
    """Return the relation to who made a row."""
    references = [each for each in describe(model).shown if isinstance(each.relation, Reference)]
    return next((each for each in references if each.relation.creator and each.relation.fixed), None)  # type: ignore[union-attr]
