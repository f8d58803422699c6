"""How much hangs below rows that are to be merged, and how much points to them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import Any

from sqlalchemy import func, literal, select, union_all

from models.base import Base
from models.description import describe
from models.operations.doomed import COUNTING, incoming_to


def counts_below(session: Any, rows: Sequence[Base]) -> dict[type[Base], Counter[int]]:
    """Return by entity how many records belong or point to each of the rows, by key; one statement for all."""
    model, keys = type(rows[0]), [row.id for row in rows]
    ways = [(child.model, getattr(child.model, f"{child.parent}_id")) for child in describe(model).grids]
    ways += [(each.model, each.column) for each in incoming_to(model)]
    counted = [
        select(literal(number), column, func.count()).where(column.in_(keys)).group_by(column)
        for number, (_, column) in enumerate(ways)
    ]
    found: dict[type[Base], Counter[int]] = {}
    for number, key, count in session.execute(union_all(*counted), execution_options=COUNTING) if counted else ():
        found.setdefault(ways[number][0], Counter())[key] += count
    return found
