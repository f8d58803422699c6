"""Issuing documents, and the states that they go through afterwards. These operations flush and never commit."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from typing import Any

from models.billing import predecessors, successors
from models.company import Company
from models.document import SNAPSHOT, Document
from models.errors import DomainError
from models.exchange_rate import rate_on
from models.i18n import N_
from models.operations.numbering import take_number, written_number
from models.operations.papers import company_of, frozen_seller, is_company, lacking, shipping_address
from models.related import lock_anew
from models.rules.document_kinds import DocumentStatus, Effect
from models.rules.paper import ZERO
from models.types import utcnow

ISSUED = N_("It has been issued already.")
EMPTY = N_("Add at least one line first.")
NO_WAY = N_("It cannot become %(status)s any more.")
PAID = N_("It has payments: take them out first, or credit it.")
GONE_ON = N_("%(others)s was made from it: cancel that first, or credit this.")
NEGATIVE = N_("A credit note cannot come to less than zero: make an invoice of it.")
CREDITED = N_("This credits more than is left of %(document)s.")


def issue(session: Any, document: Document, at: datetime | None = None) -> None:
    """Give a draft its number and the customer's and company's data as they are now, all in this transaction.

    It counts as issued now, unless it is told when.
    """
    lock_anew(session, [document])
    if not document.is_draft:
        raise DomainError(ISSUED)
    if not document.lines:
        raise DomainError(EMPTY, "lines")
    company = company_of(session)
    if missing := lacking(company, document.kind):
        raise missing
    for own, theirs in SNAPSHOT.items():
        setattr(document, own, getattr(document.customer, theirs))
    document.party_is_company = is_company(document.customer)
    document.seller = frozen_seller(company)
    document.destination = document.destination or shipping_address(document) or None
    _credit(session, document, document.total)
    _value(session, document, company)
    year = document.date.year
    document.sequence = take_number(session, document, year)
    document.year = year
    document.number = written_number(document.series or "", document.sequence, year)
    document.issued_at = at or utcnow()
    document.status = document.kind.rules.issued
    document.name = f"{document.kind.label} {document.number}"
    session.flush()


def move(session: Any, document: Document, status: DocumentStatus) -> None:
    """Bring an issued document into another state; DomainError for a way that there is not."""
    lock_anew(session, [document])
    if status not in document.kind.rules.steps(document.status):
        raise DomainError(NO_WAY, "status", status=status.label.lower())
    if status is DocumentStatus.CANCELLED:
        refuse_to_cancel(session, document)
        _credit(session, document, -document.total)
    document.status = status
    session.flush()


def refuse_to_cancel(session: Any, document: Document) -> None:
    """Raise DomainError for a document that has been paid or that others were made from."""
    if document.payments:
        raise DomainError(PAID, "status")
    others = [other for other in successors(session, [document]) if other.counts or other.is_draft]
    if others:
        raise DomainError(GONE_ON, "status", others=others[0].name)


def _credit(session: Any, document: Document, amount: Any) -> None:
    """Note on the invoice that a credit note is made from what it takes off it."""
    if document.kind.rules.effect is not Effect.CREDITS:
        return
    if document.total < 0:
        raise DomainError(NEGATIVE, "lines")
    for source in predecessors(session, [document])[:1]:  # nothing is made of several but invoices
        lock_anew(session, [source])
        credited = source.credited + amount
        if credited > source.total:
            raise DomainError(CREDITED, "lines", document=source.name)
        source.credited = max(credited, ZERO)


def _value(session: Any, document: Document, company: Company | None) -> None:
    """Note what one of the company's currency is worth that day; what is credited counts as it was billed."""
    document.base_currency = company.currency if company else document.base_currency
    if not document.kind.rules.earns:
        return
    if document.currency == document.base_currency:
        document.exchange_rate = Decimal(1)
    elif document.exchange_rate is None:
        document.exchange_rate, _ = known_rate(session, document)


def known_rate(session: Any, document: Document) -> tuple[Decimal | None, str]:
    """Return the rate that issuing takes where a draft says none, and what it is from; None where none is known."""
    sources = predecessors(session, [document]) if document.kind.rules.earns < 0 else []
    for source in sources:
        if source.exchange_rate is not None and source.currency == document.currency:
            return source.exchange_rate, source.name
    found = rate_on(session, document.currency, document.date)
    return (found.rate, found.name) if found else (None, "")


def steps(document: Document) -> list[DocumentStatus]:
    """Return the states to which people may bring an issued document."""
    return document.kind.rules.steps(document.status)
