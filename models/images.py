"""Rows as JSON: what the history keeps, and what an undo reads back."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from enum import Enum
from functools import cache
from typing import Any

from sqlalchemy import Column, inspect

from models.base import Base
from models.fields import facts_of, kind_of


def image(row: Base) -> dict[str, Any]:
    """Return every column of a row but its secrets, as JSON values by attribute name."""
    return {key: encode(getattr(row, key)) for key in keys_of(type(row), secret=False)}


def stored_image(row: Base) -> dict[str, Any]:
    """Return the image of a row as the database has it, whatever has been assigned since."""
    return {key: encode(stored(row, key)) for key in keys_of(type(row), secret=False)}


def stored_secrets(row: Base) -> dict[str, str]:
    """Return the secrets that the database has of a row."""
    return {key: value for key in keys_of(type(row), secret=True) if (value := stored(row, key))}


def stored(row: Base, key: str) -> Any:
    """Return a column's value as the database has it; what was never set before it was assigned was not there."""
    history = inspect(row).attrs[key].history
    if history.added and not history.deleted and inspect(row).persistent:
        return None
    return history.deleted[0] if history.deleted else getattr(row, key)


@cache
def keys_of(model: type[Base], *, secret: bool) -> tuple[str, ...]:
    """Return the names of an entity's columns that are secret, or of all the others."""
    return tuple(key for key, column in inspect(model).columns.items() if _is_secret(column) is secret)


@cache
def silent_keys(model: type[Base]) -> frozenset[str]:
    """Return the names of the columns whose changes say nothing: every write touches them, or they are followed."""
    followed = {key for key, column in inspect(model).columns.items() if facts_of(column).followed}
    return frozenset({"version", "updated_at", "created_at"} | followed)


def encode(value: Any) -> Any:
    """Return a column's value as JSON keeps it."""
    if isinstance(value, Enum):
        return value.value
    if isinstance(value, date):
        return value.isoformat()
    return str(value) if isinstance(value, Decimal) else value


def decode(column: Column[Any], value: Any) -> Any:
    """Return the value that `encode` was given."""
    if value is None:
        return None
    enum = getattr(column.type, "enum_class", None)
    python_type = enum or column.type.python_type
    if issubclass(python_type, date):
        return python_type.fromisoformat(value)
    return python_type(value) if issubclass(python_type, (Enum, Decimal)) else value


def _is_secret(column: Column[Any]) -> bool:
    kind = kind_of(column)
    return kind is not None and kind.secret
