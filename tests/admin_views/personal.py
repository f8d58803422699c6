"""A panel with people of whom every masked field holds a canary: a word that stands nowhere else."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from html import unescape
from itertools import count
from typing import Any
from urllib.parse import urldefrag

from flask import Flask
from sqlalchemy.orm import Mapped

from admin_views import registry
from models.base import Base, Timestamped, db
from models.call import Call
from models.contact import Contact
from models.customer import Customer, CustomerEmail, CustomerKind, CustomerPhone
from models.document import Document
from models.fields import Line, Name, field
from models.message import Message, MessageStatus
from models.permissions import EVERYTHING
from models.rights import EVERY_OTHER, Personal
from models.rules.document_kinds import DocumentKind
from models.rules.password import Sealed
from models.search.sync import sync_search
from models.user import User, UserRole
from tests.conftest import dispose, make_app
from tests.models.papers import draft, issued, open_shop
from tests.models.scratch import forget
from tests.panel import Panel, add
from tests.people import HASH, new_role

LINK = re.compile(r'(?:href|hx-get)="(/[^"]*)"')
NUMBERS = count(1)
WORDS = ("hoopoe", "bittern")
PHONES = {"hoopoe": "+39 02 66981234", "bittern": "+39 02 55437719"}
STARTS = (
    "/customer/", "/contact/", "/document/?kind=invoice", "/message/", "/call/", "/account/", "/guest/",
    "/contact/?columns=phone,email", "/customer/?columns=billing_street,tax_code,code,vat_number,shipping_province",
    "/customer/export/csv/", "/contact/export/csv/", "/message/export/csv/", "/call/export/csv/", "/guest/export/csv/",
    "/document/export/csv/", "/message/ajax/lookup/?name=customer&query=ada", "/task/", "/note/",
)  # fmt: skip


@contextmanager
def panel_with_guests(url: str) -> Iterator[Flask]:
    """Serve an entity that declares a column personal, and nothing more; forget it at the end."""

    class Guest(Timestamped, Base):
        name: Mapped[Name]
        seat: Mapped[Line | None] = field(personal=True)

    registry.register(Guest)
    app = make_app(url)
    app.extensions["guest"] = Guest
    try:
        with app.app_context(), db.engine.begin() as connection:
            Guest.__table__.create(connection)  # type: ignore[attr-defined]
            sync_search(connection)
        yield app
    finally:
        dispose(app)
        registry._registered.pop(Guest)
        forget(Guest)


def reader(app: Flask, personal: Personal) -> Panel:
    """Return somebody who may do everything with every row, and reads personal data like this."""
    role = new_role({EVERY_OTHER: EVERYTHING}, personal=personal)
    email = f"rita{next(NUMBERS)}@example.com"
    return Panel(app, add(User(name="Rita", email=email, password=Sealed(HASH), roles=[UserRole(role=role)])))


def people(app: Flask) -> list[Customer]:
    """Store two people with canaries in whatever tells of them, in what belongs to them, and in their history."""
    open_shop()
    found = [_person(name, word) for name, word in zip(("Ada", "Bea"), WORDS, strict=True)]
    add(*(app.extensions["guest"](name=f"Guest {word[0]}", seat=word) for word in WORDS))
    return found


def _person(name: str, word: str) -> Customer:
    there: dict[str, Any] = {f"shipping_{key}": f"{word} {key}" for key in ("street", "street2", "city", "province")}
    customer = Customer(
        kind=CustomerKind.PRIVATE, first_name=name, last_name="Rossi", code=f"{word}7", website=f"https://{word}.example",
        recipient=f"{word}@pec.example", billing_street=f"{word} 1", billing_street2=f"{word} 2",
        billing_city=f"{word}burg", billing_postal_code="20121", billing_country="IT", billing_province="MI",
        shipping_country="DE", shipping_postal_code="20095", can_login=True, password="secret-123",
        tax_code="RSSMRA85T10A562S" if word == WORDS[0] else None, **there,
        emails=[CustomerEmail(address=f"the.{word}@example.com", primary=True)],
        phones=[CustomerPhone(number=PHONES[word], primary=True)],
    )  # fmt: skip
    add(customer)
    to = f"the.{word}@example.com"
    about: list[Any] = [
        Contact(customer=customer, name=f"Friend of {name}", phone=PHONES[word], email=f"my.{word}@example.com"),
        Call(customer=customer, subject="Hello", number=PHONES[word]),
        Message(
            customer=customer, subject="Hello", body="Hello", recipients=to, cc=f"my.{word}@example.com", missed=to,
            status=MessageStatus.PARTLY, detail=f"{to}: no such box", message_id=word,
        ),
    ]  # fmt: skip
    add(*about)
    issued(customer, DocumentKind.INVOICE)
    draft(customer, DocumentKind.DDT, destination=f"{word} quay")
    customer.billing_street = f"{word} street"
    customer.phones[0].number, about[0].email = "+39 02 123456", f"our.{word}@example.com"
    add(customer)
    customer.phones[0].number = PHONES[word]
    return add(customer)  # type: ignore[no-any-return]


def told(text: str) -> set[str]:
    """Return of whom a text tells."""
    text = unescape(text).lower()
    signs = {"hoopoe": ("hoopoe", "66981234", "rssmra85t10a562s"), "bittern": ("bittern", "55437719")}
    return {word for word, each in signs.items() if any(sign in text for sign in each)}


def crawl(panel: Panel, starts: tuple[str, ...] | list[str] = STARTS, most: int = 140) -> dict[str, str]:
    """Return what is answered at these addresses and at those that they lead to, whole and as fragments."""
    found: dict[str, str] = {}
    first, waiting = list(starts), list[str]()
    while (first or waiting) and len(found) < most:
        path = first.pop(0) if first else waiting.pop(0)
        if path in found or path.startswith(("/static/", "/logout", "/places")):
            continue
        found[path] = panel.get(path).text
        if "details" in path or "edit" in path or "history" in path:
            found[f"{path} as a fragment"] = panel.get(path, fragment=True).text
        links = (urldefrag(unescape(link)).url for link in LINK.findall(found[path]))
        waiting += [link for link in dict.fromkeys(links) if link not in found and link not in waiting]
        waiting.sort(key=_rank)
    return found


def _rank(path: str) -> int:
    """Records and what is done with them come before other lists and their filters."""
    words = ("/details/", "/edit/", "/history/", "/duplicate/", "/email/", "/delete/", "/timeline/", "/reveal/")
    return next((place for place, word in enumerate(words) if word in path), len(words) + ("?" in path))


def documents_of(customer: Customer) -> list[Document]:
    """Return the documents of a customer."""
    return list(db.session.query(Document).filter_by(customer_id=customer.id).order_by(Document.id))
