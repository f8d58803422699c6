"""Business units: the tree of teams that says how far rights reach."""

from __future__ import annotations

from sqlalchemy.orm import Mapped

from models.base import Base, Timestamped
from models.fields import LongText, Name, field, reference


class BusinessUnit(Timestamped, Base):
    """A team: its members reach each other's rows with the level *unit*, and those of units below with *division*."""

    name: Mapped[Name] = field(unique=True)
    above: Mapped[BusinessUnit | None] = reference(label="Unit above", listed=True)
    description: Mapped[LongText | None]
