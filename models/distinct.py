"""Rows that somebody has looked at and found to be different, though they look alike."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import combinations
from typing import Any

from sqlalchemy import ForeignKey, Text, delete, select
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Record
from models.fields import Moment
from models.gate import actor_of, ungated
from models.types import utcnow

Pair = tuple[int, int]  # the smaller key first
NOTED = ungated("these are keys alone; the rows are read through the gate")


class DistinctPair(Record):
    """Two rows of an entity that are not the same, whatever they have in common; who said so, and when."""

    __tablename__ = "distinct_pair"

    entity: Mapped[str] = mapped_column(Text, primary_key=True)
    one_id: Mapped[int] = mapped_column(primary_key=True)
    other_id: Mapped[int] = mapped_column(primary_key=True)
    user_id: Mapped[int | None] = mapped_column(ForeignKey("user.id", ondelete="SET NULL"), index=True)
    at: Mapped[Moment] = mapped_column(default=utcnow)


def distinct_pairs(session: Any, entity: str) -> set[Pair]:
    """Return the pairs of rows that were found to be different."""
    query = select(DistinctPair.one_id, DistinctPair.other_id).where(DistinctPair.entity == entity)
    return {(one, other) for one, other in session.execute(query, execution_options=NOTED)}


def keep_apart(session: Any, entity: str, keys: Iterable[int]) -> None:
    """Remember that these rows are all different."""
    known = distinct_pairs(session, entity)
    user = actor_of(session).user_id
    for one, other in set(combinations(sorted(set(keys)), 2)) - known:
        session.add(DistinctPair(entity=entity, one_id=one, other_id=other, user_id=user))
    session.flush()


def forget_apart(session: Any, entity: str, keys: Iterable[int]) -> None:
    """Let these rows be found to look alike again."""
    some = list(keys)
    mine = DistinctPair.entity == entity, DistinctPair.one_id.in_(some), DistinctPair.other_id.in_(some)
    session.execute(delete(DistinctPair).where(*mine), execution_options=NOTED)
