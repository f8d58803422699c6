"""What rows of several entities are called, looked up together."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

from sqlalchemy import Select, Text, cast, literal, select, union_all

from models.base import Base
from models.description import describe, shortened
from models.gate import actor_of, permitted, ungated
from models.permissions import Permission
from models.related import titles

Names = Mapping[tuple[str, int], str]  # by entity and key
NAMING = ungated("each branch says for itself which rows the actor may view")


def titles_of(session: Any, wanted: Mapping[type[Base], Collection[int]]) -> Names:
    """Return the titles of rows, as far as the actor may see them: one statement for all that are called by a text."""
    texts = [model for model, keys in wanted.items() if keys and _is_text(model)]
    found: dict[tuple[str, int], str] = {}
    if texts:
        every = union_all(*(_titled(session, model, wanted[model]) for model in texts))
        for name, key, title in session.execute(every, execution_options=NAMING):
            found[name, key] = shortened(title, key)
    for model in wanted.keys() - set(texts):
        found |= {(model.__tablename__, key): title for key, title in titles(session, model, wanted[model]).items()}
    return found


def _is_text(model: type[Base]) -> bool:
    title = describe(model).attributes.get(describe(model).title)
    return title is not None and title.python_type is str


def _titled(session: Any, model: type[Base], keys: Collection[int]) -> Select[Any]:
    title: Any = getattr(model, describe(model).title)
    query = select(
        literal(model.__tablename__).label("entity"), model.id.label("key"), cast(title, Text).label("title")
    )
    mine = permitted(actor_of(session), Permission.VIEW, model)
    query = query.where(model.id.in_(sorted(keys)))
    return query if mine is None else query.where(mine)
