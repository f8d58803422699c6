"""The two gates: every read and every write of the session is decided here, whatever path led to it.

Reads get a criterion for each restricted entity, so that rows that are not the actor's do not exist for any query.
Writes are decided row by row before they are flushed.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from contextlib import contextmanager
from functools import cache
from typing import Any, cast

from sqlalchemy import ColumnElement, FromClause, Select, exists, inspect
from sqlalchemy.orm import ORMExecuteState, Session, UOWTransaction, with_loader_criteria
from sqlalchemy.orm.interfaces import ORMOption

from models.base import Base
from models.description import Attribute, describe, entities
from models.errors import Refused
from models.owned import Owned
from models.permissions import (
    GUARDED,
    LOOKING,
    Actor,
    Permission,
    criterion,
    decide,
    may_edit,
    role_names,
)
from models.related import coming_key, related, stored_key


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
    """Work on behalf of another actor for a while, keeping the loaded rows: for operations that widen their rights.

    Flush before, so that nothing is written with rights that were meant for something else.
    """
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
    conditions = ((model, permitted(actor, Permission.VIEW, model)) for model in entities())
    return tuple(
        with_loader_criteria(model, condition, include_aliases=True, propagate_to_loaders=True)
        for model, condition in conditions
        if condition is not None
    )


def permitted(actor: Actor, permission: Permission, model: type[Base]) -> ColumnElement[bool] | None:
    """Return for which rows of an entity the actor has a permission, as a criterion; None for all of them."""
    return _condition(actor, permission, model, model)


def _condition(actor: Actor, permission: Permission, model: type[Base], columns: Any) -> ColumnElement[bool] | None:
    """A child's criterion asks, through a Core alias, for its parent's."""
    parent = describe(model).parent
    if parent is None or parent.target is None:
        return criterion(actor, permission, model, columns)
    above = _alias(parent.target)
    condition = _condition(actor, permission, parent.target, above.c)
    key = getattr(columns, parent.column.key)
    # Asked of each row: a list of all parents that are permitted may be as long as their table.
    return None if condition is None else exists().where(above.c.id == key, condition).correlate_except(above)


@cache
def _alias(model: type[Base]) -> FromClause:
    """Return the one alias by which criteria ask for an entity: making it costs more than all else of a criterion."""
    return model.__table__.alias()


def gate_reads(state: ORMExecuteState) -> None:
    """Add the actor's criteria to every ORM select, and refuse statements that the gates do not reach."""
    if state.execution_options.get("ungated") or state.is_column_load:
        return
    if not (state.is_relationship_load or _is_judged(state)):
        kind = type(state.statement).__name__
        raise GateError(f"the gates cannot judge this statement ({kind}); if it may pass, give it ungated(reason)")
    actor_of(state.session)
    criteria = state.session.info["criteria"]
    # What a lazy load inherits from the statement that loaded its row is not added twice.
    if criteria and criteria[0] not in getattr(state.statement, "_with_options", ()):
        state.statement = cast("Select[Any]", state.statement).options(*criteria)


def _is_judged(state: ORMExecuteState) -> bool:
    """Return whether criteria reach all that a statement reads; one that writes goes past the write gate."""
    return (
        state.is_orm_statement
        and isinstance(state.statement, Select)
        and all(issubclass(mapper.class_, Base) for mapper in state.all_mappers)
    )


def gate_writes(session: Session, context: UOWTransaction, instances: Any) -> None:
    """Refuse the whole flush if the actor may not do one of its writes."""
    deleted = session.deleted
    for permission, row in written(session):
        actor = actor_of(session)
        if actor.looking:
            raise Refused(LOOKING, name=actor.name)
        _demand(actor, _permission(permission, row, deleted), row)
        if permission is not Permission.DELETE:
            _demand_assignment(actor, row)
            _demand_fields(session, actor, row)


def written(session: Session) -> Iterator[tuple[Permission, Base]]:
    """Yield every row that the next flush writes; a row whose collections alone have changed is not written."""
    for permission, rows in (
        (Permission.CREATE, session.new),
        (Permission.EDIT, [row for row in session.dirty if session.is_modified(row, include_collections=False)]),
        (Permission.DELETE, session.deleted),
    ):
        yield from ((permission, row) for row in rows if isinstance(row, Base))


def _demand(actor: Actor, permission: Permission, row: Base) -> None:
    """Raise Refused unless the actor may write this row, as it was and as it will be."""
    decision = decide(actor, permission, type(row), row)
    if not decision:
        raise Refused(decision.reason, **decision.params)


def _demand_assignment(actor: Actor, row: Base) -> None:
    """Raise Refused, beside the field, unless the actor may give the row the owner that it will have."""
    if not isinstance(row, Owned):
        return
    before = stored_key(row, "owner") if inspect(row).persistent else actor.user_id
    if coming_key(row, "owner") != before:
        decision = decide(actor, Permission.ASSIGN, type(row), row)
        if not decision:
            raise Refused(decision.reason, "owner", **decision.params)


def _demand_fields(session: Session, actor: Actor, row: Base) -> None:
    """Raise Refused, beside the field, for a guarded field that the actor may not change.

    Nobody types what comes back by undoing its deletion.
    """
    comes_back = "undo_of" in session.info and not inspect(row).persistent
    for each in () if comes_back else describe(type(row)).guarded:
        if _is_typed(row, each) and not may_edit(actor, each):
            raise Refused(GUARDED, each.key, what=each.label, roles=role_names(actor))


def _is_typed(row: Base, attribute: Attribute) -> bool:
    """Whether the flush writes another value than was there, or than a new row begins with."""
    value, default = getattr(row, attribute.column.key), getattr(attribute.column.default, "arg", None)
    changed = bool(inspect(row).attrs[attribute.column.key].history.has_changes())
    return changed if inspect(row).persistent else value != default


def _permission(permission: Permission, row: Base, deleted: Collection[object]) -> Permission:
    """Return what is asked for: writing a part of a record counts as what happens to the record itself."""
    description = describe(type(row))
    if not description.is_part or description.parent is None:
        return permission
    whole = related(row, description.parent.key)
    if whole is not None and inspect(whole).pending:
        return Permission.CREATE
    return Permission.DELETE if whole in deleted else Permission.EDIT
