"""Relations that an operation may lead elsewhere though their rows are settled: these very ones, to these very rows."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from sqlalchemy import inspect

from models.base import Base
from models.related import coming_key

Move = tuple[str, int, str]  # an entity, the key of a row, and the relation of it


@contextmanager
def moving(session: Any, moves: Mapping[Move, int]) -> Iterator[None]:
    """Let these relations lead to the rows with these keys, and to no others, until the block ends.

    For rows that come together in one, and for taking that back; what else a settled row says stays as it is.
    """
    session.info["moves"] = moves
    try:
        yield
    finally:
        del session.info["moves"]


def is_move(row: Base, key: str) -> bool:
    """Return whether a relation is led where an operation has said that it goes."""
    session = inspect(row).session
    there = session.info.get("moves", {}).get((row.__tablename__, row.id, key)) if session is not None else None
    return there is not None and coming_key(row, key) == there
