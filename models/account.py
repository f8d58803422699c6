"""Accounts: who stands behind several customers."""

from __future__ import annotations

from sqlalchemy import Index
from sqlalchemy.orm import Mapped

from models.base import Base, Timestamped
from models.contacted import Contacted
from models.fields import LongText, Name, Tags, Url, field
from models.owned import Owned


class Account(Owned, Contacted, Timestamped, Base):
    """A firm or a person with customers in one or more channels; deleting it deletes them."""

    name: Mapped[Name] = field(initials=True)
    website: Mapped[Url | None] = field(private=True)
    tags: Mapped[Tags | None]
    description: Mapped[LongText | None]

    @classmethod
    def indexes(cls) -> tuple[Index, ...]:
        """What the list is sorted and filtered by, each ending in the order that the list walks."""
        return (
            Index(None, "name", "id"),
            Index(None, "owner_id", "name", "id"),
            Index(None, "owner_id", "created_at", "id"),
            Index(None, "owner_id", "updated_at", "id"),
            Index(None, "owner_id", "last_contacted", "id"),
        )
