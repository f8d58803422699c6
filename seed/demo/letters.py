"""Emails with which the demo's documents were sent."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import select

from models.customer import CustomerEmail
from models.document import Document
from models.message import Message, MessageStatus
from models.related import batches
from seed.demo.cast import Cast
from seed.demo.chronicle import Chronicle
from seed.demo.draw import Draw
from seed.demo.staff import SELLERS
from seed.demo.words import read

SENT = 10  # of a hundred documents
LATER = timedelta(minutes=25)


def add_letters(chronicle: Chronicle, seed: str, cast: Cast, until: datetime) -> None:
    """Add the emails, to those customers who have an address."""
    session: Any = chronicle.session
    numbered = select(Document.id, Document.name).where(Document.number.is_not(None)).order_by(Document.id)
    chosen = [key for key, name in session.execute(numbered) if Draw(seed, "letter", name).chance(SENT)]
    primary: list[Any] = session.scalars(select(CustomerEmail).where(CustomerEmail.primary)).all()
    addresses = {each.customer_id: each.address for each in primary}
    for keys in batches(chosen):
        for row in session.scalars(select(Document).where(Document.id.in_(keys)).order_by(Document.id)):
            if row.customer_id in addresses:
                session.add(
                    _write(Draw(seed, "letter", row.name, "text"), row, addresses[row.customer_id], cast, until)
                )
    chronicle.write()


def _write(draw: Draw, document: Document, address: str, cast: Cast, until: datetime) -> Message:
    letters, customer = read("activities.toml")["document"], document.customer
    letter = letters.get(customer.language, letters["en"])
    author = customer.owner or cast.users[draw.one(SELLERS)]
    at = min(document.created_at + LATER, until)
    company = read("documents.toml")["company"]["name"]
    words = {"name": customer.name, "document": document.name, "author": author.name, "company": company}
    return Message(
        customer=customer,
        document=document,
        subject=letter["subject"].format(**words),
        body=letter["body"].format(**words),
        recipients=address,
        attachment=f"{document.name.replace('/', '-')}.pdf"[:100],
        status=MessageStatus.SENT,
        sent_at=at,
        at=at,
        created_at=at,
        updated_at=at,
        author=author,
        message_id=draw.digits("#" * 32),
    )
