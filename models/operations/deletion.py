"""Deleting rows: what goes with them, what refuses, and what becomes of the rows that pointed to them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import ColumnElement, func, or_, select, true

from models.base import Base
from models.description import describe, title_of
from models.errors import DomainError, DomainErrors
from models.gate import acting_as, actor_of
from models.i18n import N_
from models.operations.doomed import COUNTING, Doomed, Incoming, doomed, incoming_to, pointing
from models.operations.kept import kept_back
from models.operations.races import faster_ones
from models.permissions import Permission, decide
from models.related import load_children, lock

CHANGED = N_("“%(title)s”, or what belongs to it, was changed at the same moment. Look at it and delete it again.")


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
    """Say which rows can go, which cannot and why, and what else changes; no more statements for more rows.

    A row that stays keeps what it points to, so those that are left are judged again until none is refused.
    """
    refused: dict[int, DomainError] = {}
    left = list(rows)
    while left and (reasons := _reasons(session, model, left)):
        refused |= reasons
        left = [row for row in left if row.id not in refused]
    effects = list(_effects(session, doomed(model, [row.id for row in left]))) if left else []
    return Preview(left, [(row, refused[row.id]) for row in rows if row.id in refused], effects)


def delete_rows(session: Any, rows: Sequence[Base]) -> None:
    """Delete rows of one entity with their children and what follows them, after leading elsewhere what points to them.

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
    going = doomed(model, [row.id for row in rows])
    # Whoever may delete a row may free it from those that point to it.
    with acting_as(session, actor_of(session).elevated()):
        for target, incoming in _leading(going):
            _lead_away(session, incoming, pointing(incoming, target, going))
        session.flush()
    for each, some in [(model, rows), *((each.model, _locked(session, each)) for each in going if each.follows)]:
        load_children(session, each, some)
        for row in some:
            session.delete(row)
    session.flush()


def default_of(session: Any, model: Any) -> Base:
    """Return the row that takes in what pointed to a deleted one."""
    row = session.scalar(select(model).where(model.is_default == true()))
    if row is None:
        raise DomainError(N_("There is no default to move to. Make one first."))
    return row  # type: ignore[no-any-return]


def _about(row: Base, reason: DomainError) -> DomainError:
    for single in reason.errors:
        single.subject = row
    return reason


def _reasons(session: Any, model: type[Base], rows: Sequence[Base]) -> dict[int, DomainError]:
    """Return, by key, why rows cannot go: of several reasons the nearest."""
    kept = kept_back(session, doomed(model, [row.id for row in rows]))
    found = {row.id: _forbidden(session, row) or row.obstacle() or kept.get(row.id) for row in rows}
    return {key: reason for key, reason in found.items() if reason is not None}


def _forbidden(session: Any, row: Base) -> DomainError | None:
    decision = decide(actor_of(session), Permission.DELETE, type(row), row)
    return None if decision else DomainError(decision.reason, None, **decision.params)


def _locked(session: Any, following: Doomed) -> Sequence[Base]:
    """Return the rows that follow others, and keep people from adding to them until the transaction ends."""
    query = select(following.model).where(following.which).order_by(following.model.id).with_for_update()
    return session.scalars(query).all()  # type: ignore[no-any-return]


def _effects(session: Any, going: Sequence[Doomed]) -> Iterator[Effect]:
    """Yield what else changes, counted in one statement; parts are not counted, they are the record."""
    along: dict[type[Base], list[ColumnElement[bool]]] = {}
    for each in going:
        if not (each.is_top or describe(each.model).is_part):
            along.setdefault(each.model, []).append(each.which)
    led = [(target, incoming, pointing(incoming, target, going)) for target, incoming in _leading(going)]
    gone = [(model, or_(*which)) for model, which in along.items()]
    counts = _counts(session, [*gone, *((incoming.model, which) for _, incoming, which in led)])
    yield from (Effect(model, count, "deleted") for model, count in zip(along, counts, strict=False) if count)
    for (target, incoming, _), count in zip(led, counts[len(along) :], strict=True):
        fate = incoming.relation.orphans
        if count:
            name = title_of(default_of(session, target.model)) if fate == "default" else ""
            yield Effect(incoming.model, count, fate, incoming.label, name)


def _counts(session: Any, asked: Sequence[tuple[type[Base], ColumnElement[bool]]]) -> Sequence[int]:
    if not asked:
        return ()
    counts = [select(func.count(model.id)).where(which).scalar_subquery() for model, which in asked]
    return tuple(session.execute(select(*counts), execution_options=COUNTING).one())


def _leading(going: Sequence[Doomed]) -> list[tuple[Doomed, Incoming]]:
    """Return the references that will lead elsewhere, with the rows that they lead to now."""
    pairs = [(target, incoming) for target in going for incoming in incoming_to(target.model)]
    return [(target, incoming) for target, incoming in pairs if incoming.relation.orphans in {"clear", "default"}]


def _lead_away(session: Any, incoming: Incoming, which: ColumnElement[bool]) -> None:
    rows = session.scalars(select(incoming.model).where(which)).all()
    if rows:
        target: Any = describe(incoming.model).attributes[incoming.key].target
        place = default_of(session, target) if incoming.relation.orphans == "default" else None
        for row in rows:
            setattr(row, incoming.key, place)
