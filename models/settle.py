"""The last look at a row before it is written: complete it, derive what follows, check it whole."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from sqlalchemy import inspect, select, true
from sqlalchemy.orm import Session, UOWTransaction

from models.base import Base
from models.description import Attribute, describe
from models.errors import DomainError, DomainErrors
from models.fields import kind_of
from models.i18n import N_
from models.related import related
from models.relations import Reference

REQUIRED = N_("This field is required.")
UNKNOWN = N_("This does not exist, or is not yours to use.")


def settle_rows(session: Session, context: UOWTransaction, instances: Any) -> None:
    """Settle every new or changed row, and the parents of changed parts, in a fixed order; raise all that is wrong."""
    rows = [row for row in (*session.new, *session.dirty) if isinstance(row, Base)]
    changed = dict.fromkeys(row for row in rows if row in session.new or session.is_modified(row))
    for row in (*changed, *(row for row in session.deleted if isinstance(row, Base))):
        whole = _whole(row)
        if whole is not None and whole not in session.deleted:
            changed.setdefault(whole)
    errors = [_about(row, error) for row in changed for error in settle(session, row)]
    if errors:
        raise DomainErrors(errors)
    for row in changed:
        if row not in session.new:
            row.version += 1


def _about(row: Base, error: DomainError) -> DomainError:
    for single in error.errors:
        single.subject = single.subject or row
    return error


def settle(session: Session, row: Base) -> Iterator[DomainError]:
    """Complete and derive, then yield everything that is wrong with the row."""
    for each in describe(type(row)).attributes.values():
        if each.target:
            _complete(session, row, each)
    row.derive()
    found = [error for each in describe(type(row)).attributes.values() for error in _check(row, each)]
    found.extend(row.problems())
    if not found:
        found.extend(_underived(row))
    yield from found


def _check(row: Base, attribute: Attribute) -> Iterator[DomainError]:
    return _check_relation(row, attribute) if attribute.target else _check_value(row, attribute)


def _underived(row: Base) -> Iterator[DomainError]:
    """A value that follows from others is asked for only when nothing else explains why it is missing."""
    for each in describe(type(row)).attributes.values():
        if each.facts.derived and each.required and getattr(row, each.key) is None:
            yield DomainError(REQUIRED, each.key)


def _whole(row: Base) -> Base | None:
    """Return the record that this row is a part of, which changes with it."""
    description = describe(type(row))
    if not description.is_part or description.parent is None:
        return None
    key = description.parent.key
    before = inspect(row).attrs[key].history.deleted
    return getattr(row, key) or (before[0] if before else None)


def _complete(session: Session, row: Base, attribute: Attribute) -> None:
    """Fill an empty reference with the creator or the default row, as declared."""
    relation = inspect(type(row)).relationships[attribute.key].info["relation"]
    if not isinstance(relation, Reference) or row not in session.new or _points(row, attribute):
        return
    if relation.creator and session.info["actor"].user_id:
        setattr(row, f"{attribute.key}_id", session.info["actor"].user_id)
    if relation.orphans == "default":
        target: Any = attribute.target
        setattr(row, attribute.key, session.scalar(select(target).where(target.is_default == true())))


def _points(row: Base, attribute: Attribute) -> bool:
    return getattr(row, f"{attribute.key}_id") is not None or getattr(row, attribute.key) is not None


def _check_relation(row: Base, attribute: Attribute) -> Iterator[DomainError]:
    """Refuse a key that points to nothing the actor can see: hidden and absent rows look alike."""
    if not _relation_changed(row, attribute):
        return
    if _points(row, attribute) and related(row, attribute.key) is None:
        yield DomainError(UNKNOWN, attribute.key)
    elif attribute.required and not _points(row, attribute):
        yield DomainError(REQUIRED, attribute.key)


def _relation_changed(row: Base, attribute: Attribute) -> bool:
    attrs = inspect(row).attrs
    return attrs[f"{attribute.key}_id"].history.has_changes() or attrs[attribute.key].history.has_changes()


def _check_value(row: Base, attribute: Attribute) -> Iterator[DomainError]:
    """Settle one value with its country, and keep its companion in step."""
    value = getattr(row, attribute.key)
    country = _country(row, attribute)
    try:
        if value is None:
            _check_absent(attribute, country)
        elif attribute.kind and attribute.kind.settle:
            _assign(row, attribute.key, attribute.kind.settle(value, country))
    except DomainError as error:
        yield error.about(attribute.key)
        return
    if attribute.kind and attribute.kind.companion:
        companion = attribute.kind.companion
        _assign(row, f"{attribute.key}_{companion.suffix}", companion.compute(getattr(row, attribute.key), country))


def _assign(row: Base, key: str, value: Any) -> None:
    if getattr(row, key) != value:
        setattr(row, key, value)


def _check_absent(attribute: Attribute, country: str | None) -> None:
    kind = kind_of(attribute.column)
    required = attribute.required and not attribute.facts.derived
    if required or (kind and kind.required_in and country and kind.required_in(country)):
        raise DomainError(REQUIRED)


def _country(row: Base, attribute: Attribute) -> str | None:
    """Return the country that the declaration points to, if the rows on the way are there."""
    *way, last = (attribute.facts.country or "").split(".")
    place: Base | None = row
    for step in way:
        place = related(place, step) if place is not None else None
    return getattr(place, last, None) if last else None
