"""What a customer is worth: what was billed less credit notes, at the rate of the day it was issued."""

from __future__ import annotations

from contextlib import nullcontext
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from models.base import db
from models.company import Company
from models.customer import Customer
from models.document import Document
from models.earning import count_all_earnings
from models.exchange_rate import ExchangeRate
from models.following import followed_at_the_end
from models.operations.drafting import convert
from models.operations.issuing import issue, move
from models.rules.document_kinds import DocumentKind, DocumentStatus
from models.types import today
from tests.models.papers import D, draft, issued, line, made, open_shop, refusal
from tests.models.world import company, save

INVOICE, RECEIPT, CREDIT, ORDER = (
    DocumentKind.INVOICE, DocumentKind.RECEIPT, DocumentKind.CREDIT_NOTE, DocumentKind.ORDER,
)  # fmt: skip


def value(customer: Customer) -> Any:
    """Return what the database says that a customer is worth."""
    stored = select(Customer.lifetime_value).where(Customer.id == customer.id).execution_options(populate_existing=True)
    found = db.session.scalar(stored)
    assert customer.lifetime_value == found, "what is loaded says otherwise"
    return found


def known(currency: str, rate: str, days_ago: int = 0) -> None:
    """Note a rate of exchange."""
    save(ExchangeRate(currency=currency, rate=D(rate), day=today() - timedelta(days=days_ago)))


@pytest.mark.parametrize("later", [False, True])
def test_who_was_never_billed_is_worth_nothing_in_the_companys_currency(app: Flask, later: bool) -> None:
    with followed_at_the_end(db.session(), count_all_earnings) if later else nullcontext():
        customers = [open_shop(), company("Borea")]
    assert [(value(each), each.lifetime_currency) for each in customers] == [(0, "EUR")] * 2


def test_what_is_billed_counts_and_what_is_credited_or_cancelled_does_not(app: Flask) -> None:
    customer = open_shop()
    issued(customer, INVOICE, line(price="100"))
    receipt = issued(customer, RECEIPT, line(price="50"))
    invoice = issued(customer, INVOICE, line(price="10"))
    assert value(customer) == D("195.2")
    made(convert(db.session, [invoice], CREDIT))
    move(db.session, receipt, DocumentStatus.CANCELLED)
    db.session.commit()
    assert value(customer) == D(122)


def test_drafts_and_orders_are_worth_nothing_yet(app: Flask) -> None:
    customer = open_shop()
    draft(customer, INVOICE, line(price="100"))
    issued(customer, ORDER, line(price="100"))
    assert value(customer) == 0


def test_other_currencies_count_at_the_rate_of_their_day(app: Flask) -> None:
    customer = open_shop()
    known("CHF", "0.9", days_ago=20)
    known("CHF", "0.8", days_ago=5)
    earlier = draft(customer, INVOICE, line(price="100"), currency="CHF", date=today() - timedelta(days=10))
    issue(db.session, earlier)
    db.session.commit()
    later = issued(customer, INVOICE, line(price="100"), currency="CHF")
    assert [(each.exchange_rate, each.worth) for each in (earlier, later)] == [
        (D("0.9"), D("135.56")),
        (D("0.8"), D("152.5")),
    ]
    assert value(customer) == D("288.06")


def test_a_rate_that_was_not_known_is_given_later_and_then_stays(app: Flask) -> None:
    customer = open_shop()
    invoice = issued(customer, INVOICE, line(price="100"), currency="USD")
    assert (invoice.exchange_rate, invoice.worth, value(customer)) == (None, None, 0)
    invoice.exchange_rate = D("1.25")
    db.session.commit()
    assert value(customer) == D("97.6")
    invoice.exchange_rate = D("1.5")
    assert "issued" in refusal(db.session.commit)


def test_a_credit_note_takes_off_what_the_invoice_counted(app: Flask) -> None:
    customer = open_shop()
    known("CHF", "0.9", days_ago=9)
    invoice = issued(customer, INVOICE, line(price="100"), currency="CHF")
    known("CHF", "0.5")
    made(convert(db.session, [invoice], CREDIT))
    assert value(customer) == 0


def test_a_document_that_moves_takes_its_worth_along(app: Flask) -> None:
    customer, other = open_shop(), company("Borea")
    document = draft(customer, INVOICE, line(price="100"))
    document.customer = other
    db.session.commit()
    issue(db.session, document)
    db.session.commit()
    assert (value(customer), value(other)) == (0, D(122))


def test_in_another_currency_of_the_company_nothing_is_added_up_that_was_in_the_one_before(app: Flask) -> None:
    customer = open_shop()
    issued(customer, INVOICE, line(price="100"))
    found: Any = db.session.scalar(select(Company))
    found.currency = "CHF"
    db.session.commit()
    assert (value(customer), customer.lifetime_currency) == (0, "CHF")
    assert db.session.scalars(select(Document.base_currency)).all() == ["EUR"]
