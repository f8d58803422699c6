"""Whether a column is one of many keys, which travel as one parameter: a statement is the same for three and for all."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

from sqlalchemy import ARRAY, BindParameter, Boolean, ColumnElement, Dialect, Integer, Text
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.functions import FunctionElement
from sqlalchemy.types import TypeDecorator, TypeEngine


class Keys(TypeDecorator[Sequence[int]]):
    """Keys as a JSON array on SQLite, as an array on PostgreSQL."""

    impl = Text
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        """Return the type that the driver is told."""
        return dialect.type_descriptor(ARRAY(Integer) if dialect.name == "postgresql" else Text())

    def process_bind_param(self, value: Sequence[int] | None, dialect: Dialect) -> Any:
        """Write the keys as the database reads them."""
        return list(value or ()) if dialect.name == "postgresql" else json.dumps(list(value or ()))


class _Among(FunctionElement[bool]):
    """A column and keys, as a condition."""

    name = "among"
    type = Boolean()
    inherit_cache = True


def among(column: Any, keys: Sequence[int]) -> ColumnElement[bool]:
    """Return whether a column is one of these keys."""
    return column == keys[0] if len(keys) == 1 else _Among(column, BindParameter(None, keys, Keys(), unique=True))  # type: ignore[no-any-return]


@compiles(_Among)
def _in_json(element: _Among, compiler: Any, **options: Any) -> str:
    column, keys = (compiler.process(each, **options) for each in element.clauses)
    return f"{column} IN (SELECT value FROM json_each({keys}))"  # noqa: S608


@compiles(_Among, "postgresql")
def _in_array(element: _Among, compiler: Any, **options: Any) -> str:
    column, keys = (compiler.process(each, **options) for each in element.clauses)
    return f"{column} = ANY ({keys})"
