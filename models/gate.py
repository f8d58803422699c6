"""The two gates: every read and every write of the session is decided here, whatever path led to it.

Reads get a criterion for each restricted entity, so that rows that are not the actor's do not exist for any query. Writes are
decided row by row before they are flushed.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import ORMExecuteState, Session, UOWTransaction, with_loader_criteria
from sqlalchemy.orm.interfaces import ORMOption

from models.base import Base
from models.description import describe, entities
from models.errors import Refused
from models.permissions import Actor, Permission, criterion, decide, ruling_entity


class GateError(RuntimeError):
    """A programming error: a statement that the gates cannot judge."""


def set_actor(session: Any, actor: Actor) -> None:
    """Work on behalf of this actor from now on; rows loaded for another one are forgotten."""
    if session.info.get("actor") != actor:
        session.expunge_all()
    session.info["actor"] = actor
    session.info["criteria"] = _criteria(actor)


@contextmanager
def acting_as(session: Any, actor: Actor) -> Iterator[None]:
    """Work on behalf of another actor for a while, keeping the loaded rows: for operations that widen their own rights."""
    before = {key: session.info.get(key) for key in ("actor", "criteria")}
    session.info.update(actor=actor, criteria=_criteria(actor))
    try:
        yield
    finally:
        session.info.update(before)


def actor_of(session: Any) -> Actor:
    """Return on whose behalf the session works; GateError if nobody said."""
    actor = session.info.get("actor")
    if actor is None:
        raise GateError("no actor: call set_actor before reading or writing")
    return actor  # type: ignore[no-any-return]


def ungated(reason: str) -> dict[str, Any]:
    """Return the execution options of a statement that the read gate lets pass; the reason is for the reader."""
    return {"ungated": reason}


def _criteria(actor: Actor) -> tuple[ORMOption, ...]:
    """Build the loader criteria once per actor: plain expressions, because lambdas that branch on a role went wrong."""
    options = []
    for model in entities():
        condition = _condition(actor, model)
        if condition is not None:
            options.append(
                with_loader_criteria(model, condition, include_aliases=True, propagate_to_loaders=True)
            )
    return tuple(options)


def _condition(actor: Actor, model: type[Base]) -> Any:
    """Return the criterion of an entity; a child's asks, through a Core alias, for its parent's."""
    parent = describe(model).parent
    if parent is None or parent.target is None:
        return criterion(actor, model, model)
    if criterion(actor, ruling_entity(model), ruling_entity(model)) is None:
        return None
    return getattr(model, f"{parent.key}_id").in_(_allowed_keys(actor, parent.target))


def _allowed_keys(actor: Actor, model: type[Base]) -> Any:
    alias = model.__table__.alias()
    parent = describe(model).parent
    if parent is None or parent.target is None:
        return select(alias.c.id).where(criterion(actor, model, alias.c))
    return select(alias.c.id).where(alias.c[f"{parent.key}_id"].in_(_allowed_keys(actor, parent.target)))


def gate_reads(state: ORMExecuteState) -> None:
    """Add the actor's criteria to every ORM statement, and refuse statements that criteria do not reach."""
    if state.execution_options.get("ungated") or state.is_column_load:
        return
    if not state.is_orm_statement:
        raise GateError(f"a statement the read gate cannot judge; give it ungated(reason): {state.statement}")
    if state.is_insert and getattr(state.statement, "select", None) is None:
        return
    actor_of(state.session)
    criteria = state.session.info["criteria"]
    if criteria and criteria[0] not in getattr(state.statement, "_with_options", ()):
        state.statement = state.statement.options(*criteria)  # type: ignore[attr-defined]


def gate_writes(session: Session, context: UOWTransaction, instances: Any) -> None:
    """Refuse the whole flush if the actor may not do one of its writes."""
    actor = None
    for permission, rows in ((Permission.CREATE, session.new), (Permission.EDIT, session.dirty)):
        for row in rows:
            if isinstance(row, Base) and (permission is Permission.CREATE or session.is_modified(row)):
                actor = actor or actor_of(session)
                _demand(actor, permission, row)
    for row in session.deleted:
        if isinstance(row, Base):
            _demand(actor_of(session), Permission.DELETE, row)


def _demand(actor: Actor, permission: Permission, row: Base) -> None:
    """Raise Refused unless the actor may write this row, as it was and as it will be; a part counts as an edit of its parent."""
    if describe(type(row)).is_part:
        permission = Permission.EDIT
    decision = decide(actor, permission, type(row), row)
    if not decision:
        raise Refused(decision.reason, **dict(decision.params))
