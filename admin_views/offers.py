"""What a relation may newly lead to: rows that are offered, owners within reach; and which entities can come about."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from sqlalchemy import ColumnElement, select

from models.base import Base, db
from models.description import Attribute, describe
from models.gate import actor_of, ungated
from models.owned import Owned
from models.permissions import Permission, decide
from models.relations import Reference

Needs = tuple[Any, type[Base]]  # an entity of which a row must be offered, and to which other entity
ASKING = ungated("whether there is anything to choose at all tells nothing of the rows")


def offered(model: type[Base], attribute: Attribute, *, new: bool = False) -> list[ColumnElement[bool]]:
    """Return what a row fulfils that the relation may newly lead to: of owners, that one may give them rows."""
    target: Any = attribute.target
    clause, reach = target.offered(model), _reach(model, new=new) if is_owner(model, attribute) else None
    within = [] if reach is None else [target.id.in_(sorted(reach))]
    return within if clause is None else [clause, *within]


def is_offered(model: type[Base], attribute: Attribute, row: Base, *, new: bool) -> bool:
    """Return whether the relation may newly lead to this row."""
    target: Any = attribute.target
    clauses = offered(model, attribute, new=new)
    return not clauses or db.session.scalar(select(target.id).where(target.id == row.id, *clauses)) is not None


def first_offered(model: type[Base], attribute: Attribute, most: int) -> Sequence[Base]:
    """Return some of the rows that the relation of a new row may lead to."""
    target: Any = attribute.target
    clauses = offered(model, attribute, new=True)
    return db.session.scalars(select(target).where(*clauses).order_by(target.id).limit(most)).all()


def must_be_offered(model: type[Base], attribute: Attribute) -> bool:
    """Return whether no row of the entity can come about unless some row is offered to this relation."""
    if attribute.target is None or attribute.is_parent or attribute.facts.derived:
        return False
    return attribute.required and attribute.target.offered(model) is not None


def is_sole(attribute: Attribute) -> bool:
    """Return whether a new row takes the only row there is to choose."""
    return isinstance(attribute.relation, Reference) and attribute.relation.sole


def is_owner(model: type[Base], attribute: Attribute) -> bool:
    """Return whether a relation says who owns the rows of the entity."""
    return issubclass(model, Owned) and attribute.key == "owner"


def may_be_nobodys(model: type[Base]) -> bool:
    """Return whether the person may take the owner of a row away."""
    return _reach(model, new=False) is None


def may_give(row: Base, *, new: bool) -> bool:
    """Return whether the person may let somebody else own the row."""
    reach, me = _reach(type(row), new=new), actor_of(db.session).user_id
    if reach is not None and reach <= {me}:
        return False
    return new or bool(decide(actor_of(db.session), Permission.ASSIGN, type(row), row))


def coming_about(models: Iterable[type[Base]]) -> set[type[Base]]:
    """Return the entities of which rows can come about: what they must lead to is offered; asked in one statement."""
    needs = {model: list(_needs(model)) for model in models}
    asked = list(dict.fromkeys(each for some in needs.values() for each in some))
    found = _found(asked) if asked else set()
    return {model for model, some in needs.items() if found.issuperset(some)}


def _found(asked: Sequence[Needs]) -> set[Needs]:
    exist = [select(target.id).where(target.offered(to)).exists() for target, to in asked]
    answers = db.session.execute(select(*exist), execution_options=ASKING).one()
    return {each for each, is_there in zip(asked, answers, strict=True) if is_there}


def _needs(model: type[Base]) -> Iterator[Needs]:
    """A child needs what its parent does."""
    for each in describe(model).attributes.values():
        if each.is_parent and each.target:
            yield from _needs(each.target)
        elif must_be_offered(model, each):
            yield each.target, model


def _reach(model: type[Base], *, new: bool) -> frozenset[int] | None:
    """Return whom the person may let own rows, by key; None for everybody. New rows are created for them, too."""
    actor = actor_of(db.session)
    asked = (Permission.ASSIGN, Permission.CREATE) if new else (Permission.ASSIGN,)
    return actor.reach(min(actor.level(model.__tablename__, each) for each in asked))
