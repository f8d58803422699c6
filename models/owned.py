"""Ownership: who answers for a row."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Index
from sqlalchemy.orm import Mapped

from models.fields import reference
from models.user import User


class Owned:
    """Adds the user who answers for a row; permissions below *organisation* look at it.

    Indexes of an entity's own begin with `owner_id` where its list is walked in their order.
    """

    owner: Mapped[User | None] = reference(creator=True, indexed=False, help="Who answers for it.")

    @classmethod
    def indexes(cls) -> tuple[Any, ...]:
        """Find the rows of an owner."""
        return (Index(None, "owner_id", "id"),)
