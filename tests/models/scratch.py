"""Entities that exist only for a while: shelves with stickers and boxes, boxes with items, and claims to a box."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from sqlalchemy import inspect
from sqlalchemy.orm import Mapped

from models.base import Base, Timestamped, db
from models.description import describe, entity
from models.fields import Count, Country, Line, LongText, Name, Phone, field, parent, reference
from models.images import keys_of
from models.owned import Owned
from models.permissions import ruling_entity

CACHES: tuple[Any, ...] = (describe, entity, ruling_entity, keys_of)


def shelves() -> list[type[Base]]:
    """Declare an owned entity with a part, a child and a grandchild, and one that points to the child."""

    class Shelf(Owned, Timestamped, Base):
        name: Mapped[Name]
        country: Mapped[Country | None]
        height: Mapped[Count] = field(default=0)

    class ShelfSticker(Base):
        shelf: Mapped[Shelf] = parent(part=True)
        text: Mapped[Line]

    class Box(Base):
        __plural__ = "Boxes of things"

        shelf: Mapped[Shelf] = parent()
        label: Mapped[Line]
        hotline: Mapped[Phone | None] = field(country="shelf.country")

    class Item(Base):
        box: Mapped[Box] = parent()
        words: Mapped[LongText]

    class Claim(Base):
        reason: Mapped[Line]
        box: Mapped[Box] = reference(label="Claimed box")

    return [Shelf, ShelfSticker, Box, Item, Claim]


@contextmanager
def declared() -> Iterator[Sequence[Any]]:
    """Declare the shelves, and forget them at the end as if they had never been."""
    found = shelves()
    try:
        yield found
    finally:
        for model in reversed(found):
            forget(model)


def forget(model: type[Base]) -> None:
    """Undo a declaration: neither the mapping nor the table nor what was read of them stays."""
    manager, table, registry = inspect(model).class_manager, model.__table__, model.registry
    registry._dispose_manager_and_mapper(manager)
    registry._managers.pop(manager, None)
    Base.metadata.remove(table)  # type: ignore[arg-type]
    for cache in CACHES:
        cache.cache_clear()


def create_tables(models: Sequence[type[Base]]) -> None:
    """Create the tables within the test's transaction."""
    for model in models:
        model.__table__.create(db.session.connection())  # type: ignore[attr-defined]
