"""What must be true of a row before it is written, read from its declaration."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from typing import Any

from sqlalchemy import inspect

from models.base import Base
from models.description import Attribute, describe, title_of
from models.errors import DomainError
from models.i18n import N_
from models.kinds import ONE_OF
from models.moving import is_move
from models.related import coming_key, related, relation_set

REQUIRED = N_("This field is required.")
LASTING = N_("This cannot be changed any more.")
NOT_LISTED = N_("Choose one of the values on the list.")
UNKNOWN = N_("This does not exist, or is not yours to use.")
ELSEWHERE = N_("“%(title)s” belongs to another %(whole)s.")


def check(row: Base) -> Iterator[DomainError]:
    """Derive and normalise what follows from other values, then yield everything that is wrong with the row."""
    try:
        row.derive()
    except DomainError as error:
        yield error
        return
    attributes = describe(type(row)).attributes.values()
    found = [error for each in attributes for error in _check(row, each)]
    found.extend(row.problems())
    yield from found or _underived(row)


def points(row: Base, key: str) -> bool:
    """Return whether a relation leads, or claims to lead, to a row."""
    return getattr(row, key if relation_set(row, key) else f"{key}_id") is not None


def settle_dependents(row: Base) -> None:
    """Read anew what hangs below a row and depends on a country of its that has changed, such as phone numbers.

    What cannot be read with the new country keeps its old reading: it was not what the person was changing.
    """
    for child in describe(type(row)).children:
        for each in describe(child.model).attributes.values():
            way, _, last = (each.facts.country or "").rpartition(".")
            if way == child.parent and inspect(row).attrs[last].history.deleted:
                for dependent in getattr(row, child.key):
                    with suppress(DomainError):
                        _settle_value(dependent, each)


def _check(row: Base, attribute: Attribute) -> Iterator[DomainError]:
    if attribute.target and not _why_kept(row, attribute):
        yield from _check_relation(row, attribute)
        return
    if reason := _why_kept(row, attribute):
        yield DomainError(reason, attribute.key)
        return
    try:
        _settle_value(row, attribute)
    except DomainError as error:
        yield error.about(attribute.key)


def _why_kept(row: Base, attribute: Attribute) -> str | None:
    """Return why a change of a stored value is refused: it was typed once, or the row is settled."""
    if not inspect(row).persistent or not _is_changed(row, attribute) or is_move(row, attribute.key):
        return None
    return LASTING if attribute.facts.lasting else row.settled(attribute.key)


def _is_changed(row: Base, attribute: Attribute) -> bool:
    if attribute.target:
        return is_reassigned(row, attribute.key)
    return bool(inspect(row).attrs[attribute.key].history.has_changes())


def _underived(row: Base) -> Iterator[DomainError]:
    """A value that follows from others is asked for only when nothing else explains why it is missing."""
    for each in describe(type(row)).attributes.values():
        if each.facts.derived and each.required and _is_missing(row, each):
            yield DomainError(REQUIRED, each.key)


def _is_missing(row: Base, attribute: Attribute) -> bool:
    return not points(row, attribute.key) if attribute.target else getattr(row, attribute.key) is None


def _check_relation(row: Base, attribute: Attribute) -> Iterator[DomainError]:
    """Refuse a key that points to nothing the actor can see: hidden and absent rows look alike."""
    if inspect(row).persistent and not is_reassigned(row, attribute.key):
        return
    if points(row, attribute.key):
        other = related(row, attribute.key)
        if other is None:
            yield DomainError(UNKNOWN, attribute.key)
        elif whole := _is_elsewhere(row, attribute, other):
            yield DomainError(ELSEWHERE, attribute.key, title=title_of(other), whole=whole.label.lower())
    elif attribute.required and not attribute.facts.derived:
        yield DomainError(REQUIRED, attribute.key)


def _is_elsewhere(row: Base, attribute: Attribute, other: Base) -> Attribute | None:
    """Return the relation that should lead both rows to the same one, where it does not."""
    key = getattr(attribute.relation, "within", None)
    if key is None or coming_key(row, key) == coming_key(other, key):
        return None
    return describe(type(row)).attributes[key]


def is_reassigned(row: Base, key: str) -> bool:
    """Return whether this flush lets a relation lead elsewhere."""
    return relation_set(row, key) or inspect(row).attrs[f"{key}_id"].history.has_changes()


def _settle_value(row: Base, attribute: Attribute) -> None:
    """Settle one value with its country, and keep its companion in step."""
    kind, value = attribute.kind, getattr(row, attribute.key)
    country = _country(row, attribute)
    if value is None and not (kind and kind.required_in):
        _demand_value(row, attribute)
    elif kind is ONE_OF and value not in dict(type(row).choices(attribute.key)):
        raise DomainError(NOT_LISTED)
    elif kind and kind.settle:
        _assign(row, attribute.key, kind.settle(value, country))
    if kind and kind.companion:
        companion = kind.companion.compute(getattr(row, attribute.key), country)
        _assign(row, kind.companion.key(attribute.key), companion)


def _assign(row: Base, key: str, value: Any) -> None:
    if getattr(row, key) != value:
        setattr(row, key, value)


def _demand_value(row: Base, attribute: Attribute) -> None:
    column = attribute.column
    filled_in = attribute.facts.derived or (column.default is not None and column.default.is_callable)
    if not column.nullable and not filled_in:
        raise DomainError(REQUIRED)
    if needed_now(row, attribute):
        raise DomainError(attribute.facts.demand or REQUIRED)


def needed_now(row: Base, attribute: Attribute) -> bool:
    """Return whether another choice of this row makes the value required."""
    if attribute.facts.when is None:
        return False
    other, choice = attribute.facts.when
    return getattr(row, other) is choice


def _country(row: Base, attribute: Attribute) -> str | None:
    """Return the country that the declaration points to, if the rows on the way are there."""
    *way, last = (attribute.facts.country or "").split(".")
    place: Base | None = row
    for step in way:
        place = related(place, step) if place is not None else None
    return getattr(place, last, None) if last else None
