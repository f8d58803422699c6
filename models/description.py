"""What an entity's declaration says, read once: everything that shows, checks, searches or moves rows asks here."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from enum import Enum
from functools import cache, cached_property
from typing import Any

from sqlalchemy import Column, ColumnElement, inspect, select
from sqlalchemy.orm import RelationshipProperty

from models.base import Base
from models.fields import Facts, facts_of, kind_of
from models.kinds import LONG_TEXT, ONE_OF, PERSON, TITLE, Kind, Search
from models.naming import sentence
from models.relations import Parent, Reference, Relation

LONGEST_TITLE = 80


@dataclass(frozen=True)
class Attribute:
    """One declared column or relation of an entity."""

    key: str
    label: str
    kind: Kind | None
    facts: Facts
    column: Column[Any]
    python_type: type
    target: type[Base] | None = None
    relation: Relation | None = None

    @property
    def is_parent(self) -> bool:
        """Whether it leads to the row that this one belongs to."""
        return isinstance(self.relation, Parent)

    @property
    def required(self) -> bool:
        """Whether a row cannot be saved without it."""
        return not self.column.nullable and self.column.default is None

    @property
    def searched(self) -> bool:
        """Whether search reaches it."""
        return self.kind is not None and self.kind.search is not Search.NONE and not self.facts.guarded

    @property
    def personal(self) -> bool:
        """Whether it tells of people, whatever the row stands for; what only they know does."""
        if self.facts.personal is not None:
            return self.facts.personal
        return self.kind is not None and (self.kind.personal or self.kind.secret)

    @property
    def maskable(self) -> bool:
        """Whether it may tell of people more than what they are called: some only read it masked."""
        if self.secret or self.kind in (TITLE, PERSON):
            return False
        if self.kind is not None and self.kind.legible:
            return bool(self.facts.personal)
        return self.personal or self.facts.private

    def is_masked_on(self, row: Base | None) -> bool:
        """Whether its value on this row is personal; what is private is so where the row is a person, or may be one."""
        return self.maskable and (self.personal or row is None or row.is_person())

    @property
    def secret(self) -> bool:
        """Whether it is never shown, exported or kept in the history."""
        return self.kind is not None and self.kind.secret


@dataclass(frozen=True)
class Child:
    """A collection of rows that belong to this one."""

    key: str
    model: type[Base]
    parent: str
    part: bool


@dataclass(frozen=True)
class Description:
    """An entity as its declaration tells it."""

    model: type[Base]
    name: str
    attributes: dict[str, Attribute]
    children: tuple[Child, ...]
    title: str

    @cached_property
    def parent(self) -> Attribute | None:
        """The relation to the row this one belongs to."""
        return next((each for each in self.attributes.values() if each.is_parent), None)

    @cached_property
    def has_initials(self) -> bool:
        """Whether its rows are persons or companies, so that the initials of their names stand for them."""
        title = self.attributes.get(self.title)
        return title is not None and (title.kind is PERSON or title.facts.initials)

    @property
    def parts(self) -> tuple[Child, ...]:
        """Collections that are edited within the record's own form."""
        return tuple(child for child in self.children if child.part)

    @property
    def grids(self) -> tuple[Child, ...]:
        """Collections with rows that are records of their own."""
        return tuple(child for child in self.children if not child.part)

    @property
    def shown(self) -> tuple[Attribute, ...]:
        """Attributes a person may see, in the order declared."""
        return tuple(each for each in self.attributes.values() if not each.facts.hidden)

    @cached_property
    def masked(self) -> tuple[Attribute, ...]:
        """Attributes that a person sees, and that may tell of people."""
        return tuple(each for each in self.shown if each.maskable)

    @cached_property
    def tells_of_people(self) -> bool:
        """Whether its rows, or what belongs to them, may hold personal data."""
        return bool(self.masked) or any(describe(child.model).masked for child in self.children)

    @cached_property
    def guarded(self) -> tuple[Attribute, ...]:
        """Attributes that a role has to open."""
        return tuple(each for each in self.attributes.values() if each.facts.guarded)

    @cached_property
    def is_part(self) -> bool:
        """Whether rows of this entity are edited only within their parent's form."""
        return self.parent is not None and _is_part(self.model, self.parent.key)


@cache
def describe(model: type[Base]) -> Description:
    """Return the description of a mapped entity."""
    attributes = {key: _attribute(model, key) for key in _declared(model)}
    return Description(model, model.__tablename__, attributes, _children(model), _title(model, attributes))


def entities() -> tuple[type[Base], ...]:
    """Return every entity that has been declared, in order of name."""
    mapped = (mapper.class_ for mapper in Base.registry.mappers if issubclass(mapper.class_, Base))
    return tuple(sorted(mapped, key=lambda model: model.__name__))


@cache
def entity(name: str) -> type[Base]:
    """Return the entity with this table name; KeyError if there is none."""
    return {model.__tablename__: model for model in entities()}[name]


def title_of(row: Base) -> str:
    """Return what a person calls this row; one that is nothing but a link, by what it leads to."""
    value = getattr(row, describe(type(row)).title)
    if isinstance(value, Base):
        return title_of(value)
    if isinstance(value, Decimal):
        value = f"{value:.{max(-int(value.normalize().as_tuple().exponent), 2)}f}"
    return shortened(str(value or ""), row.id)


