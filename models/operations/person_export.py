"""Everything that is kept about a person, as far as whoever asks may take it along: for the person, and to go through.

A tree of rows: the record, what hangs below it at any depth, what points to it, and what it belongs to alone.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select

from models.base import Base
from models.description import Attribute, describe, title_of
from models.errors import Refused
from models.gate import actor_of, permitted
from models.history import Change, ChangeSet
from models.images import encode
from models.operations.doomed import incoming_to
from models.operations.erasing import plan
from models.operations.revealing import why_never
from models.past import history_of
from models.permissions import Permission, decide, may_see
from models.related import load_children

ABOVE = "belongs_to"
MOST_CHANGES = 10_000


@dataclass(frozen=True)
class Told:
    """What is kept of one row: its values by attribute, and the rows below it, and those that point to it, by name."""

    row: Base
    values: Mapping[Attribute, Any]
    below: Mapping[str, Sequence[Told]]

    @property
    def model(self) -> type[Base]:
        """The row's entity."""
        return type(self.row)

    def all(self) -> Iterator[Told]:
        """Yield this row and all below it."""
        yield self
        for rows in self.below.values():
            for each in rows:
                yield from each.all()


def everything_about(session: Any, row: Base) -> Told:
    """Return all that is kept about a record; Refused for whoever may not export it."""
    decision = decide(actor_of(session), Permission.EXPORT, type(row), row)
    if not decision:
        raise Refused(decision.reason, **decision.params)
    if never := why_never(session):
        raise never
    load_children(session, type(row), [row])
    found = told(session, row)
    return Told(row, found.values, {**found.below, **_pointing(session, row), **_above(session, row)})


def told(session: Any, row: Base) -> Told:
    """Return what is kept of a row and of those below it, whose collections have been loaded."""
    description = describe(type(row))
    seen = [each for each in description.shown if not each.secret and may_see(actor_of(session), each)]
    values = {each: _value(row, each) for each in seen}
    below = {child.key: [told(session, each) for each in getattr(row, child.key)] for child in description.children}
    return Told(row, values, below)


def past_of(session: Any, found: Told) -> list[tuple[ChangeSet, Change]]:
    """Return what was noted of a record and what belongs to it, and of what it belongs to alone, newest first.

    Each change-set has by then but the changes of the record that was looked at last, so they are taken at once.
    """
    heads = [found.row, *(each.row for each in found.below.get(ABOVE, ()))]
    return [
        (change_set, change)
        for head in heads
        for change_set in history_of(session, head, limit=MOST_CHANGES)
        for change in change_set.changes
    ]


def _value(row: Base, attribute: Attribute) -> Any:
    """Return a value as JSON has it; of another record, what it is called."""
    value = getattr(row, attribute.key)
    return title_of(value) if isinstance(value, Base) else encode(value)


def _above(session: Any, row: Base) -> dict[str, list[Told]]:
    """Return the records that tell of nobody else, of those that may be taken along."""
    heads = plan(session, row).heads[1:]
    mine = [each for each in heads if decide(actor_of(session), Permission.EXPORT, type(each), each)]
    for each in mine:
        load_children(session, type(each), [each])
    return {ABOVE: [told(session, each) for each in mine]} if mine else {}


def _pointing(session: Any, row: Base) -> dict[str, list[Told]]:
    """Return the rows of other entities that point to the record, of those that may be taken along."""
    found: dict[str, list[Told]] = {}
    for each in incoming_to(type(row)):
        permission = permitted(actor_of(session), Permission.EXPORT, each.model)
        which = [each.column == row.id, *([] if permission is None else [permission])]
        rows = session.scalars(select(each.model).where(*which).order_by(each.model.id)).all()
        if rows:
            load_children(session, each.model, rows)
            found[f"{each.model.__tablename__}.{each.key}"] = [told(session, other) for other in rows]
    return found
