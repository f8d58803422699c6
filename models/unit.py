"""Business units: the tree of teams that says how far rights reach."""

from __future__ import annotations

from collections.abc import Iterator

from sqlalchemy.orm import Mapped

from models.base import Base, Timestamped
from models.errors import DomainError
from models.fields import LongText, Name, field, reference
from models.i18n import N_

CIRCLE = N_("A business unit cannot be part of itself, nor of one that is part of it.")


class BusinessUnit(Timestamped, Base):
    """A team: its members reach each other's rows with the level *unit*, and those of units below with *division*."""

    name: Mapped[Name] = field(unique=True)
    above: Mapped[BusinessUnit | None] = reference(label="Unit above", listed=True)
    description: Mapped[LongText | None]

    def problems(self) -> Iterator[DomainError]:
        """Yield that the unit would be above itself."""
        seen, unit = {self}, self.above
        while unit is not None and unit not in seen:
            seen.add(unit)
            unit = unit.above
        if unit is not None:
            yield DomainError(CIRCLE, "above")
