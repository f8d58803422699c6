"""Entities whose rows are told apart by a choice, such as documents by their kind: a list, a name and a grid for each.

The address says which (`?kind=invoice`), as it says whose rows are shown.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from flask import g, request

from admin_views.page import Link
from admin_views.say import label, middle
from models.base import Base
from models.choices import Choice


def choices(view: Any) -> Sequence[Choice]:
    """Return the values that rows are told apart by, if they are."""
    return list(view.description.attributes[view.split_by].python_type) if view.split_by else ()


def asked(view: Any, args: Any = None) -> Choice | None:
    """Return the value whose rows the address, or a form that carries it along, asks for."""
    said = (request.args if args is None else args).get(view.split_by or "", "")
    return next((each for each in choices(view) if each.value == said), None)


def shown(view: Any, state: Any) -> Choice | None:
    """Return the value whose rows a list shows, as its state says."""
    return asked(view, dict([state.split] if state.split else ()))


def of(view: Any, row: Base) -> Choice | None:
    """Return the value that a row is one of."""
    return getattr(row, view.split_by) if view.split_by else None


def preset(view: Any, row: Base) -> None:
    """Let a new row be what the address says."""
    value = asked(view)
    if value is not None:
        setattr(row, view.split_by, value)


def thing(view: Any, value: Choice | None) -> str:
    """Return what one row is called, in the middle of a sentence."""
    return middle(label(value.label if value else view.model.__label__))


def things(view: Any, value: Choice | None) -> str:
    """Return what the rows are called, as a heading."""
    return label(plural_of(value)) if value else label(view.name)


def plural_of(value: Choice) -> str:
    """Return several of a value."""
    return str(getattr(value, "plural", value.label))


def remember(view: Any, row: Base) -> None:
    """Keep what kind of row the request is about, for the menu."""
    g.split = of(view, row)


def menu_links(view: Any, here: str) -> Iterator[Link]:
    """Yield the entries of the menu: one, or one for each value."""
    is_here = view.endpoint == here
    if not view.split_by:
        yield Link(label(view.name), view.get_url(".index_view"), icon=view.menu_icon, active=is_here)
    current = (asked(view) or g.get("split")) if is_here else None
    for value in choices(view):
        address = view.get_url(".index_view", **{view.split_by: value.value})
        icon = view.split_icons.get(value.value, view.menu_icon)
        yield Link(label(plural_of(value)), address, icon=icon, active=value is current)


def called(view: Any, value: Choice | None, key: str, usual: str) -> str:
    """Return what rows of this value call an attribute."""
    row = view.model(**{view.split_by: value}) if value else None
    return label((row.called(key) if row else None) or usual)


def columns(view: Any, value: Choice | None, keys: Sequence[str]) -> list[str]:
    """Return the columns that rows of this value have a use for."""
    if value is None:
        return list(keys)
    spare = {view.split_by, *view.model(**{view.split_by: value}).unused()}
    return [key for key in keys if key not in spare]
