"""What a customer is worth."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Mapped

from models.company import Company
from models.fields import Currency, Price, field


class Valued:
    """Adds what was earned; `models/earning.py` keeps it, so that lists can be sorted and filtered by it."""

    lifetime_value: Mapped[Price] = field(
        default=Decimal(0),
        server_default="0",
        fixed=True,
        followed=True,
        index=True,
        currency="lifetime_currency",
        help="What was billed less credit notes, in the company's currency.",
    )
    lifetime_currency: Mapped[Currency | None] = field(
        hidden=True, followed=True, default=select(Company.currency).limit(1).scalar_subquery()
    )

    def shown(self, key: str) -> Any:
        """Nothing is said of what was earned before anybody said in which currency."""
        if key == "lifetime_value" and self.lifetime_currency is None:
            return None
        return super().shown(key)  # type: ignore[misc]
