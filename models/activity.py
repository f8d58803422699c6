"""Activities: what happened with a customer, or shall happen."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from functools import cache
from typing import TYPE_CHECKING, Any, ClassVar, cast

from sqlalchemy import ColumnElement, Index, select
from sqlalchemy.orm import Mapped

from models.base import Base
from models.contact import Contact
from models.customer import Customer
from models.description import describe, entities
from models.fields import Moment, moment, parent, reference
from models.types import utcnow


class Activity:
    """Adds what every activity has: the customer, the contact if it was one, and where it stands in the timeline.

    It is told on the records that `TOLD_ON` leads to.
    """

    TOLD_ON: ClassVar[Sequence[str]] = ("contact", "customer", "customer.account")

    customer: Mapped[Customer] = parent(indexed=False)
    contact: Mapped[Contact | None] = reference(orphans="clear", within="customer", indexed=False)
    at: Mapped[Moment] = moment(label="When")

    if TYPE_CHECKING:
        id: Mapped[int]
        customer_id: Mapped[int]
        contact_id: Mapped[int | None]
        created_at: Mapped[datetime]

    @classmethod
    def indexes(cls) -> tuple[Any, ...]:
        """The newest come first: of all, of a customer, of a contact."""
        return (
            Index(None, "at", "id"),
            Index(None, "customer_id", "at", "id"),
            Index(None, "contact_id", "at", "id"),
        )

    def derive(self) -> None:
        """What nobody dates happened when it was written down."""
        at, created = cast("list[datetime | None]", [self.at, self.created_at])
        self.at = at or created or utcnow()

    @classmethod
    def touches(cls) -> ColumnElement[bool] | None:
        """Return which of them were being in touch with somebody; None if none ever is."""
        return None

    @classmethod
    def pending(cls) -> tuple[ColumnElement[bool], Sequence[Any]] | None:
        """Return which of them are still to be done, and in what order; None if none ever is."""
        return None


def activities() -> tuple[Any, ...]:
    """Return every entity whose rows stand in timelines, in order of name."""
    return tuple(model for model in entities() if issubclass(model, Activity))


@cache
def told_on(target: type[Base]) -> dict[Any, str]:
    """Return the entities whose rows stand in the timelines of this one's records, each with its path there."""
    return {each: path for each in activities() for path in each.TOLD_ON if _end(each, path) is target}


@cache
def hosts() -> tuple[type[Base], ...]:
    """Return every entity whose records have a timeline."""
    return tuple(each for each in entities() if told_on(each))


def leading(activity: Any, path: str, key: int) -> ColumnElement[bool]:
    """Return which activities a path leads from to the record with this key."""
    first, _, last = path.partition(".")
    column: ColumnElement[Any] = getattr(activity, f"{first}_id")
    if not last:
        return column == key
    between: Any = describe(activity).attributes[first].target
    return column.in_(select(between.id).where(getattr(between, f"{last}_id") == key))


def _end(activity: Any, path: str) -> type[Base] | None:
    model: Any = activity
    for step in path.split("."):
        model = describe(model).attributes[step].target
    return model  # type: ignore[no-any-return]
