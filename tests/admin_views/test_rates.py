"""Rates of exchange in the forms of documents: asked for in other currencies, with what is known of them."""

from __future__ import annotations

import re
from datetime import date
from html import unescape

import pytest
from flask import Flask

from models.base import db
from models.customer import Customer
from models.document import Document
from models.exchange_rate import ExchangeRate
from models.operations.drafting import convert
from tests.admin_views.test_documents import K, page, said, shop
from tests.admin_views.test_figures import FRAGMENT, cost
from tests.admin_views.test_line_grid import new, typed
from tests.models.papers import D, draft, issued, line
from tests.panel import Forms, Panel, add, stored

__all__ = ["shop"]
UNCOUNTED = "Without one, this does not count in what the customer is worth."
ROW = typed("new", description="Silk", price="100")


@pytest.fixture
def panel(app: Flask, shop: Customer) -> Panel:
    add(ExchangeRate(currency="CHF", rate=D("0.93"), day=date(2026, 11, 1)))
    return Panel(app)


def hint(panel: Panel, address: str, **values: str) -> str:
    """Ask, as the open form does when something changes in it, what to say below the rate."""
    answer = panel.get(address)
    [asked] = re.findall(r'hx-post="([^"]*/hint/[^"]*)"', answer.text)
    return unescape(panel.post(unescape(asked), {**Forms(answer.text).only.values.to_dict(), **values}).text)


def test_a_new_invoice_in_another_currency_is_given_its_rate_at_once(panel: Panel, shop: Customer) -> None:
    assert 'data-when="currency!=EUR"' in panel.get(new(shop)).text
    assert panel.fill(new(shop), {**ROW, "currency": "CHF", "exchange_rate": "0.95"}).status_code == 303
    assert [(each.currency, each.exchange_rate) for each in stored(Document)] == [("CHF", D("0.95"))]


def test_in_the_companys_own_currency_a_rate_means_nothing(panel: Panel, shop: Customer) -> None:
    panel.fill(new(shop), {**ROW, "exchange_rate": "0.95"})
    [document] = stored(Document)
    assert (document.currency, document.exchange_rate) == ("EUR", None)
    foreign = draft(shop, K.INVOICE, currency="CHF", base_currency="EUR")
    shown = [panel.get(page(each)).text.partition('id="panel-0')[2] for each in (document, foreign)]
    assert ["Exchange rate" in each for each in shown] == [False, True]
    assert "Counts as" not in "".join(shown)


@pytest.mark.parametrize("kind", ["quote", "order", "ddt"])
def test_what_earns_nothing_has_no_rate(panel: Panel, shop: Customer, kind: str) -> None:
    assert 'name="exchange_rate"' not in panel.get(new(shop, kind)).text


@pytest.mark.parametrize(("currency", "day", "words"), [
    ("EUR", "2026-11-22", "Only for a currency other than EUR: how much of it 1 EUR is worth."),
    ("CHF", "2026-11-22", "How much CHF 1 EUR is worth. Left empty, issuing takes 0.93 (CHF from 1 Nov 2026)."),
    ("CHF", "2026-10-31", f"How much CHF 1 EUR is worth. No rate of CHF is known for 31 Oct 2026. {UNCOUNTED}"),
])  # fmt: skip
def test_the_form_says_what_rate_is_known_of_the_currency_and_day_that_are_typed(
    panel: Panel, shop: Customer, currency: str, day: str, words: str
) -> None:
    document = draft(shop, K.INVOICE, base_currency="EUR")
    for address in (new(shop), f"{page(document, 'edit')}&panel=0"):
        assert hint(panel, address, currency=currency, date=day) == words
    assert [each.currency for each in stored(Document)] == ["EUR"]


def test_a_credit_note_says_that_it_takes_the_rate_of_its_invoice(panel: Panel, shop: Customer) -> None:
    invoice = issued(shop, K.INVOICE, line(price="100"), currency="CHF", exchange_rate=D("0.9"))
    credit = convert(db.session, [invoice], K.CREDIT_NOTE)
    db.session.commit()
    assert f"issuing takes 0.9 ({invoice.name})." in said(panel.get(page(credit, "edit")).text)


def test_who_issues_in_another_currency_is_told_at_what_rate_it_counts(panel: Panel, shop: Customer) -> None:
    for currency, words in (("CHF", "It counts at 0.93"), ("PLN", "No rate of PLN is known"), ("EUR", None)):
        document = draft(shop, K.INVOICE, currency=currency, base_currency="EUR")
        shown = said(panel.get(f"/document/issue/?id={document.id}").text)
        assert (words or "It keeps") in shown
        assert ("rate" in shown.lower()) is (currency == "PLN")


def test_the_form_of_a_document_is_never_a_row_of_a_grid(panel: Panel, shop: Customer) -> None:
    document = draft(shop, K.INVOICE)
    for address in (new(shop), f"{page(document, 'edit')}&customer={shop.id}"):
        answer = panel.get(address, fragment=True)
        assert "<html" not in answer.text
        assert "data-grid" not in answer.text
        assert Forms(answer.text).only.values["lines-new-quantity"] == "1"
        assert cost(panel, address, fragment=True) <= FRAGMENT
        saved = panel.send(answer, ROW, fragment=True)
        assert "/document/details/?id=" in saved.headers["HX-Redirect"]
