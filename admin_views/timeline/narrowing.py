"""What goes with the record that a row belongs to: people to choose from, and values that are probably meant."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from flask import request
from sqlalchemy import ColumnElement, select

from admin_views.controls import read_key
from admin_views.forms import SUGGESTED, named
from admin_views.offers import offered
from models.base import Base, db
from models.description import Attribute, describe, title_of
from models.gate import actor_of, ungated
from models.masking import may_read
from models.related import find
from models.relations import Reference
from models.seeing import may_view
from models.user import User

MOST_LIKELY = 20
TOLD = ungated("whether somebody sees a record that the actor gave them something to do with")
Likely = tuple[str, str, str]  # a value, whose it is, and the choice that it goes with


def whole_of(attribute: Attribute) -> str | None:
    """Return the relation to the record that a choice must go with, if there is one."""
    relation = attribute.relation
    return (relation.within or relation.sees) if isinstance(relation, Reference) else None


def clauses(attribute: Attribute, model: type[Base], key: int | None) -> list[ColumnElement[bool]]:
    """Return what rows fulfil that go with the record with this key: they belong to it, or are users who see it."""
    relation, whole = attribute.relation, whole_of(attribute)
    if key is None or whole is None or not isinstance(relation, Reference):
        return []
    if relation.within:
        return [getattr(attribute.target, f"{whole}_id") == key]
    target: Any = describe(model).attributes[whole].target
    found = find(db.session, target, key)
    return [] if found is None else [may_view(found)]


def asked(attribute: Attribute, model: type[Base], args: Any) -> list[ColumnElement[bool]]:
    """Return the same of the record that an address names."""
    return clauses(attribute, model, read_key(args.get(whole_of(attribute) or "", "")))


def narrow(view: Any, field: Any, attribute: Attribute, row: Base) -> None:
    """Let a picker offer what goes with the record that the row belongs to."""
    whole, target = whole_of(attribute), attribute.target
    key = getattr(row, f"{whole}_id") if whole else None
    if key is None or target is None:
        return
    field.lookup_url = f"{field.lookup_url}&{whole}={key}"
    field.named = lambda text: named(
        target, text, SUGGESTED, *offered(view.model, attribute), *clauses(attribute, view.model, key)
    )
    _take_again(field)


def _take_again(field: Any) -> None:
    """Look up once more what was typed without JavaScript: the form did so before it was known whose the row is."""
    sent = request.form.getlist(field.name)
    if any(each.strip() for each in sent[1:]):
        field.process_errors = []
        try:
            field.process_formdata(sent)
        except ValueError as error:
            field.process_errors = [str(error)]


def unseeing(row: Base, attribute: Attribute) -> tuple[Base, Base] | None:
    """Return the user whom a relation leads to, and what they should see, where they do not."""
    relation = attribute.relation
    if not isinstance(relation, Reference) or not relation.sees or getattr(row, attribute.key) is None:
        return None
    user, whole = getattr(row, attribute.key), getattr(row, relation.sees)
    seen = db.session.scalar(select(User.id).where(User.id == user.id, may_view(whole)), execution_options=TOLD)
    return None if seen else (user, whole)


def propose(field: Any, attribute: Attribute, row: Any) -> None:
    """Offer in a form what is probably meant; a new row begins with the likeliest."""
    if attribute.facts.likely:
        field.likely = likely(row, attribute)
    if attribute.facts.likely and row.id is None and request.method == "GET" and field.data is None:
        field.data = next((value for value, *_ in field.likely), None)


def likely(row: Base, attribute: Attribute) -> list[Likely]:
    """Return values that are probably meant, the likeliest first, each once, as far as the person reads them."""
    found: dict[str, Likely] = {}
    for path in attribute.facts.likely:
        first, *way, last = path.split(".")
        for other, start in _rows(row, first, way, last):
            value = getattr(other, last)
            if value and may_read(actor_of(db.session), describe(type(other)).attributes[last], other):
                found.setdefault(value, (value, _whose(other, start, last), _choice(row, other)))
    return list(found.values())


def _rows(row: Base, first: str, way: Sequence[str], last: str) -> Iterator[tuple[Base, Base]]:
    """Yield where a value stands and whose it is: a related row, or those of its collection, primary ones first."""
    if not way:
        start = getattr(row, first)
        yield from [(start, start)] if start is not None else []
        return
    target: Any = describe(type(row)).attributes[first].target
    child = next(each for each in describe(target).children if each.key == way[0])
    model: Any = child.model
    order = [model.primary.desc()] if hasattr(model, "primary") else []
    mine = getattr(model, f"{child.parent}_id") == getattr(row, f"{first}_id")
    query = select(model).where(mine, getattr(model, last).is_not(None)).order_by(*order, model.id)
    for other in db.session.scalars(query.limit(MOST_LIKELY)):
        yield other, getattr(other, child.parent)


def _whose(other: Base, start: Base, last: str) -> str:
    name = getattr(other, "label", None) or (title_of(other) if describe(type(other)).title != last else "")
    return name or title_of(start)


def _choice(row: Base, other: Base) -> str:
    """Return the relation of the row that may lead there, with the key that chooses it."""
    relations = (each.key for each in describe(type(row)).attributes.values() if each.target is type(other))
    return f"{next(relations, '')}-{other.id}"
