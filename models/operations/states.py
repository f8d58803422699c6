"""What state rows are in, with all that goes with them, so that a page can tell later whether it still shows them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from typing import Any

from sqlalchemy import Select, func, literal, select, union_all

from models.base import Base
from models.description import describe
from models.operations.doomed import COUNTING, Doomed, doomed


def states(session: Any, rows: Sequence[Base], *, whole: bool) -> dict[int, str]:
    """Return by key a word that changes with a row; with the `whole`, with every row that would be deleted with it.

    No more statements for more rows. Parts are the record, whose version counts with theirs.
    """
    found = {row.id: [row.version] for row in rows}
    if rows and whole:
        along = defaultdict[int, list[int]](list)
        for key, *numbers in _along(session, type(rows[0]), list(found)):
            along[key] += numbers
        found = {key: version + along[key] for key, version in found.items()}
    return {key: "-".join(map(str, numbers)) for key, numbers in found.items()}


def _along(session: Any, model: type[Base], keys: Sequence[int]) -> Iterator[Any]:
    """Yield, by the row that they go with, the number of rows of each kind, the sum of their versions, the newest."""
    below = [each for each in doomed(model, keys) if not (each.is_top or describe(each.model).is_part)]
    queries = [_counted(place, each) for place, each in enumerate(below)]
    if queries:
        every = union_all(*queries).order_by("top", "place")
        yield from (tuple(row) for row in session.execute(every, execution_options=COUNTING))


def _counted(place: int, each: Doomed) -> Select[Any]:
    along = select(each.top.label("top"), each.model.id, each.model.version).where(each.which).subquery()
    counts = (func.count(), func.sum(along.c.version), func.max(along.c.id))
    return select(along.c.top, literal(place).label("place"), *counts).group_by(along.c.top)
