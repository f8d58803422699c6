"""Whether a column is one of many keys, which travel as one parameter: three and all make the same statement."""

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

    def self_group(self, against: Any = None) -> Any:
        """Stand in a condition as it is: compared with 1, no index would be found for it."""
        return self


def among(column: Any, keys: Sequence[int]) -> ColumnElement[bool]:
    """Return whether a column is one of these keys."""
    if len(keys) == 1:
        return column == keys[0]  # type: ignore[no-any-return]
    return _Among(column, BindParameter(None, keys, Keys(), unique=True))


class _Guard(FunctionElement[Any]):
    """A column by which rows are judged, not found."""

    name = "guard"
    inherit_cache = True


def guard(column: Any) -> ColumnElement[Any]:
    """Return a column for which SQLite, which knows no figures, does not leave the index that finds few rows.

    PostgreSQL knows how many rows each condition leaves, and chooses for itself.
    """
    element = _Guard(column)
    element.type = column.type
    return element


@compiles(_Guard)
def _with_plus(element: _Guard, compiler: Any, **options: Any) -> str:
    return "+" + str(compiler.process(next(iter(element.clauses)), **options))


@compiles(_Guard, "postgresql")
def _as_it_is(element: _Guard, compiler: Any, **options: Any) -> str:
    return str(compiler.process(next(iter(element.clauses)), **options))


@compiles(_Among)
def _in_json(element: _Among, compiler: Any, **options: Any) -> str:
    column, keys = (compiler.process(each, **options) for each in element.clauses)
    return f"{column} IN (SELECT value FROM json_each({keys}))"  # noqa: S608


@compiles(_Among, "postgresql")
def _in_array(element: _Among, compiler: Any, **options: Any) -> str:
    column, keys = (compiler.process(each, **options) for each in element.clauses)
    return f"{column} = ANY ({keys})"
