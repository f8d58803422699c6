"""The triggers that keep the index, written from the declarations.

An entry is never changed in its text: it is removed and made anew, so that the index needs to know only two events.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Dialect, Text, false, literal, literal_column, true

from models.base import Base
from models.search.lines import (
    ancestry,
    body,
    columns,
    descendants,
    halves,
    keys_below,
    parent_column,
    root_key,
    says_something,
)

PREFIX = "search_of_"


@dataclass(frozen=True)
class Trigger:
    """A row trigger, as both databases can have it."""

    name: str
    table: str
    event: str
    condition: str | None
    statements: tuple[str, ...]


def triggers_of(model: type[Base], dialect: Dialect) -> Iterator[Trigger]:
    """Yield the triggers on an entity's table."""
    table = model.__tablename__
    if halves(model):
        adds = tuple(_add(model, dialect, personal=half) for half in halves(model))
        remove = _remove(model)
        event, changed = _update(columns(model))
        yield Trigger(f"{PREFIX}{table}_insert", table, "INSERT", None, adds)
        yield Trigger(f"{PREFIX}{table}_update", table, event, changed, (remove, *adds))
        yield Trigger(f"{PREFIX}{table}_delete", table, "DELETE", None, (remove,))
    if len(ancestry(model)) > 1 and descendants(model):
        event, changed = _update((parent_column(model),))
        moves = tuple(_move(each, model, dialect) for each in descendants(model))
        yield Trigger(f"{PREFIX}{table}_move", table, event, changed, moves)


def sql(expression: Any, dialect: Dialect) -> str:
    """Return an expression as SQL without parameters."""
    return str(expression.compile(dialect=dialect, compile_kwargs={"literal_binds": True})).replace("%%", "%")


def _new(name: str) -> ColumnElement[Any]:
    return literal_column(f'NEW."{name}"', Text)


def _update(names: tuple[str, ...]) -> tuple[str, str]:
    changed = " OR ".join(f'OLD."{name}" IS DISTINCT FROM NEW."{name}"' for name in names)
    return "UPDATE OF " + ", ".join(f'"{name}"' for name in names), changed


def _add(model: type[Base], dialect: Dialect, *, personal: bool) -> str:
    root, text = literal(ancestry(model)[-1].__tablename__), body(model, _new, personal=personal)
    place = (literal(model.__tablename__), _new("id"), true() if personal else false())
    values = ", ".join(sql(value, dialect) for value in (*place, root, root_key(model, _new), text))
    names = "entity, row_id, personal, root_entity, root_id, body, folded, start"
    where = sql(says_something(text), dialect)
    return f"INSERT INTO search_entry ({names}) SELECT {values}, '', '' WHERE {where}"


def _remove(model: type[Base]) -> str:
    return f"DELETE FROM search_entry WHERE entity = '{model.__tablename__}' AND row_id = OLD.id"  # noqa: S608


def _move(model: type[Base], moved: type[Base], dialect: Dialect) -> str:
    """When a row moves to another parent, what hangs below it gets another root."""
    root, below = root_key(moved, _new), keys_below(model, moved, literal_column("NEW.id"))
    which = f"entity = '{model.__tablename__}' AND row_id IN ({sql(below, dialect)})"
    return f"UPDATE search_entry SET root_id = {sql(root, dialect)} WHERE {which}"  # noqa: S608
