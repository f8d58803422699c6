"""A customer with a word in every field that nobody may find afterwards, and where in the database such words stand."""

from __future__ import annotations

import re
from decimal import Decimal
from typing import Any

from sqlalchemy import MetaData, select

from models.base import db
from models.company import Company
from models.contact import Contact
from models.customer import Customer, CustomerEmail, CustomerKind, CustomerPhone
from models.document import Document
from models.document_line import DocumentLine
from models.message import Message, MessageStatus
from models.note import Note
from models.operations.deletion import delete_rows
from models.operations.issuing import issue
from models.vat_rate import VatRate
from tests.models.world import save

MARK = "zqcanary"  # what every word begins with that nobody may find afterwards
PHONE = "+39 02 66981234"
DIGITS = "66981234"
TAX_CODE = "RSSMRA85T10A562S"


def canary(name: str) -> str:
    return f"{MARK}{name}"


def full(kind: CustomerKind = CustomerKind.PRIVATE) -> Customer:
    """Add a customer with something in every field, who has been changed and has lost a contact and a note."""
    customer = Customer(
        kind=kind, first_name=canary("first"), last_name=canary("last"), company=canary("company"),
        vat_number="IT12345670785", billing_country="IT", billing_province="MI", code=canary("code"),
        tax_code=TAX_CODE if kind is CustomerKind.PRIVATE else "12345670785", website=f"https://{MARK}.example",
        recipient=f"{MARK}@pec.example", tags=canary("tag"), billing_street=canary("street"),
        billing_street2=canary("streettwo"), billing_city=canary("city"), billing_postal_code="20121",
        shipping_street=canary("shipping"), shipping_street2=canary("shippingtwo"), shipping_city=canary("town"),
        shipping_country="DE", shipping_postal_code="20095", shipping_province=canary("land"), can_login=True,
        password="secret-123", newsletter=True,
        emails=[CustomerEmail(address=f"{MARK}{n}@example.com", label=canary("label"), primary=n == 1) for n in (1, 2)],
        phones=[CustomerPhone(number=PHONE, label=canary("phone"), primary=True)],
    )  # fmt: skip
    save(customer)
    for number in range(2):
        save(Contact(customer=customer, name=canary(f"contact{number}"), phone=PHONE, notes=canary("remark")))
    save(Note(customer=customer, body=canary("note")), message(customer))
    customer.account.description = canary("description")
    customer.account.tags = canary("accounttag")
    customer.billing_street = canary("newstreet")
    db.session.commit()
    lost = Note(customer=customer, body=canary("lostnote"))
    save(lost)
    for gone in (customer.contacts[0], lost):  # type: ignore[attr-defined]
        delete_rows(db.session, [gone])
        db.session.commit()
    return customer


def message(customer: Customer) -> Message:
    return Message(
        customer=customer, subject=canary("subject"), recipients=f"{MARK}1@example.com", cc=f"{MARK}2@example.com",
        body=canary("body"), status=MessageStatus.REFUSED, detail=canary("detail"), missed=f"{MARK}1@example.com",
        message_id=canary("id"),
    )  # fmt: skip


def document(customer: Customer, *, issued: bool = True, **values: Any) -> Document:
    """Add an invoice, or the draft of one."""
    rate = db.session.scalars(select(VatRate)).first()
    row = Document(customer=customer, note=canary("printed"), remarks=canary("remarks"), **values)
    row.lines.append(DocumentLine(description=canary("line"), price=Decimal("10.02"), vat_rate=rate))
    save(row)
    if issued:
        save(sole_company())
        issue(db.session, row)
        db.session.commit()
    return row


def sole_company() -> Company:
    found = db.session.scalars(select(Company)).first() or Company()
    found.name, found.street, found.city, found.country = "We Srl", "Via Roma 1", "Torino", "IT"
    found.postal_code, found.province, found.vat_number, found.regime = "10121", "TO", "IT12345670785", "RF01"
    return found


def known() -> set[str]:
    """Return the words that stand in any table, as they were typed."""
    connection = db.session.connection()
    there = MetaData()
    there.reflect(connection)
    rows = [str(tuple(row)) for table in there.tables.values() for row in connection.execute(select(table))]
    return {word for row in rows for word in re.findall(rf"{MARK}\w*", row)}


def tables(*words: str) -> dict[str, set[str]]:
    """Return the columns of every table of the database, whatever made it, in which one of these words stands."""
    connection = db.session.connection()
    there = MetaData()
    there.reflect(connection)
    found: dict[str, set[str]] = {}
    for table in there.tables.values():
        for row in connection.execute(select(table)).mappings():
            for name, value in row.items():
                if any(word.casefold() in str(value).casefold() for word in words):
                    found.setdefault(table.name, set()).add(str(name))
    return found
