"""Rows that share a value which few others have: an email, a site, a VAT number; a statement for each kind of value.

What very many share, such as a switchboard, tells nothing.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from itertools import combinations
from typing import Any

from sqlalchemy import String, cast, func, select, true

from models.base import Base
from models.description import Attribute, describe
from models.distinct import Pair
from models.gate import actor_of, permitted, ungated
from models.kinds import Compared, Likeness
from models.likeness import key_of
from models.masking import reads_all
from models.permissions import Permission

MOST_SHARING = 12  # rows with the same value; what more have says nothing
SEEN = ungated("the condition of who may see the rows stands in the statement itself")

Signals = dict[Pair, set[Likeness]]


def seen(session: Any, model: type[Base]) -> Any:
    """Return the condition of which rows the actor sees."""
    condition = permitted(actor_of(session), Permission.VIEW, model)
    return true() if condition is None else condition


def keys_together(column: Any) -> Any:
    """Return, in the database, the keys of a group of rows in one text."""
    return func.aggregate_strings(cast(column, String), ",")


def apart(keys: str) -> list[int]:
    """Return the keys that were put together, each once and in their order."""
    return sorted({int(each) for each in keys.split(",")})


def shared_pairs(session: Any, model: type[Base]) -> Signals:
    """Return the pairs of rows that share values, and which."""
    found: Signals = defaultdict(set)
    for source, row, attribute, likeness in _telling(session, model):
        for rows in _sharing(session, source, row, attribute):
            if 1 < len(rows) <= MOST_SHARING:
                for pair in combinations(rows, 2):
                    found[pair].add(likeness)
    return found


def _sharing(session: Any, source: type[Base], row: Any, attribute: Attribute) -> Iterator[list[int]]:
    """Yield the rows that have the same value; the parts of one row may have it several times."""
    key, column = key_of(attribute, source), getattr(source, attribute.column.key)
    query = select(keys_together(row)).where(column.is_not(None), seen(session, source)).group_by(key)
    query = query.having(key.is_not(None), func.count().between(2, 2 * MOST_SHARING))
    yield from map(apart, session.scalars(query, execution_options=SEEN))


def _telling(session: Any, model: type[Base]) -> Iterator[tuple[type[Base], Any, Attribute, Likeness]]:
    """Yield the attributes of rows, or of their parts, that tell rows apart, with the column that names the row.

    Who reads no personal data is not told that two rows share some: by typing one, they could guess the other.
    """
    sources: list[tuple[type[Base], Any]] = [(model, model.id)]
    sources += [(part.model, getattr(part.model, f"{part.parent}_id")) for part in describe(model).parts]
    for source, row in sources:
        for each in describe(source).attributes.values():
            likeness = each.kind.duplicate if each.kind else None
            open_ = not each.facts.guarded and (not each.maskable or reads_all(actor_of(session)))
            if likeness and likeness.by not in {Compared.NAME, Compared.PLACE} and open_:
                yield source, row, each, likeness