def shortened(text: str, key: int) -> str:
    """Return the first line of what a row is called, or its key where it says nothing."""
    first = text.partition("\n")[0]
    if not first:
        return f"#{key}"
    return first if len(first) <= LONGEST_TITLE else first[: LONGEST_TITLE - 1].rsplit(" ", 1)[0] + "…"


def referring(target: type[Base]) -> list[tuple[type[Base], Attribute]]:
    """Return the relations, of all entities, that lead to this one; a child's to its parent are left out."""
    found = [(model, each) for model in entities() for each in describe(model).attributes.values()]
    return [(model, each) for model, each in found if each.target is target and not each.is_parent]


@dataclass(frozen=True)
class Listed:
    """A way by which the record of another entity shows rows of this one: a reference of theirs, or of their parts."""

    model: type[Base]
    key: str
    target: type[Base]
    column: Any
    whole: Any = None

    def leading_to(self, key: int) -> ColumnElement[bool]:
        """Return which rows point to the one with this key."""
        points: ColumnElement[bool] = self.column == key
        return points if self.whole is None else self.model.id.in_(select(self.whole).where(points))


def listed_of(model: type[Base]) -> list[Listed]:
    """Return the ways by which other records show rows of an entity; one through a part is called like the parts."""
    own = [Listed(model, key, target, column) for key, target, column in _listed(model)]
    return own + [
        Listed(model, child.key, target, column, getattr(child.model, f"{child.parent}_id"))
        for child in describe(model).parts
        for _, target, column in _listed(child.model)
    ]


def listed_on(target: type[Base]) -> list[Listed]:
    """Return the ways by which a record of this entity shows rows of others, in order of their names."""
    models = sorted((model for model in entities() if not describe(model).is_part), key=lambda each: each.__plural__)
    return [each for model in models for each in listed_of(model) if each.target is target]


def leading_to(model: type[Base], key: str, to: int) -> ColumnElement[bool]:
    """Return which rows of an entity lead to a row by the relation, or by the parts, of this name."""
    way = next((each for each in listed_of(model) if each.key == key), None)
    return way.leading_to(to) if way else getattr(model, f"{key}_id") == to


def _listed(model: type[Base]) -> list[tuple[str, type[Base], Any]]:
    return [
        (each.key, each.target, getattr(model, each.column.key))
        for each in describe(model).attributes.values()
        if each.target and isinstance(each.relation, Reference) and each.relation.listed
    ]


def _declared(model: type[Base]) -> list[str]:
    """Names of columns and relations in the order people wrote them: the class first, then its mixins."""
    mapper = inspect(model)
    names = [name for cls in model.__mro__ for name in vars(cls).get("__annotations__", {})]
    keys = [key for key in dict.fromkeys(names) if key in mapper.attrs and key not in {"id", "version"}]
    return [key for key in keys if not _is_foreign_key(mapper, key)]


def _is_foreign_key(mapper: Any, key: str) -> bool:
    return key in mapper.columns and "relation" in mapper.columns[key].info


def _attribute(model: type[Base], key: str) -> Attribute:
    prop = inspect(model).attrs[key]
    if isinstance(prop, RelationshipProperty):
        return _related(model, key, prop)
    column = prop.columns[0]
    facts = facts_of(column)
    return Attribute(key, facts.label or sentence(key), kind_of(column), facts, column, _python_type(column))


def _related(model: type[Base], key: str, prop: RelationshipProperty[Any]) -> Attribute:
    relation: Relation = prop.info["relation"]
    column = next(iter(prop.local_columns))
    target, own = prop.mapper.class_, relation if isinstance(relation, Reference) else Reference()
    derived = own.derived or own.orphans == "default"
    facts = Facts(label=relation.label, help=relation.help, fixed=own.fixed, derived=derived)
    return Attribute(key, relation.label or sentence(key), None, facts, column, target, target, relation)  # type: ignore[arg-type]


def _python_type(column: Column[Any]) -> type:
    enum = getattr(column.type, "enum_class", None)
    return enum if enum and issubclass(enum, Enum) else column.type.python_type


def _children(model: type[Base]) -> tuple[Child, ...]:
    found = []
    for prop in inspect(model).relationships:
        if prop.info.get("children"):
            other = prop.mapper.class_
            name = next(iter(prop._reverse_property)).key  # the public name is back_populates, unset with a backref
            found.append(Child(prop.key, other, name, _is_part(other, name)))
    return tuple(found)


def _is_part(model: type[Base], parent: str) -> bool:
    return bool(inspect(model).relationships[parent].info["relation"].part)


def _title(model: type[Base], attributes: dict[str, Attribute]) -> str:
    for kind in (TITLE, PERSON):
        for each in attributes.values():
            if each.kind is kind:
                return each.key
    texts = [each.key for each in attributes.values() if each.kind is LONG_TEXT or each.searched]
    texts += [each.key for each in attributes.values() if each.kind is ONE_OF]
    others = [each for each in attributes.values() if not each.is_parent]
    links = [each.key for each in others if each.target and len(others) == 1]
    return next(iter([*texts, *links]), "id")
