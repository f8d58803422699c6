"""Following relations as they stand now, before anything is flushed."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from typing import Any, cast

from sqlalchemy import inspect, select
from sqlalchemy.orm import selectinload

from models.base import Base
from models.description import describe, title_of

LARGEST_KEY = 2**31 - 1
BATCH = 1000


def related(row: Base, key: str) -> Base | None:
    """Return the row that a relation points to, looked up through the read gate; None if hidden, absent or unset.

    A child that was taken out of its parent's list is that parent's until it is gone.
    """
    state, wanted = inspect(row), getattr(row, f"{key}_id")
    is_new = state.attrs[f"{key}_id"].history.has_changes()
    loaded: Base | None = state.dict.get(key) if is_new else getattr(row, key)
    history = state.attrs[key].history
    if loaded is not None and (history.has_changes() or loaded.id == wanted):
        return loaded
    for before in history.deleted or ():
        if before is not None and before.id == wanted:
            return cast("Base", before)
    target = inspect(type(row)).relationships[key].mapper.class_
    return cast("Base | None", find(state.session, target, wanted)) if state.session is not None else None


def relation_set(row: Base, key: str) -> bool:
    """Return whether another row was assigned to the relation itself, which then rules over its foreign key."""
    return bool(inspect(row).attrs[key].history.has_changes())


def stored_key(row: Base, key: str) -> int | None:
    """Return the foreign key of a relation as the database has it, whatever has been assigned since."""
    history = inspect(row).attrs[f"{key}_id"].history
    return history.deleted[0] if history.deleted else getattr(row, f"{key}_id")  # type: ignore[no-any-return]


def coming_key(row: Base, key: str) -> int | None:
    """Return the foreign key that a relation will have once it is written; None if it leads to a row not stored yet."""
    return getattr(getattr(row, key), "id", None) if relation_set(row, key) else getattr(row, f"{key}_id")


def holder_of(session: Any, model: type[Base], key: str, value: Any) -> str | None:
    """Return the title of the row that holds a unique value, if the actor may see that row."""
    found = session.scalar(select(model).where(getattr(model, key) == value)) if value is not None else None
    return title_of(found) if found is not None else None


def find(session: Any, model: type[Base], key: int | None) -> Any:
    """Return the row with this key through the read gate: hidden and absent rows alike are None."""
    if key is None or not 0 < key <= LARGEST_KEY:
        return None
    return session.scalar(select(model).where(model.id == key))


def find_all(session: Any, model: type[Base], keys: Collection[int | None]) -> dict[int, Base]:
    """Return the rows with these keys, as far as the actor may see them, by key."""
    wanted = sorted({key for key in keys if key is not None and 0 < key <= LARGEST_KEY})
    found = (session.scalars(select(model).where(model.id.in_(some))) for some in batches(wanted))
    return {row.id: row for rows in found for row in rows}


def batches(values: Sequence[Any]) -> Iterator[Sequence[Any]]:
    """Yield values in runs that are short enough for the parameters of one statement."""
    yield from (values[start : start + BATCH] for start in range(0, len(values), BATCH))


def titles(session: Any, model: type[Base], keys: Collection[int]) -> dict[int, str]:
    """Return the titles of rows by key, as far as the actor may see them."""
    return {key: title_of(row) for key, row in find_all(session, model, keys).items()}


def load_children(session: Any, model: type[Base], rows: Sequence[Base]) -> None:
    """Load all that hangs below stored rows of one entity: a statement for each collection, not for each row."""
    _load(session, model, rows, _collections(model))


def lock(session: Any, model: type[Base], rows: Sequence[Base]) -> None:
    """Keep others from adding to these rows until the transaction ends; SQLite has one writer at a time anyway."""
    for keys in batches([row.id for row in rows]):
        session.execute(select(model.id).where(model.id.in_(keys)).order_by(model.id).with_for_update())


def lock_anew(session: Any, rows: Sequence[Base]) -> None:
    """Lock stored rows, the newest first, and read them and their parts as they are by then."""
    session.flush()
    for row in sorted(rows, key=lambda row: -row.id):
        session.refresh(row, with_for_update=True)


def load_parts(session: Any, model: type[Base], rows: Sequence[Base]) -> None:
    """Load the collections that are part of stored rows of one entity."""
    _load(session, model, rows, [selectinload(getattr(model, part.key)) for part in describe(model).parts])


def _collections(model: type[Base]) -> list[Any]:
    found = []
    for child in describe(model).children:
        collection: Any = selectinload(getattr(model, child.key))
        found.append(collection.options(*_collections(child.model)))
    return found


def _load(session: Any, model: type[Base], rows: Sequence[Base], collections: Sequence[Any]) -> None:
    for some in batches([row.id for row in rows]) if collections else ():
        session.scalars(select(model).where(model.id.in_(some)).options(*collections)).all()
