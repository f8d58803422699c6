"""Whose personal data an actor reads: everybody's, those of records that were revealed, or only their own."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from models.base import Base
from models.description import Attribute, describe, title_of
from models.kinds import Kind
from models.permissions import Actor
from models.related import related
from models.rights import Personal
from models.rules.mask import mask_text
from models.user import User


def reads_all(actor: Actor) -> bool:
    """Return whether the actor reads personal data as they are, whosever they are."""
    return actor.personal is Personal.SHOWN


def reads(actor: Actor, row: Base) -> bool:
    """Return whether the actor reads the personal data of a row: those of everybody, their own, what they type."""
    key: int | None = row.id  # none yet while it is typed
    own = key is None or (isinstance(row, User) and key == actor.user_id)
    return own or reads_all(actor) or revealed_until(actor, row) is not None


def may_read(actor: Actor, attribute: Attribute, row: Base) -> bool:
    """Return whether the actor reads this value of a row as it is."""
    return not attribute.is_masked_on(row) or reads(actor, row)


def revealed_until(actor: Actor, row: Base) -> datetime | None:
    """Return until when a row is revealed, with the record it belongs to or by itself."""
    at: Base | None = row
    while at is not None and actor.revealed:
        found = actor.revealed.get((at.__tablename__, at.id))
        parent = describe(type(at)).parent
        if found is not None or parent is None or parent.target is None:
            return found
        above = (parent.target.__tablename__, getattr(at, parent.column.key))
        if above in actor.revealed:
            return actor.revealed[above]
        at = related(at, parent.key) if describe(parent.target).parent else None
    return None


def reads_noted(actor: Actor, change: Any) -> bool:
    """Return whether the actor reads what a change in the history says of people."""
    places = (change.entity, change.row_id), (change.root_entity, change.root_id)
    return reads_all(actor) or any(place in actor.revealed for place in places)


def masked(kind: Kind | None, value: Any) -> str:
    """Return a value as those see it who may not read it."""
    return (kind.mask if kind else mask_text)(value)


def title_for(actor: Actor, row: Base) -> str:
    """Return what a row is called, masked where that is personal by itself, as of an email address in a list."""
    attribute = describe(type(row)).attributes.get(describe(type(row)).title)
    if attribute is None or may_read(actor, attribute, row):
        return title_of(row)
    return masked(attribute.kind, getattr(row, attribute.key))
