"""Two years of documents for a part of the demo's customers: a few buy all the time, most never do."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import select

from models.company import Company
from models.customer import Customer, CustomerKind, Status
from models.operations.papers import company_of
from models.rules.document_kinds import DocumentKind
from seed.demo.book import Book
from seed.demo.chronicle import Chronicle
from seed.demo.deals import Buyer, deal, draft
from seed.demo.draw import Draw
from seed.demo.goods import vat_rates
from seed.demo.paying import draw_habit
from seed.demo.rates import add_rates
from seed.demo.words import read

PERIOD = timedelta(days=2 * 365)
BUYERS = 13  # of a hundred customers
DEALS = {1: 50, 2: 26, 4: 14, 8: 7, 12: 3}
GONE = timedelta(days=300)  # how long ago those left who are no longer active
DRAFTED = 7  # of a hundred buyers, for whom a draft lies ready now
DRAFTS = (DocumentKind.QUOTE, DocumentKind.ORDER, DocumentKind.INVOICE)


def add_documents(chronicle: Chronicle, seed: str, created: datetime, until: datetime) -> None:
    """Add the firm that sells, and what it and its customers did in the two years before `until`."""
    session = chronicle.session
    _make_company(session, created)
    add_rates(session, seed, until - PERIOD, until)
    rates, book = vat_rates(session), Book(chronicle, until)
    buyers = []
    for draw, customer, deals in _choose(session, seed):
        buyer = Buyer(customer, draw_habit(draw, customer), rates, book)
        buyers.append((draw, buyer))
        latest = until - GONE if customer.status is not Status.ACTIVE else until
        earliest = max(until - PERIOD, customer.created_at)
        for number in range(deals if earliest < latest else 0):
            book.begin(deal(Draw(seed, customer.code, "deal", number), buyer, draw.moment(earliest, latest)))
    book.run()
    for draw, buyer in buyers:
        if draw.chance(DRAFTED) and buyer.customer.status is Status.ACTIVE:
            _leave_draft(chronicle, draw, buyer, until)


def buys(draw: Draw, code: str) -> bool:
    """Return whether a customer buys, which is the first thing that its documents draw."""
    return code in read("documents.toml")["known"] or draw.chance(BUYERS)


def _make_company(session: Any, created: datetime) -> None:
    """Make the firm; one that is there already stays as it is, but for what it does not say."""
    company = company_of(session)
    if company is None:
        company = Company(created_at=created, updated_at=created)
        session.add(company)
    for key, value in read("documents.toml")["company"].items():
        if not getattr(company, key):
            setattr(company, key, value)
    session.flush()


def _choose(session: Any, seed: str) -> Iterator[tuple[Draw, Customer, int]]:
    """Yield who buys, and how often."""
    known: dict[str, int] = read("documents.toml")["known"]
    for key, code in session.execute(select(Customer.id, Customer.code).order_by(Customer.id)).all():
        draw = Draw(seed, "documents", code)
        if buys(draw, code):
            customer = session.scalars(select(Customer).where(Customer.id == key)).one()
            yield draw, customer, known.get(code) or draw.weighted(DEALS)


def _leave_draft(chronicle: Chronicle, draw: Draw, buyer: Buyer, until: datetime) -> None:
    """Leave something that somebody has begun and not issued."""
    is_person = buyer.customer.kind is CustomerKind.PRIVATE
    at = draw.moment(until - timedelta(days=5), until)
    document = draft(chronicle.session, draw, buyer, DocumentKind.RECEIPT if is_person else draw.one(DRAFTS), at)
    document.created_at = document.updated_at = at
    chronicle.write()
