"""Counts and sums for the dashboard: of several lists in one statement, as far as lists count and people may see."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any, cast

from sqlalchemy import Select, func, literal, select, union_all

from admin_views.guarded import attribute_at
from models.base import Base, db
from models.description import Attribute

Clauses = Sequence[Any]
NO_KEY = 0
SHARED = ("series", "currency")  # what numbers are told apart by


@dataclass(frozen=True)
class Number:
    """How many rows, and what they come to; `series` is the value that they share, a key if it is a relation."""

    count: int
    amount: Decimal | None = None
    series: Any = None
    currency: str | None = None


@dataclass(frozen=True)
class Counted:
    """The numbers of one list; where there are more rows than lists count, nothing is said of what they come to."""

    most: int
    parts: Sequence[Number] = field(default_factory=tuple)

    @property
    def count(self) -> int:
        """How many rows there are, up to one more than are counted."""
        return sum(each.count for each in self.parts)

    @property
    def is_capped(self) -> bool:
        """Whether there are more."""
        return self.count > self.most


def count_all(
    model: type[Base], lists: Sequence[Clauses], most: int, amount: Attribute | None = None, by: str = ""
) -> list[Counted]:
    """Return the numbers of lists of one entity, each list by the clauses of its rows."""
    rows = _rows(model, amount, by)
    parts = [_numbers(place, rows.where(*clauses).limit(most + 1)) for place, clauses in enumerate(lists)]
    numbers = union_all(*parts).subquery()
    # The read gate judges statements of entities: to this one, nothing of the entity is joined.
    query = select(numbers).outerjoin_from(numbers, model, model.id == NO_KEY)
    found: list[list[Number]] = [[] for _ in lists]
    for row in db.session.execute(query).mappings():
        said = {key: row[key] for key in ("amount", *SHARED) if key in row}
        found[row["place"]].append(Number(row["count"], **said))
    return [Counted(most, each) for each in found]


def attribute_of(model: type[Base], path: str) -> Attribute:
    """Return what a path leads to that was checked when the panel started."""
    return cast("Attribute", attribute_at(model, path))


def _rows(model: type[Base], amount: Attribute | None, by: str) -> Select[Any]:
    """Return the rows with what is added up and by what it is told apart."""
    paths = {"series": by, "currency": (amount.facts.currency or "") if amount else ""}
    columns = [_column(model, path).label(name) for name, path in paths.items() if path]
    if amount:
        columns.append(getattr(model, amount.key).label("amount"))
    query = select(model.id, *columns)
    for way in dict.fromkeys(path.rpartition(".")[0] for path in paths.values()):
        query = query.join(getattr(model, way)) if way else query
    return query


def _column(model: type[Base], path: str) -> Any:
    way, _, key = path.rpartition(".")
    target: Any = attribute_of(model, way).target if way else model
    return getattr(target, f"{key}_id" if attribute_of(model, path).target else key)


def _numbers(place: int, rows: Select[Any]) -> Select[Any]:
    some = rows.subquery()
    shared = [some.c[key] for key in SHARED if key in some.c]
    amount = [func.sum(some.c.amount).label("amount")] if "amount" in some.c else []
    columns: list[Any] = [literal(place).label("place"), func.count().label("count"), *amount, *shared]
    return select(*columns).select_from(some).group_by(*shared)
