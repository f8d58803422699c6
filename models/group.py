"""Customer groups: the terms that several customers share."""

from __future__ import annotations

from decimal import Decimal

from sqlalchemy import Index, text
from sqlalchemy.orm import Mapped

from models.base import Base, Timestamped
from models.errors import DomainError
from models.fields import Line, Name, Percent, field
from models.i18n import N_


class CustomerGroup(Timestamped, Base):
    """Customers on the same terms; one group is the default and takes in the customers of a deleted one."""

    __label__ = "Group"

    name: Mapped[Name] = field(unique=True)
    price_list: Mapped[Line | None]
    discount: Mapped[Percent] = field(default=Decimal(0), label="Discount %")
    prices_include_vat: Mapped[bool] = field(default=False)
    may_request_quotes: Mapped[bool] = field(default=True)
    is_default: Mapped[bool] = field(default=False, fixed=True, label="Default")

    @classmethod
    def indexes(cls) -> tuple[Index, ...]:
        """At most one group is the default."""
        where = text("is_default")  # alike on both databases, in migrations too
        return (
            Index("uq_customer_group_default", "is_default", unique=True, sqlite_where=where, postgresql_where=where),
        )

    def obstacle(self) -> DomainError | None:
        """Refuse to delete the default group: it takes in the customers of the others."""
        return DomainError(N_("It is the default group.")) if self.is_default else None
