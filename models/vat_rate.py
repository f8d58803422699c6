"""VAT rates: what lines of documents are taxed with."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from decimal import Decimal
from typing import Any

from sqlalchemy import ColumnElement, inspect, select
from sqlalchemy.orm import Mapped

from models.base import Base, Timestamped
from models.errors import DomainError
from models.fields import Name, OneOf, Percent, field
from models.i18n import N_
from models.related import LARGEST_KEY, related
from models.rules.natures import natures

WITHOUT_NATURE = N_("A rate of zero needs the reason why nothing is charged.")
NEEDLESS_NATURE = N_("Only a rate of zero has a reason why nothing is charged.")

CHARGED = {"ungated": "what is charged on a line does not depend on who reads it, nor on who works on it"}


class VatRate(Timestamped, Base):
    """A VAT rate; documents keep what it says, so its per cent and its nature are typed once."""

    __label__ = "VAT rate"

    name: Mapped[Name] = field(unique=True, help="As it stands on documents, such as “22 %”.")
    rate: Mapped[Percent] = field(label="Rate %", lasting=True)
    nature: Mapped[OneOf | None] = field(lasting=True, help="Why a rate of zero is zero.")
    active: Mapped[bool] = field(default=True, help="An inactive rate stays where it is, and cannot be chosen anew.")
    is_default: Mapped[bool] = field(default=False, label="Default", help="What new lines begin with.")

    @classmethod
    def offered(cls, to: type[Base]) -> ColumnElement[bool]:
        """Return the active rates."""
        return cls.active.is_(True)

    @classmethod
    def choices(cls, key: str) -> Sequence[tuple[str, str]]:
        """Return the natures of a rate of zero."""
        return list(natures().items())

    def derive(self) -> None:
        """Take the place of the rate that was the default before."""
        session = inspect(self).session
        if self.is_default and session is not None and inspect(self).attrs.is_default.history.has_changes():
            for other in session.scalars(select(VatRate).where(VatRate.is_default, VatRate.id != self.id)):
                other.is_default = False

    def problems(self) -> Iterator[DomainError]:
        """Yield that a rate of zero says why, and no other does."""
        is_zero = self.rate == Decimal(0)
        if is_zero and not self.nature:
            yield DomainError(WITHOUT_NATURE, "nature")
        if self.nature and not is_zero:
            yield DomainError(NEEDLESS_NATURE, "nature")


def charged_on(row: Any) -> VatRate | None:
    """Return the VAT rate of a line, also where it is hidden from the actor: without it, nothing would be charged."""
    session, key = inspect(row).session, row.vat_rate_id
    found: Any = related(row, "vat_rate") if session else row.vat_rate
    if found is None and session is not None and 0 < (key or 0) <= LARGEST_KEY:
        found = session.get(VatRate, key, execution_options=CHARGED)
    return found  # type: ignore[no-any-return]
