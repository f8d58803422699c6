"""What a customer is worth."""

from __future__ import annotations

from decimal import Decimal

from sqlalchemy.orm import Mapped

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
    lifetime_currency: Mapped[Currency | None] = field(hidden=True, followed=True)
