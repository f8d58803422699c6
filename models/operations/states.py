"""What state rows are in, with all that goes with them, so that a page can tell later whether it still shows them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from typing import Any

from sqlalchemy import func, select

from models.base import Base
from models.description import describe
from models.operations.doomed import COUNTING, doomed


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
    for place, each in enumerate(doomed(model, keys)):
        if each.is_top or describe(each.model).is_part:
            continue
        along = select(each.top.label("top"), each.model.id, each.model.version).where(each.which).subquery()
        counts = (func.count(), func.sum(along.c.version), func.max(along.c.id))
        query = select(along.c.top, *counts).group_by(along.c.top)
        yield from ((top, place, *some) for top, *some in session.execute(query, execution_options=COUNTING))
