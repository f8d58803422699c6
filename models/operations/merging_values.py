"""Whose value a merged row takes of each attribute."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from models.base import Base
from models.description import Attribute, describe
from models.permissions import Actor, may_edit
from models.rules.password import Sealed


@dataclass(frozen=True)
class Picked:
    """An attribute, and the row whose value is taken; a relation to one of the rows themselves leads nowhere then."""

    attribute: Attribute
    source: Base
    value: Any

    def give(self, master: Base) -> None:
        """Let the master have the value."""
        if not self.is_had_by(master):
            sealed = self.attribute.secret and self.value is not None
            setattr(master, self.attribute.column.key, Sealed(self.value) if sealed else self.value)

    def is_had_by(self, master: Base) -> bool:
        """Return whether the master has the value already."""
        return bool(getattr(master, self.attribute.column.key) == self.value)


def pickable(actor: Actor, model: type[Base]) -> list[Attribute]:
    """Return the attributes of which the actor may take one row's value; those that come along with others are left.

    What is typed once, or kept by the program, stays as the master has it, as does a unique value that must be there.
    """
    description = describe(model)
    along = {key for each in description.attributes.values() for key in each.facts.brings}
    return [
        each
        for each in description.shown
        if not (each.is_parent or each.secret or each.facts.fixed or each.facts.lasting or each.key in along)
        and not (each.column.unique and not each.column.nullable)
        and may_edit(actor, each)
    ]


def chosen_rows(actor: Actor, rows: Sequence[Base], values: Mapping[str, int]) -> list[Picked]:
    """Return what the master, the first of the rows, takes over from which of them."""
    by_key, model = {row.id: row for row in rows}, type(rows[0])
    found: list[Picked] = []
    for each in pickable(actor, model):
        source = by_key.get(values.get(each.key, 0)) or first_filled(each, rows)
        found.extend(_picked(one, source, rows) for one in (each, *_along(model, each)))
    return found


def first_filled(attribute: Attribute, rows: Sequence[Base]) -> Base:
    """Return the first of the rows in which there is a value; what brings others along is there where it is on."""

    def is_there(row: Base) -> bool:
        value = getattr(row, attribute.column.key)
        return bool(value) if attribute.facts.brings else value is not None

    return next((row for row in rows if is_there(row)), rows[0])


def _along(model: type[Base], attribute: Attribute) -> Iterator[Attribute]:
    known = describe(model).attributes
    yield from (known[key] for key in attribute.facts.brings if key in known)


def _picked(attribute: Attribute, source: Base, rows: Sequence[Base]) -> Picked:
    value = getattr(source, attribute.column.key)
    leads_here = attribute.target is type(source) and value in {row.id for row in rows}
    return Picked(attribute, source, None if leads_here else value)
