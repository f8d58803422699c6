"""What documents are called, and what they call their own: words that follow the kind and say something."""

from __future__ import annotations

from datetime import date

import pytest
from flask import Flask

from models.customer import Customer
from models.document import Document
from models.exchange_rate import ExchangeRate
from models.message import Message
from models.payment import Payment
from models.rules.document_kinds import DocumentKind
from models.user import User
from tests.admin_views.test_documents import K, page, said, shop
from tests.models.papers import D, draft, issued
from tests.panel import Panel, add, contact, stored

__all__ = ["shop"]
OTHER_DAY = {K.QUOTE: "Valid until", K.ORDER: "Wanted by", K.INVOICE: "Due"}


@pytest.mark.parametrize(("kind", "name"), OTHER_DAY.items())
def test_the_other_day_of_a_document_is_called_as_its_kind_does(
    app: Flask, shop: Customer, kind: DocumentKind, name: str
) -> None:
    panel, mine = Panel(app), draft(shop, kind)
    others = {"Due or valid until", *OTHER_DAY.values()} - {name}
    asked = f"kind={kind.value}"
    places = ("", f"new/?customer={shop.id}&", "filter/?field=due&")
    for place in (page(mine), page(mine, "edit"), *(f"/document/{each or '?'}{asked}" for each in places)):
        shown = said(panel.get(place).text)
        assert name in shown, place
        assert not [each for each in others if f"{each} " in shown], place


def test_a_document_of_several_kinds_lists_the_day_under_both_names(app: Flask, shop: Customer) -> None:
    draft(shop, K.QUOTE)
    assert "Due or valid until" in said(Panel(app).get("/document/").text)


def head(answer: str) -> str:
    """Return what stands above the panels of a record."""
    return answer.split("record-head", 1)[1].split("</header>", 1)[0]


def test_the_title_of_a_document_says_its_kind(app: Flask, shop: Customer) -> None:
    assert said(head(Panel(app).get(page(draft(shop, K.INVOICE))).text)).count("Invoice") == 1


def test_persons_and_companies_alone_have_initials(app: Flask, shop: Customer) -> None:
    panel, rate = Panel(app), add(ExchangeRate(currency="PLN", rate=D("4.3"), day=date(2026, 11, 1)))
    records = {"document": draft(shop, K.INVOICE), "exchange_rate": rate, "customer_group": shop.group,
               "channel": shop.channel, "customer": shop, "account": shop.account,
               "contact": contact(shop), "user": stored(User)[0]}  # fmt: skip
    pages = {name: panel.get(f"/{name}/details/?id={row.id}").text for name, row in records.items()}
    assert [name for name, text in pages.items() if 'class="av' in head(text)] == [
        "customer", "account", "contact", "user",
    ]  # fmt: skip
    body = panel.get("/exchange_rate/").text.partition("<tbody>")[2]
    assert "PLN from 1 Nov 2026" in body
    assert 'class="av' not in body
    assert 'class="av' in panel.get("/customer/").text.partition("<tbody>")[2]


def test_payments_that_nobody_made_yet_are_not_called_unfilled(app: Flask, shop: Customer) -> None:
    shown = said(Panel(app).get(page(issued(shop, K.INVOICE))).text)
    assert "Payments Edit Nothing yet." in shown
    assert "Not filled in: Payments" not in shown


def test_the_way_to_another_row_says_what_it_adds(app: Flask, shop: Customer) -> None:
    panel, invoice = Panel(app), issued(shop, K.INVOICE)
    assert "Add payment" in said(panel.get(page(invoice, "edit")).text)
    assert "Add line" in said(panel.get(page(draft(shop, K.INVOICE), "edit")).text)


def test_the_history_tells_of_a_payment_in_the_digits_of_money(app: Flask, shop: Customer) -> None:
    invoice: Document = issued(shop, K.INVOICE)
    add(Payment(document=invoice, amount=D("0.1")))
    assert "Created Payment 0.10 " in said(Panel(app).get(page(invoice, "history")).text)


def test_emails_of_a_document_tell_when_they_were_written(app: Flask, shop: Customer) -> None:
    invoice = issued(shop, K.INVOICE)
    words = {"subject": "Your invoice", "body": "Attached.", "recipients": "a@b.example", "message_id": "<1@b.example>"}
    add(Message(customer=shop, document=invoice, **words))
    told = Panel(app).get(page(invoice)).text.partition("panel feed")[2]
    assert "<time" in told
    assert "Your invoice" in said(Panel(app).get(page(invoice)).text)
