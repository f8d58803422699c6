"""Deleting rows: what goes with them, what refuses, and what becomes of the rows that pointed to them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import func, select, true
from sqlalchemy.orm import InstrumentedAttribute

from models.base import Base
from models.description import describe, entities, title_of
from models.errors import DomainError
from models.gate import actor_of
from models.i18n import N_
from models.permissions import Permission, decide
from models.relations import Reference

IN_USE = N_("%(count)s %(things)s point to it as their %(relation)s.")


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


def preview(session: Any, model: type[Base], rows: Sequence[Base]) -> Preview:
    """Say which rows can go, which cannot and why, and what else changes; the number of statements does not depend on them."""
    found = Preview()
    used = _in_use(session, model, rows)
    for row in rows:
        reason = _forbidden(session, row) or row.obstacle() or used.get(row.id)
        if reason:
            found.refused.append((row, reason))
        else:
            found.rows.append(row)
    keys = [row.id for row in found.rows]
    if keys:
        found.effects = [*_children(session, model, keys), *_orphans(session, model, keys)]
    return found


def delete_rows(session: Any, rows: Sequence[Base]) -> None:
    """Delete rows with their children, after leading the rows that point to them elsewhere."""
    if rows:
        keys = [row.id for row in rows]
        for incoming in incoming_to(type(rows[0])):
            _lead_away(session, incoming, keys)
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


def _forbidden(session: Any, row: Base) -> DomainError | None:
    decision = decide(actor_of(session), Permission.DELETE, type(row), row)
    return None if decision else DomainError(decision.reason, **dict(decision.params))


def _in_use(session: Any, model: type[Base], rows: Sequence[Base]) -> dict[int, DomainError]:
    """Return, by key, why rows that others point to must stay."""
    found: dict[int, DomainError] = {}
    for incoming in incoming_to(model):
        if incoming.relation.orphans == "refuse":
            for key, count in _counts(session, incoming, [row.id for row in rows]):
                things = _things(incoming.model, count)
                found[key] = DomainError(IN_USE, count=count, things=things, relation=incoming.label.lower())
    return found


def _things(model: type[Base], count: int) -> str:
    return (model.__label__ if count == 1 else model.__plural__).lower()


def _counts(session: Any, incoming: Incoming, keys: Sequence[int]) -> list[tuple[int, int]]:
    column = incoming.column
    query = select(column, func.count(incoming.model.id)).where(column.in_(keys)).group_by(column)
    return [(key, count) for key, count in session.execute(query)]


def _children(session: Any, model: type[Base], keys: Sequence[int]) -> Iterator[Effect]:
    for child in describe(model).grids:
        column = getattr(child.model, f"{child.parent}_id")
        count = session.scalar(select(func.count(child.model.id)).where(column.in_(keys)))
        if count:
            yield Effect(child.model, count, "deleted")


def _orphans(session: Any, model: type[Base], keys: Sequence[int]) -> Iterator[Effect]:
    for incoming in incoming_to(model):
        count = sum(count for _, count in _counts(session, incoming, keys))
        if count and incoming.relation.orphans != "refuse":
            name = title_of(default_of(session, model)) if incoming.relation.orphans == "default" else ""
            yield Effect(incoming.model, count, incoming.relation.orphans, incoming.label, name)


def default_of(session: Any, model: Any) -> Base:
    """Return the row that takes in what pointed to a deleted one."""
    row = session.scalar(select(model).where(model.is_default == true()))
    if row is None:
        raise DomainError(N_("There is no default to move to. Make one first."))
    return row  # type: ignore[no-any-return]


def _lead_away(session: Any, incoming: Incoming, keys: Sequence[int]) -> None:
    if incoming.relation.orphans == "refuse":
        return
    model = describe(incoming.model).attributes[incoming.key].target
    target = default_of(session, model) if incoming.relation.orphans == "default" else None
    pointing = select(incoming.model).where(incoming.column.in_(keys))
    for row in session.scalars(pointing).all():
        setattr(row, incoming.key, target)
    session.flush()
