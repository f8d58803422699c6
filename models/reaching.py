"""How lists find the rows that their reader may see: the read gate judges each row, this leads to them.

SQLite merges the rows of several owners in order from an index that begins with the owner, if it is led there; with
the rows of few parents it is quicker to begin with these. PostgreSQL chooses by the figures that it keeps,
which for very few rows mislead it: these are named.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from sqlalchemy import Boolean, ColumnElement, Select, and_, func, select
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.functions import FunctionElement

from models.among import among
from models.base import Base
from models.description import describe
from models.gate import actor_of, ungated
from models.owned import Owned
from models.permissions import Permission, ruling_entity

InOrder = Callable[[Sequence[Any]], Select[tuple[int]]]
LAST = ungated("the last key alone, to tell how large the table is")
FEW_ROWS = 10_000  # sooner gathered than met on a walk through all
FEW_KEYS = 500  # sooner named than left to a planner that may walk through all
FEW_OWNERS = 64  # whose rows are sooner merged than met on a walk through all

STEPS = (1024, 4096, 8192)  # rows in the list's order that are looked at together
DENSE = 16  # where one row in so many is seen, a walk through all is the shorter way


class LookedAt(FunctionElement[bool]):
    """What each row is looked at for, after the clauses that lead to the rows."""

    name = "looked_at"
    type = Boolean()
    inherit_cache = True

    def __init__(self, led: Sequence[ColumnElement[bool]], words: Sequence[ColumnElement[bool]]) -> None:
        super().__init__(*led, *words)
        self.led, self.words = led, words

    def self_group(self, against: Any = None) -> Any:
        """Stand in a condition as it is: compared with 1, no index would be found for it."""
        return self


@compiles(LookedAt)
def _all_of(element: LookedAt, compiler: Any, **options: Any) -> str:
    return "(" + " AND ".join(compiler.process(each, **options) for each in element.clauses) + ")"


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


def looked_at(session: Any, model: type[Base], words: Sequence[ColumnElement[bool]]) -> ColumnElement[bool]:
    """Return a criterion for rows that are looked at one by one for words; lists and counts choose the order."""
    led = leading(session, model)
    if _is_sqlite(session) and is_narrow(session, model) and _is_dense(session, model, led):
        return LookedAt(led, words)
    return and_(*led, *words)


def few(session: Any, model: type[Base], most: int) -> Sequence[int] | None:
    """Return the keys of all rows that the actor may see, if only some are seen and they are at most so many."""
    if not is_narrow(session, model):
        return None
    led = leading(session, model) if _is_sqlite(session) else ()
    keys = session.scalars(select(model.id).where(*led).limit(most + 1)).all()
    return keys if len(keys) <= most else None


def unled_up_to(session: Any, model: type[Base], most: int) -> int:
    """Count the rows of an entity with owners that the actor sees and no list is led to, stopping just after `most`."""
    is_led = ruling_entity(model) is not model or _is_sqlite(session)
    return most + 1 if is_led else count_up_to(session, model, most)


def count_up_to(session: Any, model: type[Base], most: int, *clauses: Any) -> int:
    """Count the rows that the actor may see and the clauses hold for, stopping just after `most`."""
    query, words = select(model.id).where(*clauses), _words(clauses)
    if words and not _others(clauses):
        # In the order of keys, in which the entries lie, too; with a filter, its index may lead to fewer rows.
        query = select(model.id).where(*words).order_by(model.id)
    some = query.limit(most + 1).subquery()
    return session.scalar(select(func.count()).select_from(some)) or 0


def first_keys(session: Any, clauses: Sequence[Any], order: InOrder, size: int, offset: int) -> Sequence[int]:
    """Return the keys of one page, which `order` selects by clauses.

    SQLite would look at the rows of each owner, and then merge; here they are merged step by step before.
    """
    led, words, found, start = _led(clauses), _words(clauses), list[int](), 0
    for step in STEPS if led else ():
        keys = session.scalars(order([*_others(clauses), *led]).limit(step).offset(start)).all()
        found += _matching(session, order, keys, words)
        start += step
        if len(keys) < step or len(found) >= offset + size:
            return found[offset : offset + size]
    return session.scalars(order(clauses).limit(size).offset(offset)).all()  # type: ignore[no-any-return]


def _matching(session: Any, order: InOrder, keys: Sequence[int], words: Sequence[ColumnElement[bool]]) -> list[int]:
    """Return which of some keys match, in their order."""
    [key] = order(()).selected_columns
    matches = set(session.scalars(select(key).where(among(key, keys), *words)))
    return [each for each in keys if each in matches]


def _led(clauses: Sequence[Any]) -> list[ColumnElement[bool]]:
    return [led for each in clauses if isinstance(each, LookedAt) for led in each.led]


def _words(clauses: Sequence[Any]) -> list[ColumnElement[bool]]:
    return [word for each in clauses if isinstance(each, LookedAt) for word in each.words]


def _others(clauses: Sequence[Any]) -> list[Any]:
    return [each for each in clauses if not isinstance(each, LookedAt)]


def _is_dense(session: Any, model: type[Base], led: Sequence[ColumnElement[bool]]) -> bool:
    """Return whether so many rows are seen that a walk through all of them soon meets enough; of parts, nobody asks."""
    if not led or ruling_entity(model) is not model:
        return ruling_entity(model) is model  # led to none, all are walked through anyway
    most = (session.scalar(select(func.max(model.id)), execution_options=LAST) or 0) // DENSE
    return count_up_to(session, model, most, *led) > most


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
