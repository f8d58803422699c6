"""The databases that search knows."""

from __future__ import annotations

from models.search.backend import Backend
from models.search.postgresql import PostgreSQL
from models.search.sqlite import SQLite

_BACKENDS: dict[str, Backend] = {each.name: each for each in (SQLite(), PostgreSQL())}


def backend_of(dialect: str) -> Backend:
    """Return how this database searches; KeyError for one that is not supported."""
    return _BACKENDS[dialect]
