"""What hangs below rows that are merged, and what points to them, goes to the one that stays."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from sqlalchemy import select

from models.base import Base
from models.description import Attribute, Child, describe
from models.gate import actor_of
from models.likeness import companion_of, compared
from models.masking import may_read
from models.moving import Move
from models.operations.doomed import Incoming, incoming_to
from models.operations.merging_values import Picked
from models.permissions import Actor
from models.related import load_children


class Gathering:
    """Rows that come together in the `master`, of all that they have; `moves` says which relations lead elsewhere."""

    def __init__(self, session: Any, master: Base, others: Sequence[Base]) -> None:
        self.session, self.master, self.others = session, master, others
        self.model = type(master)
        self.keys = [row.id for row in others]
        self.moves: dict[Move, int] = {}

    def lead_references(self) -> None:
        """Let every reference to the others lead to the master."""
        for incoming in incoming_to(self.model):
            self._lead(incoming, dict.fromkeys(self.keys, self.master))

    def read_children(self) -> None:
        """Read all that hangs below the rows, whoever may see it."""
        load_children(self.session, self.model, [self.master, *self.others])

    def move_children(self) -> None:
        """Let the records below the others belong to the master."""
        for child in describe(self.model).grids:
            for row in [row for other in self.others for row in getattr(other, child.key)]:
                self._move(row, child.parent, self.master)

    def join_parts(self, picked: Sequence[Picked]) -> None:
        """Join the lists that are part of the rows, what is equal once, and leave one row the primary one."""
        brought = {key: each.source for each in picked for key in each.attribute.facts.brings}
        for child in describe(self.model).parts:
            self._join(child, brought.get(child.key, self.master))

    def keep_readings(self, picked: Sequence[Picked]) -> None:
        """Write out what was read with another country than the master will have, such as a phone number."""
        final = {each.attribute.key: each.value for each in picked}
        for child in describe(self.model).children:
            for each in describe(child.model).attributes.values():
                way, _, last = (each.facts.country or "").rpartition(".")
                if way == child.parent and each.kind and each.kind.companion:
                    self._write_out(child, each, last, final.get(last))

    def _write_out(self, child: Child, attribute: Attribute, last: str, country: Any) -> None:
        for row in (self.master, *self.others):
            for below in getattr(row, child.key) if getattr(row, last) != country else ():
                whole = companion_of(attribute, below)
                if whole and str(whole).startswith("+"):
                    setattr(below, attribute.key, whole)

    def _lead(self, incoming: Incoming, places: Mapping[int, Base]) -> None:
        """Let references lead elsewhere; one to the row that it stands in itself, or a link made twice, goes."""
        query = select(incoming.model).where(incoming.column.in_(list(places))).order_by(incoming.model.id)
        linked = self._linked(incoming, places)
        for row in self.session.scalars(query).all():
            place = places[getattr(row, f"{incoming.key}_id")]
            if row in self.others:
                continue
            if row is self.master:
                setattr(row, incoming.key, None)
            elif linked is not None and (link := (_above(row), place.id)) in linked:
                self.session.delete(row)
            else:
                linked = None if linked is None else linked | {link}
                self._move(row, incoming.key, place)

    def _linked(self, incoming: Incoming, places: Mapping[int, Base]) -> set[tuple[int, int]] | None:
        """Return what the rows link already, where they are nothing but links."""
        description = describe(incoming.model)
        if description.parent is None or len(description.attributes) != 2:
            return None
        column = incoming.column
        keys = [place.id for place in places.values()]
        rows = self.session.scalars(select(incoming.model).where(column.in_(keys)))
        return {(_above(row), getattr(row, f"{incoming.key}_id")) for row in rows}

    def _move(self, row: Base, key: str, place: Base) -> None:
        """Let a relation lead to another row, and with it the one within which it must stay."""
        setattr(row, key, place)
        self.moves[row.__tablename__, row.id, key] = place.id
        whole = getattr(describe(type(row)).attributes[key].relation, "within", None)
        if whole and getattr(row, f"{whole}_id") != getattr(place, f"{whole}_id"):
            self._move(row, whole, getattr(place, whole))

    def _join(self, child: Child, leading: Base) -> None:
        rows = list(getattr(self.master, child.key))
        primary = _primary_of(leading, child) or next(
            filter(None, (_primary_of(each, child) for each in self.others)), None
        )
        for part in [part for other in self.others for part in list(getattr(other, child.key))]:
            twin = next((each for each in rows if is_same(actor_of(self.session), part, each)), None)
            if twin is None:
                self._move(part, child.parent, self.master)
                rows.append(part)
            else:
                primary = twin if part is primary else primary
                self._lead_to_twin(part, twin)
        _mark(rows, primary)

    def _lead_to_twin(self, part: Base, twin: Base) -> None:
        for incoming in incoming_to(type(part)):
            self._lead(incoming, {part.id: twin})


def is_same(actor: Actor, one: Base, other: Base) -> bool:
    """Return whether two rows of a part say the same, however it was written.

    What the actor may not read of either is never the same: by merging, one could find out what they had guessed.
    """
    mine = list(_said(actor, one))
    return bool(mine) and mine == list(_said(actor, other))


def _said(actor: Actor, row: Base) -> Iterator[Any]:
    """Yield what tells a row of a part from others: what it links to, or what stands for no other thing than it."""
    attributes = [each for each in describe(type(row)).attributes.values() if not each.is_parent]
    if len(attributes) == 1 and attributes[0].target:
        yield getattr(row, attributes[0].column.key)
    for each in attributes:
        if each.kind and each.kind.duplicate and (said := compared(each, row)) is not None:
            yield said if may_read(actor, each, row) else row


def _above(row: Base) -> int:
    parent = describe(type(row)).parent
    return getattr(row, parent.column.key) if parent else 0


def _primary_of(row: Base, child: Child) -> Any:
    return next((each for each in getattr(row, child.key) if getattr(each, "primary", False)), None)


def _mark(rows: Sequence[Any], primary: Any) -> None:
    for each in rows if primary is not None else ():
        if each.primary != (each is primary):
            each.primary = each is primary
