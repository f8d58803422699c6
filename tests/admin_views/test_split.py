"""Rows told apart by a choice: each kind of document has a list, a menu entry and a grid on the customer."""

from __future__ import annotations

import re
from datetime import timedelta
from html import unescape

import pytest
from flask import Flask
from sqlalchemy import select

from models.base import db
from models.customer import Customer
from models.document import Document
from models.gate import set_actor
from models.permissions import SYSTEM
from models.rules.document_kinds import KINDS, DocumentKind
from models.types import today
from tests.admin_views.test_figures import cost
from tests.admin_views.test_listed import section
from tests.models.papers import D, draft, issued, line, open_shop
from tests.models.world import company
from tests.panel import Panel
from tests.people import VIEWER

INVOICE, ORDER, QUOTE = DocumentKind.INVOICE, DocumentKind.ORDER, DocumentKind.QUOTE
RECORD = 16


def shop() -> Customer:
    set_actor(db.session, SYSTEM)
    return open_shop()


def titles(page: str) -> list[str]:
    return [unescape(each) for each in re.findall(r'<td class="title">.*?<a[^>]*>([^<]+)</a>', page, re.DOTALL)]


def test_each_kind_has_its_list_in_the_menu(app: Flask) -> None:
    customer = shop()
    issued(customer, INVOICE)
    issued(customer, ORDER)
    panel = Panel(app)
    page = panel.get("/document/?kind=invoice").text
    for kind, rules in KINDS.items():
        assert f'href="/document/?kind={kind.value}"' in page, rules.plural
    assert "<h1>Invoices" in page
    assert "New invoice" in page
    assert "Order 1" not in page


def test_a_list_keeps_its_kind_while_it_is_searched_sorted_and_filtered(app: Flask) -> None:
    customer = shop()
    issued(customer, INVOICE, line("Silk"))
    issued(customer, ORDER, line("Silk"))
    page = Panel(app).get("/document/?kind=invoice&search=silk&sort=total&f_status=open").text
    assert [title.split()[0] for title in titles(page)] == ["Invoice"]
    assert "kind=invoice" in re.search(r'href="(/document/\?[^"]*sort=-total[^"]*)"', page)[1]  # type: ignore[index]


def test_a_kind_that_there_is_not_shows_all(app: Flask) -> None:
    customer = shop()
    issued(customer, INVOICE)
    issued(customer, ORDER)
    page = Panel(app).get("/document/?kind=letter").text
    assert len(titles(page)) == 2


def test_overdue_documents_are_found_and_marked(app: Flask) -> None:
    customer = shop()
    late = issued(customer, INVOICE, date=today() - timedelta(days=50), due=today() - timedelta(days=20))
    issued(customer, INVOICE)
    page = Panel(app).get("/document/?kind=invoice&f_payment=overdue").text
    assert titles(page) == [late.name]
    assert "Overdue" in page


def test_documents_are_filtered_by_the_group_of_their_customer(app: Flask) -> None:
    customer, other = shop(), company("Larici")
    mine = issued(customer, INVOICE)
    issued(other, INVOICE)
    customer.group.name = "Friends"
    other.group = type(customer.group)(name="Others")
    db.session.commit()
    panel, group = Panel(app), customer.group.id
    page = panel.get(f"/document/?kind=invoice&f_customer.group={group}").text
    assert titles(page) == [mine.name]
    answer = panel.get("/document/ajax/lookup/?name=customer.group&query=frie&all=1").json
    assert [each["label"] for each in answer] == ["Friends"]  # type: ignore[union-attr]
    assert "Friends" in panel.get(f"/document/filter/?field=customer.group&f_customer.group={group}").text


def test_a_customer_shows_a_panel_for_each_kind_it_has_and_one_line_for_all_others(app: Flask) -> None:
    customer = shop()
    issued(customer, QUOTE)
    page = Panel(app).get(f"/customer/details/?id={customer.id}").text
    [idle] = re.findall(r'<section class="panel idle".*?</section>', page, re.DOTALL)
    for kind in KINDS:
        place = section(page, "document-quote") if kind is QUOTE else idle
        assert f"/document/new/?kind={kind.value}&amp;customer={customer.id}" in place, kind
    assert page.count('id="grid-document-') == 2 * len([QUOTE])  # the panel and its title
    assert titles(section(page, "document-quote")) == [f"Quote 1/{today().year}"]


def test_the_panel_shows_the_newest_and_leads_to_all(app: Flask) -> None:
    customer = shop()
    for days in range(7):
        draft(customer, QUOTE, date=today() - timedelta(days=days))
    grid = section(Panel(app).get(f"/customer/details/?id={customer.id}").text, "document-quote")
    assert len(titles(grid)) == 5
    assert "All 7" in grid


def test_what_is_open_and_overdue_is_said_by_currency(app: Flask) -> None:
    customer = shop()
    issued(customer, INVOICE, line(price="100"), due=today() - timedelta(days=1), date=today() - timedelta(days=9))
    issued(customer, INVOICE, line(price="10"), currency="USD")
    grid = section(Panel(app).get(f"/customer/details/?id={customer.id}").text, "document-invoice")
    for words in ("€122.00 open", "€122.00 overdue", "US$12.20 open"):
        assert words in unescape(grid), words


def test_a_new_document_of_a_customer_begins_with_its_terms_and_ends_on_its_own_page(app: Flask) -> None:
    customer = shop()
    customer.group.discount = 15  # type: ignore[assignment]
    db.session.commit()
    panel = Panel(app)
    page = panel.get(f"/document/new/?kind=quote&customer={customer.id}")
    assert "New quote for Ghisallo" in page.text
    assert re.search(r'name="discount"[^>]*value="15', page.text)
    answer = panel.send(page)
    document = db.session.scalars(select(Document)).one()
    assert (document.kind, document.customer, document.discount) == (QUOTE, customer, D(15))
    assert "/document/details/" in answer.headers["Location"]


def test_from_a_list_the_customer_is_asked_first(app: Flask) -> None:
    customer = shop()
    panel = Panel(app)
    page = panel.get("/document/new/?kind=order")
    assert "Continue" in page.text
    answer = panel.send(page, {"customer": str(customer.id)})
    assert answer.headers["Location"] == f"/document/new/?kind=order&customer={customer.id}"
    nobody = panel.send(page, {"customer": ""})
    assert nobody.status_code == 422
    assert "This field is required." in nobody.text


def test_who_only_reads_is_offered_nothing_new(app: Flask) -> None:
    customer = shop()
    page = Panel(app, VIEWER).get(f"/customer/details/?id={customer.id}").text
    assert "Orders 0" in page
    assert "/document/new/" not in page


@pytest.mark.parametrize("number", [1, 8])
def test_a_record_costs_the_same_however_many_documents_it_has(app: Flask, number: int) -> None:
    customer = shop()
    for kind in DocumentKind:
        for _ in range(number):
            issued(customer, kind)
    assert cost(Panel(app), f"/customer/details/?id={customer.id}") <= RECORD
