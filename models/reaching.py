"""How lists find the rows that their reader may see: the read gate judges each row, this leads to them.

SQLite merges the rows of several owners in order from an index that begins with the owner, if it is led there; with
the rows of few parents it is quicker to begin with these. PostgreSQL chooses by the figures that it keeps,
which for very few rows mislead it: these are named.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import ColumnElement, func, select

from models.among import among
from models.base import Base
from models.description import describe
from models.gate import actor_of
from models.owned import Owned
from models.permissions import Permission, ruling_entity

FEW_ROWS = 10_000  # sooner gathered than met on a walk through all
FEW_KEYS = 500  # sooner named than left to a planner that may walk through all
FEW_OWNERS = 64  # whose rows are sooner merged than met on a walk through all


def is_narrow(session: Any, model: type[Base]) -> bool:
    """Return whether the actor sees only what some users own, of rows that each ask for their owner."""
    return _reach(session, model) is not None


def leading(session: Any, model: type[Base]) -> tuple[ColumnElement[bool], ...]:
    """Return a clause, true of every row of the entity that the actor may see, which finds them quickly; or none.

    It is for lists that nothing else narrows: a key or a word that is looked for leads to fewer rows.
    """
    reach, ruling = _reach(session, model), ruling_entity(model)
    if reach is None:
        return ()
    if not _is_sqlite(session):
        keys = few(session, model, FEW_KEYS)
        return () if keys is None else (among(model.id, keys),)
    led = _owned(ruling, ruling, sorted(reach))
    is_short = ruling is model and len(reach) <= FEW_OWNERS
    if not is_short and count_up_to(session, ruling, FEW_ROWS, led) > FEW_ROWS:
        return ()
    return (_owned(model, model, sorted(reach)),)


def few(session: Any, model: type[Base], most: int) -> Sequence[int] | None:
    """Return the keys of all rows that the actor may see, if only some are seen and they are at most so many."""
    if not is_narrow(session, model):
        return None
    led = leading(session, model) if _is_sqlite(session) else ()
    keys = session.scalars(select(model.id).where(*led).limit(most + 1)).all()
    return keys if len(keys) <= most else None


def count_up_to(session: Any, model: type[Base], most: int, *clauses: Any) -> int:
    """Count the rows that the actor may see and the clauses hold for, stopping just after `most`."""
    some = select(model.id).where(*clauses).limit(most + 1).subquery()
    return session.scalar(select(func.count()).select_from(some)) or 0


def _is_sqlite(session: Any) -> bool:
    return bool(session.get_bind().dialect.name == "sqlite")


def _reach(session: Any, model: type[Base]) -> frozenset[int] | None:
    """Return the users whose rows the actor sees; None where rows are not seen by who owns them."""
    ruling, actor = ruling_entity(model), actor_of(session)
    reach = actor.reach(actor.level(ruling.__tablename__, Permission.VIEW))
    return reach if reach and issubclass(ruling, Owned) else None


def _owned(model: type[Base], columns: Any, owners: Sequence[int]) -> ColumnElement[bool]:
    parent = describe(model).parent
    if parent is None or parent.target is None:
        return among(columns.owner_id, owners)
    above = parent.target.__table__.alias()
    keys = select(above.c.id).where(_owned(parent.target, above.c, owners))
    return getattr(columns, parent.column.key).in_(keys)  # type: ignore[no-any-return]
