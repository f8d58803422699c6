"""Ownership: who answers for a row."""

from __future__ import annotations

from sqlalchemy.orm import Mapped

from models.fields import reference
from models.user import User


class Owned:
    """Adds the user who answers for a row; permissions with the level *own* look at it."""

    owner: Mapped[User | None] = reference(creator=True, help="Who answers for it.")
