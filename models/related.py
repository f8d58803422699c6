"""Following a relation as it stands now, before anything is flushed."""

from __future__ import annotations

from typing import Any

from sqlalchemy import inspect, select

from models.base import Base


def related(row: Base, key: str) -> Base | None:
    """Return the row that a relation points to, looked up through the read gate; None if it is hidden, absent or unset."""
    loaded: Base | None = getattr(row, key)
    wanted = getattr(row, f"{key}_id")
    if loaded is not None and (wanted is None or inspect(row).attrs[key].history.has_changes() or loaded.id == wanted):
        return loaded
    session = inspect(row).session
    if wanted is None or session is None:
        return None
    target: Any = inspect(type(row)).relationships[key].mapper.class_
    return session.scalar(select(target).where(target.id == wanted))  # type: ignore[no-any-return]
