"""Following a relation as it stands now, before anything is flushed."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from sqlalchemy import inspect, select

from models.base import Base
from models.description import title_of


def related(row: Base, key: str) -> Base | None:
    """Return the row that a relation points to, looked up through the read gate; None if it is hidden, absent or unset."""
    loaded: Base | None = getattr(row, key)
    wanted = getattr(row, f"{key}_id")
    if loaded is not None and (wanted is None or inspect(row).attrs[key].history.has_changes() or loaded.id == wanted):
        return loaded
    session = inspect(row).session
    if wanted is None or session is None:
        return None
    return find(session, inspect(type(row)).relationships[key].mapper.class_, wanted)  # type: ignore[no-any-return]


def holder_of(session: Any, model: type[Base], key: str, value: Any) -> str | None:
    """Return the title of the row that holds a unique value, if the actor may see that row."""
    found = session.scalar(select(model).where(getattr(model, key) == value)) if value is not None else None
    return title_of(found) if found is not None else None


def find(session: Any, model: type[Base], key: int | None) -> Any:
    """Return the row with this key through the read gate: hidden and absent rows alike are None."""
    return session.scalar(select(model).where(model.id == key)) if key else None


def titles(session: Any, model: type[Base], keys: Collection[int]) -> dict[int, str]:
    """Return the titles of rows by key, as far as the actor may see them."""
    return {row.id: title_of(row) for row in session.scalars(select(model).where(model.id.in_(keys)))} if keys else {}
