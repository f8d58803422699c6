"""Start-up checks of guarded and personal fields.

What people see, find or are told without them must not come from them.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from models.base import Base
from models.description import Attribute, describe

SAME_FOR_ALL = ("column_first", "column_default_sort", "column_subtitle")


def in_model(model: type[Base]) -> Iterator[str]:
    """Yield why fields of an entity cannot be guarded, or personal."""
    description = describe(model)
    if description.title in {each.key for each in description.masked} and not description.is_part:
        yield f"{model.__name__}.{description.title} cannot be personal: it is what people call its rows."
    for each in description.attributes.values():
        where, facts = model.__name__, each.facts
        yield from (f"{where}.{each.key} cannot be guarded: {why}." for why in _reasons(model, each) if facts.guarded)
        for path in (facts.country, facts.needs, facts.shown_as, facts.when[0] if facts.when else None):
            read = attribute_at(model, path) if path else None
            if read is not None and read.facts.guarded:
                yield f"{where}.{path} cannot be guarded: {each.key} depends on it."


def in_view(view: Any) -> Iterator[str]:
    """Yield where a view shows something of a guarded field to everybody."""
    for option in SAME_FOR_ALL:
        key = (getattr(view, option) or "").removeprefix("-")
        if key in {each.key for each in view.description.guarded}:
            yield f"{type(view).__name__}.{option} names “{key}”, which is guarded: everybody would learn of it."
    if (key := view.column_default_sort.removeprefix("-")) in {each.key for each in view.description.masked}:
        yield f"{type(view).__name__}.column_default_sort names “{key}”, which is personal: its order would tell."


def _reasons(model: type[Base], each: Attribute) -> Iterator[str]:
    description, facts = describe(model), each.facts
    if each.key == description.title:
        yield "it is the title of its entity"
    if each.searched:
        yield "it is searched"
    if each.target:
        yield "it leads to another record"
    if each.required or facts.when:
        yield "a row cannot be saved without it"
    if facts.country or facts.needs:
        yield "what is wrong with it depends on another field"
    if description.is_part:
        yield "it is part of another record, whose fields can be"


def attribute_at(model: type[Base], path: str) -> Attribute | None:
    """Return the attribute that a dotted path leads to, if it leads to one."""
    step, _, rest = path.partition(".")
    found = describe(model).attributes.get(step)
    return attribute_at(found.target, rest) if found and rest and found.target else found
