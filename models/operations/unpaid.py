"""What customers still owe."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from sqlalchemy import case, func, select

from models.document import Document


def unpaid(session: Any, customer: int) -> list[tuple[Any, str, Decimal, Decimal | None]]:
    """Return what is open for a customer, and what of it is overdue, by kind of document and currency."""
    late = case((Document.overdue(), Document.open_amount), else_=None)
    query = (
        select(Document.kind, Document.currency, func.sum(Document.open_amount), func.sum(late))
        .where(Document.customer_id == customer, Document.open_amount > 0)
        .group_by(Document.kind, Document.currency)
        .order_by(Document.currency)
    )
    return [tuple(row) for row in session.execute(query)]
