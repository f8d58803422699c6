"""Which rows go when others are deleted: what hangs below them, and what points to them and goes with them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, case, false, or_, select, true
from sqlalchemy.orm import InstrumentedAttribute

from models.base import Base
from models.description import describe, referring
from models.gate import ungated
from models.relations import Reference

COUNTING = ungated("what goes, and what points to it, counts for everybody; which rows they are is not told")


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
class Doomed:
    """Rows of one entity that go: those selected, or all whose foreign key `link` leads to rows that go, `above`.

    They are children of these, or they follow them by a reference of theirs and are records of their own.
    """

    model: type[Base]
    which: ColumnElement[bool]
    link: str = ""
    above: Doomed | None = None
    follows: bool = False

    @property
    def follower(self) -> Doomed | None:
        """The nearest rows from here upwards that follow by a reference; None where none do."""
        return self if self.follows else self.above.follower if self.above else None

    @property
    def is_top(self) -> bool:
        """Whether these are the rows that were selected."""
        return self.above is None

    @property
    def top(self) -> Any:
        """The key of the selected row with which each of these goes, as an expression."""
        return self.model.id if self.above is None else climb(self.above, getattr(self.model, self.link))


def doomed(model: type[Base], keys: Sequence[int]) -> list[Doomed]:
    """Return what goes with these rows of an entity, themselves first."""
    chosen = select(model.id).where(model.id.in_(keys)).cte("chosen")
    return list(_from(Doomed(model, model.id.in_(select(chosen.c.id)))))


def climb(above: Doomed, key: Any, to: Doomed | None = None) -> Any:
    """Return, as an expression, to which of the rows `to`, or of those selected, a key of a row `above` leads."""
    if above is to or above.above is None:
        return key
    row = above.model.__table__.alias()
    return select(climb(above.above, row.c[above.link], to)).where(row.c.id == key).scalar_subquery()


def incoming_to(model: type[Base]) -> Iterator[Incoming]:
    """Yield the references of all entities to this one."""
    for other, each in referring(model):
        if isinstance(each.relation, Reference):
            yield Incoming(other, each.key, each.label, each.relation)


def pointing(incoming: Incoming, target: Doomed, going: Sequence[Doomed]) -> ColumnElement[bool]:
    """Return which rows point to one that goes, and stay themselves."""
    points: ColumnElement[bool] = incoming.column.in_(select(target.model.id).where(target.which))
    themselves = [each.which for each in going if each.model is incoming.model]
    return points & untrue(or_(*themselves)) if themselves else points


def untrue(condition: ColumnElement[bool]) -> ColumnElement[bool]:
    """Return what a condition leaves: what it says nothing of, because a value is missing, is not fulfilled."""
    return case((condition, false()), else_=true())


def going_with(session: Any, model: type[Base], rows: Sequence[Base]) -> dict[tuple[str, int], int]:
    """Return every row that would go along, whoever may see it, with the key of the one it goes with."""
    found: dict[tuple[str, int], int] = {}
    for each in doomed(model, [row.id for row in rows])[1:]:
        query = select(each.model.id, each.top).where(each.which)
        along = session.execute(query, execution_options=COUNTING)
        found |= {(each.model.__tablename__, key): top for key, top in along}
    return found


def _from(rows: Doomed) -> Iterator[Doomed]:
    yield rows
    for child in describe(rows.model).children:
        yield from _from(_tied(rows, child.model, f"{child.parent}_id"))
    for incoming in incoming_to(rows.model):
        if incoming.relation.orphans == "delete":
            yield from _from(_tied(rows, incoming.model, incoming.column.key, follows=True))


def _tied(rows: Doomed, model: type[Base], link: str, *, follows: bool = False) -> Doomed:
    which = getattr(model, link).in_(select(rows.model.id).where(rows.which))
    return Doomed(model, which, link, rows, follows)
