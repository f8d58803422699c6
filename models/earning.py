"""Keeping, with every customer, what was earned: what counts of documents, in the company's currency."""

from __future__ import annotations

from typing import Any

from sqlalchemy import func, inspect, select
from sqlalchemy.orm import Session, UOWTransaction

from models.base import Base
from models.company import Company
from models.customer import Customer
from models.document import Document
from models.following import Values, is_followed_later, keys_around, take_turns, write_following
from models.related import batches
from models.types import FixedPoint

COUNTS = ("worth", "customer_id", "base_currency")


def count_earnings(session: Session, context: UOWTransaction) -> None:
    """Count anew for every customer of whom a document came to count otherwise; for all, if the currency changed."""
    if is_followed_later(session):
        return
    if _changes_currency(session):
        count_all_earnings(session)
    else:
        _count(session, keys_around(_counting(session), "customer"))


def count_all_earnings(session: Session) -> None:
    """Count anew for every customer; those without documents are worth nothing in the company's currency."""
    _count(session, set(session.connection().scalars(select(Customer.id))))


def _count(session: Session, keys: set[int]) -> None:
    for some in batches(sorted(keys)):
        take_turns(session, Customer, some)
        write_following(session, Customer, _earned(session, some))


def _counting(session: Session) -> list[Document]:
    """Return the documents that come, go, move or count otherwise with this flush."""
    changed = [row for row in session.dirty if isinstance(row, Document) and _is_changed(row)]
    return [*changed, *(row for row in (*session.new, *session.deleted) if isinstance(row, Document))]


def _is_changed(row: Base) -> bool:
    return any(inspect(row).attrs[key].history.has_changes() for key in COUNTS)


def _changes_currency(session: Session) -> bool:
    rows = (row for row in (*session.new, *session.dirty) if isinstance(row, Company))
    return any(inspect(row).attrs.currency.history.has_changes() for row in rows)


def _earned(session: Session, keys: Any) -> dict[int, Values]:
    connection, table = session.connection(), Document.__table__
    currency = connection.scalar(select(Company.__table__.c.currency).limit(1))
    worth = func.sum(table.c.worth, type_=FixedPoint(6))
    query = select(table.c.customer_id, worth).where(table.c.customer_id.in_(keys), table.c.base_currency == currency)
    sums: dict[int, Any] = {key: value for key, value in connection.execute(query.group_by(table.c.customer_id))}  # noqa: C416  rows are no pairs to mypy
    return {key: {"lifetime_value": sums.get(key) or 0, "lifetime_currency": currency} for key in keys}
