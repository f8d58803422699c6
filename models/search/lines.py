"""What of an entity is searched, and where its rows belong: read from the declaration, told as SQL expressions."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache, reduce
from typing import Any

from sqlalchemy import ColumnElement, Select, Text, func, literal, select

from models.base import Base
from models.description import Attribute, describe, entities
from models.kinds import Search

Columns = Callable[[str], ColumnElement[Any]]

# What people put between the digits of a number.
_SEPARATORS = " -./()+"
# In the line of a phone number, stands between what was typed and the digits that find it.
KEYS = "\t"


HALVES = (False, True)  # what everybody reads of a row, and what is personal


@cache
def lines(model: type[Base], *, personal: bool) -> tuple[Attribute, ...]:
    """Return the searched attributes of an entry in the order of its lines: the title, then as declared.

    What may be personal is in an entry of its own, so that who may not read it does not find by it either.
    """
    found = [each for each in _searched(model) if each.maskable is personal]
    title = [each for each in _searched(model) if each.key == describe(model).title and each not in found]
    return (*title, *found) if found and personal else tuple(found)


@cache
def _searched(model: type[Base]) -> tuple[Attribute, ...]:
    description = describe(model)
    found = [each for each in description.attributes.values() if each.searched and not each.facts.hidden]
    return tuple(sorted(found, key=lambda each: each.key != description.title))


def halves(model: type[Base]) -> tuple[bool, ...]:
    """Return which entries rows of an entity have: with what is personal, and without."""
    return tuple(half for half in HALVES if lines(model, personal=half))


def indexed() -> tuple[type[Base], ...]:
    """Return the entities whose rows have entries."""
    return tuple(model for model in entities() if halves(model))


@cache
def ancestry(model: type[Base]) -> tuple[type[Base], ...]:
    """Return the entity, its parent, and so on up to the topmost."""
    parent = describe(model).parent
    return (model, *ancestry(parent.target)) if parent and parent.target else (model,)


def descendants(model: type[Base]) -> tuple[type[Base], ...]:
    """Return the entities with entries whose rows belong, at any depth, to rows of this one."""
    return tuple(each for each in indexed() if model in ancestry(each)[1:])


def columns(model: type[Base]) -> tuple[str, ...]:
    """Return the columns that an entry is made from, the key of the parent included."""
    own = [name for each in _searched(model) for name in _columns(each)]
    return (*own, parent_column(model)) if len(ancestry(model)) > 1 else tuple(own)


def parent_column(model: type[Base]) -> str:
    """Return the foreign key to the parent; only for entities that have one."""
    parent = describe(model).parent
    if parent is None:
        raise TypeError(f"{model.__name__} has no parent")
    return parent.column.name


def body(model: type[Base], column: Columns, *, personal: bool) -> ColumnElement[str]:
    """Return the text of an entry: a line for each searched attribute."""
    each_line = (_line(each, column) for each in lines(model, personal=personal))
    return reduce(lambda text, line: text + "\n" + line, each_line)


def says_something(text: ColumnElement[str]) -> ColumnElement[bool]:
    """Return whether the text of an entry is more than empty lines; else there is none."""
    return func.ltrim(text, f"\n{KEYS} ", type_=Text) != ""


def root_key(model: type[Base], column: Columns) -> ColumnElement[Any]:
    """Return the key of the topmost row that a row belongs to; its own if it is the topmost."""
    return column("id") if len(ancestry(model)) == 1 else key_above(model, ancestry(model)[-1], column)


def key_above(model: type[Base], above: type[Base], column: Columns) -> ColumnElement[Any]:
    """Return the key of the row of an entity further up that a row belongs to."""
    key = column(parent_column(model))
    chain = ancestry(model)
    for each in chain[1 : chain.index(above)]:
        table = each.__table__.alias()
        key = select(table.c[parent_column(each)]).where(table.c.id == key).scalar_subquery()
    return key


def keys_below(model: type[Base], above: type[Base], key: ColumnElement[Any]) -> Select[Any]:
    """Return the keys of the rows that belong, at any depth, to the row of an entity further up."""
    table = model.__table__.alias()
    parent = table.c[parent_column(model)]
    direct = ancestry(model)[1]
    return select(table.c.id).where(parent == key if direct is above else parent.in_(keys_below(direct, above, key)))


def _columns(attribute: Attribute) -> tuple[str, ...]:
    """Return the columns of a line, what is read first; of a number only the text beside it is read."""
    companion = attribute.kind.companion if attribute.kind else None
    own = attribute.column.name
    if companion is None:
        return (own,)
    beside = companion.key(own)
    return (beside,) if companion.length else (own, beside)


def _line(attribute: Attribute, column: Columns) -> ColumnElement[str]:
    typed, *keys = (func.coalesce(column(name), "", type_=Text) for name in _columns(attribute))
    one_line = func.replace(typed, "\n", " ", type_=Text)
    if attribute.kind is None or attribute.kind.search is not Search.DIGITS:
        return one_line
    digits = (_digits(each) for each in (*keys, typed))
    return one_line + KEYS + reduce(lambda text, each: text + literal(" ") + each, digits)


def _digits(value: ColumnElement[str]) -> ColumnElement[str]:
    return reduce(lambda text, sign: func.replace(text, sign, "", type_=Text), _SEPARATORS, value)
