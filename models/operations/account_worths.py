"""What the customers of an account come to, channel by channel, as far as the actor sees them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from sqlalchemy import case, func, select

from models.channel import Channel
from models.customer import Customer
from models.document import Document
from models.rules.document_kinds import KINDS, DocumentStatus

Amounts = Mapping[str, Decimal]  # by currency
EARNING = [kind for kind, rules in KINDS.items() if rules.earns > 0]


@dataclass(frozen=True)
class ChannelWorth:
    """The customers of one channel: how many, what was billed to them, what is open, and what all that is worth.

    A channel that is closed, or that the actor does not see, has no `name` or does not count. Documents of which no
    rate of exchange is known are `unknown`: they add nothing to the lifetime value.
    """

    channel: int | None
    name: str | None
    counts: bool
    customers: int
    currency: str | None
    lifetime_value: Decimal
    billed: Amounts = field(default_factory=dict)
    open: Amounts = field(default_factory=dict)
    overdue: Amounts = field(default_factory=dict)
    unknown: int = 0


def worths(session: Any, account: int) -> list[ChannelWorth]:
    """Return what the customers of an account come to, the channels that count first, in two statements."""
    documents = _documents(session, account)
    query = (
        select(
            Customer.channel_id,  # type: ignore[attr-defined]
            Channel.name,
            Channel.active,
            func.count(Customer.id),
            func.max(Customer.lifetime_currency),
            func.sum(Customer.lifetime_value),
        )
        .outerjoin(Customer.channel)
        .where(Customer.account_id == account)  # type: ignore[attr-defined]
        .group_by(Customer.channel_id, Channel.name, Channel.active)  # type: ignore[attr-defined]
    )
    found = [
        ChannelWorth(key, name, active is not False, number, currency, value or Decimal(0), **documents[key])
        for key, name, active, number, currency, value in session.execute(query)
    ]
    return sorted(found, key=lambda each: (not each.counts, (each.name or "~").casefold(), each.channel or 0))


def _documents(session: Any, account: int) -> dict[Any, dict[str, Any]]:
    """Return, by channel, what was billed, is open and is overdue in each currency."""
    billed = case((Document.kind.in_(EARNING), Document.total), else_=None)
    late = case((Document.overdue(), Document.open_amount), else_=None)
    unknown = case((Document.kind.in_(EARNING) & Document.worth.is_(None), 1), else_=None)
    query = (
        select(
            Customer.channel_id,  # type: ignore[attr-defined]
            Document.currency,
            func.sum(billed),
            func.sum(Document.open_amount),
            func.sum(late),
            func.count(unknown),
        )
        .join(Document.customer)
        .where(Customer.account_id == account)  # type: ignore[attr-defined]
        .where(Document.number.is_not(None), Document.status != DocumentStatus.CANCELLED)
        .group_by(Customer.channel_id, Document.currency)  # type: ignore[attr-defined]
        .order_by(Document.currency)
    )
    found: dict[Any, dict[str, Any]] = defaultdict(lambda: {"billed": {}, "open": {}, "overdue": {}, "unknown": 0})
    for channel, currency, *amounts, missing in session.execute(query):
        for name, amount in zip(("billed", "open", "overdue"), amounts, strict=True):
            if amount:
                found[channel][name][currency] = amount
        found[channel]["unknown"] += missing
    return found
