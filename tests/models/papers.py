"""Documents for stories: a customer, the company that sells, and drafts with lines."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy import select

from models.base import db
from models.company import Company
from models.customer import Customer
from models.document import Document
from models.document_line import DocumentLine
from models.errors import DomainError
from models.operations.drafting import default_rate
from models.operations.issuing import issue
from models.rules.document_kinds import DocumentKind
from models.vat_rate import VatRate
from tests.models.world import VAT, begin, company, save

D = Decimal


def open_shop() -> Customer:
    """Fill in the company, and add a customer."""
    begin()
    found = db.session.scalar(select(Company).limit(1)) or Company(name="Filanda")
    found.name, found.street, found.city, found.postal_code = "Filanda", "Via Roma 1", "Como", "22100"
    found.country, found.province, found.vat_number = "IT", "CO", VAT
    customer = company(
        billing_street="Via Larga 2", billing_city="Milano", billing_postal_code="20122", billing_province="MI",
        billing_country="IT",
    )  # fmt: skip
    save(found)
    return customer


def rate(name: str = "22 %") -> VatRate:
    """Return a VAT rate by its name."""
    return db.session.scalars(select(VatRate).where(VatRate.name == name)).one()


def line(description: str = "Silk", quantity: str = "1", price: str = "10", **values: Any) -> DocumentLine:
    """Return a line, not stored yet."""
    values = {"vat_rate": default_rate(db.session), **values}
    return DocumentLine(description=description, quantity=D(quantity), price=D(price), **values)


def draft(customer: Customer, kind: DocumentKind, *lines: DocumentLine, **values: Any) -> Document:
    """Add a draft with these lines, or with one."""
    document = Document(kind=kind, customer=customer, **values)
    for position, each in enumerate(lines or (line(),)):
        each.position = position
        document.lines.append(each)
    save(document)
    return document


def issued(customer: Customer, kind: DocumentKind, *lines: DocumentLine, **values: Any) -> Document:
    """Add a document and issue it."""
    document = draft(customer, kind, *lines, **values)
    issue(db.session, document)
    db.session.commit()
    return document


def made(document: Document) -> Document:
    """Issue a draft, and return it."""
    issue(db.session, document)
    db.session.commit()
    return document


def refusal(work: Callable[[], Any]) -> str:
    """Return why work is refused; nothing is written."""
    with pytest.raises(DomainError) as caught:
        work()
    db.session.rollback()
    return str(caught.value)
