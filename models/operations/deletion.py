"""Deleting rows: what goes with them, what refuses, and what becomes of the rows that pointed to them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import ColumnElement, func, not_, select, true
from sqlalchemy.orm import InstrumentedAttribute

from models.base import Base
from models.description import describe, entities, title_of
from models.errors import DomainError, DomainErrors
from models.gate import acting_as, actor_of, ungated
from models.i18n import N_
from models.operations.races import faster_ones
from models.permissions import Permission, decide
from models.related import batches, load_children, lock
from models.relations import Reference

IN_USE = N_("It is the %(relation)s of %(count)s %(things)s.")
CHANGED = N_("“%(title)s”, or what belongs to it, was changed at the same moment. Look at it and delete it again.")
COUNTING = ungated("how many rows point to one that is to go counts for everybody; which ones they are is not told")


@dataclass(frozen=True)
class Incoming:
    """A relation of another entity that points to this one."""

    model: type[Base]
    key: str
    label: str
    relation: Reference

    @property
    def column(self) -> InstrumentedAttribute[Any]:
        """The foreign key."""
        return getattr(self.model, f"{self.key}_id")  # type: ignore[no-any-return]


@dataclass(frozen=True)
class Effect:
    """What a deletion does to rows of another entity: `fate` is deleted, clear or default."""

    model: type[Base]
    count: int
    fate: str
    relation: str = ""
    destination: str = ""


@dataclass
class Preview:
    """What deleting a selection would do."""

    rows: list[Base] = field(default_factory=list)
    refused: list[tuple[Base, DomainError]] = field(default_factory=list)
    effects: list[Effect] = field(default_factory=list)


Doomed = dict[type[Base], ColumnElement[bool]]


def preview(session: Any, model: type[Base], rows: Sequence[Base]) -> Preview:
    """Say which rows can go, which cannot and why, and what else changes; no more statements for more rows."""
    found = Preview()
    used = _in_use(session, model, [row.id for row in rows])
    for row in rows:
        reason = _forbidden(session, row) or row.obstacle() or used.get(row.id)
        if reason:
            found.refused.append((row, reason))
        else:
            found.rows.append(row)
    if found.rows:
        doomed = _doomed(model, [row.id for row in found.rows])
        found.effects = [*_gone(session, model, doomed), *_led_away(session, doomed)]
    return found


def delete_rows(session: Any, rows: Sequence[Base]) -> None:
    """Delete rows of one entity with their children, after leading the rows that point to them elsewhere.

    Raises what `preview` finds to refuse, or Conflict if somebody is writing them at the same moment; the caller rolls
    back then.
    """
    if rows:
        with faster_ones(CHANGED, title=title_of(rows[0])):
            _delete(session, type(rows[0]), rows)


def _delete(session: Any, model: type[Base], rows: Sequence[Base]) -> None:
    lock(session, model, rows)
    if refused := preview(session, model, rows).refused:
        raise DomainErrors(_about(row, reason) for row, reason in refused)
    session.flush()
    doomed = _doomed(model, [row.id for row in rows])
    # Whoever may delete a row may free it from those that point to it.
    with acting_as(session, actor_of(session).elevated()):
        for incoming in _incoming(doomed):
            _lead_away(session, incoming, doomed)
        session.flush()
    load_children(session, model, rows)
    for row in rows:
        session.delete(row)
    session.flush()


def incoming_to(model: type[Base]) -> Iterator[Incoming]:
    """Yield the references of all entities to this one."""
    for other in entities():
        for each in describe(other).attributes.values():
            if each.target is model and not each.is_parent:
                relation = other.__mapper__.relationships[each.key].info["relation"]
                yield Incoming(other, each.key, each.label, relation)


def default_of(session: Any, model: Any) -> Base:
    """Return the row that takes in what pointed to a deleted one."""
    row = session.scalar(select(model).where(model.is_default == true()))
    if row is None:
        raise DomainError(N_("There is no default to move to. Make one first."))
    return row  # type: ignore[no-any-return]


def _about(row: Base, reason: DomainError) -> DomainError:
    reason.subject = row
    return reason


def _forbidden(session: Any, row: Base) -> DomainError | None:
    decision = decide(actor_of(session), Permission.DELETE, type(row), row)
    return None if decision else DomainError(decision.reason, None, **decision.params)


def _doomed(model: type[Base], keys: Sequence[int]) -> Doomed:
    """Return which rows go: the rows themselves, and by entity, as a criterion, all that hangs below them."""
    return dict(_below(model, model.id.in_(keys)))


def _below(model: type[Base], which: ColumnElement[bool]) -> Iterator[tuple[type[Base], ColumnElement[bool]]]:
    yield model, which
    for child in describe(model).children:
        parent = getattr(child.model, f"{child.parent}_id")
        yield from _below(child.model, parent.in_(select(model.id).where(which)))


def _incoming(doomed: Doomed) -> list[Incoming]:
    return [incoming for model in doomed for incoming in incoming_to(model)]


def _pointing(incoming: Incoming, doomed: Doomed) -> list[ColumnElement[bool]]:
    """Return which rows point to one that goes, and stay themselves."""
    target = describe(incoming.model).attributes[incoming.key].target
    staying = [not_(doomed[incoming.model])] if incoming.model in doomed else []
    return [incoming.column.in_(select(target.id).where(doomed[target])), *staying]  # type: ignore[union-attr, index]


def _in_use(session: Any, model: type[Base], keys: Sequence[int]) -> dict[int, DomainError]:
    """Return, by key, why rows must stay: others point to them, or to what would go with them."""
    found: dict[int, DomainError] = {}
    doomed = _doomed(model, keys)
    for incoming in _incoming(doomed):
        if incoming.relation.orphans == "refuse":
            for key, count in _counts(session, incoming, model, doomed).items():
                things = _things(incoming.model, count)
                found[key] = DomainError(IN_USE, None, count=count, things=things, relation=incoming.label.lower())
    return found


def _things(model: type[Base], count: int) -> str:
    return (model.__label__ if count == 1 else model.__plural__).lower()


def _counts(session: Any, incoming: Incoming, model: type[Base], doomed: Doomed) -> Counter[int]:
    """Count the pointing rows by the row of the selection that must stay because of them."""
    target: Any = describe(incoming.model).attributes[incoming.key].target
    top = incoming.column
    query = select(top, func.count(incoming.model.id)).where(*_pointing(incoming, doomed)).group_by(top)
    counts: Counter[int] = Counter(dict(session.execute(query, execution_options=COUNTING).all()))
    while target is not model and counts:
        counts, target = _climb(session, target, counts)
    return counts


def _climb(session: Any, model: Any, counts: Counter[int]) -> tuple[Counter[int], Any]:
    """Return the counts of rows as counts of the rows above them, and the entity of those."""
    parent: Any = describe(model).parent
    climbed: Counter[int] = Counter()
    for keys in batches(list(counts)):
        above = select(model.id, parent.column).where(model.id.in_(keys))
        for key, up in session.execute(above, execution_options=COUNTING):
            climbed[up] += counts[key]
    return climbed, parent.target


def _gone(session: Any, model: type[Base], doomed: Doomed) -> Iterator[Effect]:
    """Yield how many records go along; parts are not counted, they are the record."""
    for child, which in doomed.items():
        if child is not model and not describe(child).is_part:
            count = session.scalar(select(func.count(child.id)).where(which))
            if count:
                yield Effect(child, count, "deleted")


def _led_away(session: Any, doomed: Doomed) -> Iterator[Effect]:
    for incoming in _incoming(doomed):
        fate = incoming.relation.orphans
        if fate != "refuse":
            query = select(func.count(incoming.model.id)).where(*_pointing(incoming, doomed))
            count = session.scalar(query, execution_options=COUNTING)
            target = describe(incoming.model).attributes[incoming.key].target
            if count:
                name = title_of(default_of(session, target)) if fate == "default" else ""
                yield Effect(incoming.model, count, fate, incoming.label, name)


def _lead_away(session: Any, incoming: Incoming, doomed: Doomed) -> None:
    if incoming.relation.orphans == "refuse":
        return
    pointing = session.scalars(select(incoming.model).where(*_pointing(incoming, doomed))).all()
    if pointing:
        model = describe(incoming.model).attributes[incoming.key].target
        target = default_of(session, model) if incoming.relation.orphans == "default" else None
        for row in pointing:
            setattr(row, incoming.key, target)
