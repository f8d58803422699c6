"""Rows as JSON: what the history keeps, and what an undo reads back."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from enum import Enum
from typing import Any

from sqlalchemy import Column, inspect

from models.base import Base
from models.fields import kind_of


def image(row: Base) -> dict[str, Any]:
    """Return every column of a row but its secrets, as JSON values by attribute name."""
    columns = inspect(type(row)).columns
    return {key: encode(getattr(row, key)) for key, column in columns.items() if not _secret(column)}


def encode(value: Any) -> Any:
    """Return a column's value as JSON keeps it."""
    if isinstance(value, Enum):
        return value.value
    if isinstance(value, date):
        return value.isoformat()
    return str(value) if isinstance(value, Decimal) else value


def decode(column: Column[Any], value: Any) -> Any:
    """Return the value that `encode` was given."""
    enum = getattr(column.type, "enum_class", None)
    if value is None:
        return None
    if enum:
        return enum(value)
    python_type = column.type.python_type
    if python_type is datetime:
        return datetime.fromisoformat(value)
    return Decimal(value) if python_type is Decimal else value


def _secret(column: Column[Any]) -> bool:
    kind = kind_of(column)
    return kind is not None and kind.secret
