"""New documents: begun for a customer, or made from other documents. These operations flush and never commit."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

from sqlalchemy import select

from models.billing import left
from models.customer import Customer
from models.document import MOST_LINES, Document
from models.document_line import DocumentLine
from models.errors import DomainError
from models.i18n import N_
from models.operations.papers import company_of
from models.related import lock_anew
from models.rules.document_kinds import Conversion, DocumentKind, conversion, made_from
from models.types import today
from models.vat_rate import VatRate

TOGETHER = N_("Choose documents of one kind, customer and currency, with the same prices.")
NO_WAY = N_("No %(target)s is made from this.")
TOO_MANY = N_("At most %(count)s lines fit into one document: take fewer at once.")
NOTHING_LEFT = N_("Nothing of it is left for this.")
# What a document takes over from the one that it was made from.
CARRIED = ("currency", "base_currency", "prices_include_vat", "discount", "payment_method", "reference", "destination")
LINE = ("description", "unit", "price", "discount")
# What else a copy says like the other.
COPIED = (*CARRIED, "series", "note", "reason", "carrier")


def begin(session: Any, document: Document, customer: Customer) -> None:
    """Fill in what a new document begins with: the terms of the customer and of its group."""
    group, company = customer.group, company_of(session)
    document.date = today()
    document.currency = customer.currency or (company.currency if company else document.currency)
    document.base_currency = company.currency if company else None
    if group is not None:
        document.discount, document.prices_include_vat = group.discount, group.prices_include_vat


def default_rate(session: Any) -> VatRate | None:
    """Return the VAT rate that new lines begin with."""
    found: VatRate | None = session.scalar(select(VatRate).where(VatRate.is_default, VatRate.active))
    return found


def conversions(document: Document) -> list[Conversion]:
    """Return what can be made from a document as it stands."""
    return made_from(document.kind) if document.counts else []


def quantities_left(session: Any, documents: Sequence[Document], target: DocumentKind) -> dict[int, Decimal]:
    """Return by key of line how much of it can still go into a document of this kind."""
    lines = [line for document in documents for line in document.lines]
    return left(session, lines, target.rules.effect)


def convert(
    session: Any,
    documents: Sequence[Document],
    target: DocumentKind,
    quantities: Mapping[int, Decimal] | None = None,
) -> Document:
    """Return a draft made from what is left of documents, or from these quantities of their lines, by key.

    DomainError if they do not go together, or nothing of them is left. Whoever asks for the same lines at the same
    moment waits, and then sees what is left.
    """
    first = documents[0]
    way = conversion(first.kind, target)
    lock_anew(session, documents)
    if way is None or not all(each.counts for each in documents):
        raise DomainError(NO_WAY, target=target.label.lower())
    if len(documents) > 1 and not (way.several and len({_terms(each) for each in documents}) == 1):
        raise DomainError(TOGETHER)
    free = quantities_left(session, documents, target)
    wanted = free if quantities is None else {key: quantities.get(key, Decimal(0)) for key in free}
    lines = [_taken(line, wanted[line.id]) for each in documents for line in each.lines if wanted[line.id] > 0]
    if not lines:
        raise DomainError(NOTHING_LEFT)
    if len(lines) > MOST_LINES:
        raise DomainError(TOO_MANY, count=MOST_LINES)
    return _draft(session, first, target, lines)


def duplicate(session: Any, document: Document) -> Document:
    """Return a draft of today with the same lines, that comes from nowhere and has no number, payments or snapshot."""
    keys = (*LINE, "quantity", "vat_rate")
    lines = [DocumentLine(**{key: getattr(line, key) for key in keys}) for line in document.lines]
    return _draft(session, document, document.kind, lines, COPIED)


def _draft(
    session: Any, first: Document, target: DocumentKind, lines: Sequence[DocumentLine], keys: Sequence[str] = CARRIED
) -> Document:
    """Add a draft with these lines that says, under these keys, what another document does."""
    document = Document(kind=target, customer=first.customer, **{key: getattr(first, key) for key in keys})
    for position, line in enumerate(lines):
        line.position = position
        document.lines.append(line)
    session.add(document)
    session.flush()
    return document


def _terms(document: Document) -> tuple[Any, ...]:
    terms = (document.kind, document.currency, document.prices_include_vat, document.discount)
    return (document.customer_id, *terms)


def _taken(line: DocumentLine, quantity: Decimal) -> DocumentLine:
    ordered = line if line.document.kind is DocumentKind.ORDER else line.ordered
    values = {key: getattr(line, key) for key in LINE}
    return DocumentLine(**values, quantity=quantity, vat_rate=line.vat_rate, source=line, ordered=ordered)
