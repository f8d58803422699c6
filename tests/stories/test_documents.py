"""A sale from its quote to its credit note, as somebody in the office sees it."""

from __future__ import annotations

import re
from datetime import date
from decimal import Decimal

import pytest
from flask import Flask
from playwright.sync_api import Page, expect
from sqlalchemy import select

from models.base import db
from models.company import Company
from models.customer import Customer
from models.document import Document
from models.document_line import DocumentLine
from models.exchange_rate import ExchangeRate
from models.gate import set_actor
from models.operations.drafting import default_rate
from models.permissions import SYSTEM
from models.rights import Personal
from models.rules.document_kinds import DocumentKind
from models.types import utcnow
from tests.browser import axe
from tests.markup import assert_valid
from tests.people import VIEWER, add_user, shipped_role
from tests.stories.conftest import sign_in

AURORA = "Aurora Forniture S.r.l."
YEAR = utcnow().year
WARES = (("Fountain pen", "10", "24.50"), ("Notebook", "40", "6.20"))


@pytest.fixture
def shop(office: Flask) -> Flask:
    """An office that knows its own company and has drafted a quote for Aurora."""
    with office.app_context():
        set_actor(db.session, SYSTEM)
        own = {"street": "Via Roma 1", "city": "Como", "country": "IT", "province": "CO", "postal_code": "22100"}
        db.session.add(Company(name="Filanda", vat_number="IT12345670785", regime="RF01", **own))
        customer = db.session.scalars(select(Customer).where(Customer.name == AURORA)).one()
        quote = Document(kind=DocumentKind.QUOTE, customer=customer)
        for at, (name, quantity, price) in enumerate(WARES):
            values = {"quantity": Decimal(quantity), "price": Decimal(price), "vat_rate": default_rate(db.session)}
            quote.lines.append(DocumentLine(description=name, position=at, **values))
        db.session.add(quote)
        db.session.commit()
    return office


@pytest.fixture
def desk(shop: Flask, page: Page) -> Page:
    """The quote as Anna sees it."""
    sign_in(page)
    page.get_by_role("link", name="Quotes").click()
    page.get_by_role("link", name="Quote, draft").click()
    is_open(page, "Quote, draft")
    return page


def is_open(page: Page, title: str) -> None:
    """Wait for the record of a document."""
    page.get_by_role("heading", name=title, level=1, exact=True).wait_for()


def issue(page: Page, title: str) -> None:
    """Issue the draft that is open, which asks first."""
    page.get_by_role("link", name="Issue…").click()
    dialog = page.get_by_role("dialog")
    expect(dialog).to_contain_text(f"It gets the number {title.rpartition(' ')[2]}.")
    expect(dialog).to_contain_text("This cannot be undone")
    dialog.get_by_role("button", name="Issue").click()
    is_open(page, title)
    expect(page.get_by_text(f"{title} was issued.")).to_be_visible()


def hand_on(page: Page, name: str) -> None:
    """Ask for a file of the document that is open."""
    page.get_by_role("button", name="More actions").click()
    page.get_by_role("link", name=name).click()


def make(page: Page, what: str, **quantities: str) -> None:
    """Make another document from the one that is open: of these lines as much, of the others all that is left."""
    page.get_by_role("link", name=f"Make {what}…", exact=True).click()
    for line, quantity in quantities.items():
        page.get_by_label(line.replace("_", " ").capitalize()).first.fill(quantity)
    page.get_by_role("button", name=f"Make {what}", exact=True).click()
    page.get_by_role("heading", name="draft", level=1).wait_for()


def bill_together(page: Page, *titles: str) -> None:
    """Make one invoice of several DDTs, from their list."""
    page.get_by_role("link", name="DDTs").click()
    for title in titles:
        page.get_by_role("checkbox", name=f"Select {title}").check()
    page.get_by_role("button", name="Make one deferred invoice…").click()
    page.get_by_role("dialog").get_by_role("button", name="Make one deferred invoice").click()
    is_open(page, "Invoice, draft")


def record_payment(page: Page, amount: str) -> None:
    """Note a payment on the invoice that is open."""
    page.get_by_role("link", name="Edit Payments").click()
    page.get_by_role("button", name="Add").click()
    page.get_by_label("Amount").last.fill(amount)
    page.get_by_role("button", name="Save").click()


def expect_lines(page: Page, *told: str) -> None:
    """Wait until the order that is open tells this of its lines: what was delivered and billed of each."""
    expect(page.locator("#grid-progress tbody tr")).to_have_text(list(told), use_inner_text=True)


def expect_family(page: Page, *told: str) -> None:
    """Wait until the document that is open tells what it came from and became."""
    expect(page.locator("#grid-family tr.group th, #grid-family .title")).to_have_text(list(told), use_inner_text=True)


def go_to(page: Page, title: str) -> None:
    """Open a document that the one on the screen has to do with."""
    page.locator("#grid-family").get_by_role("link", name=title, exact=True).click()
    is_open(page, title)


def test_a_sale_goes_from_the_quote_to_the_credit_note(desk: Page) -> None:
    quote, order, invoice = f"Quote 1/{YEAR}", f"Order 1/{YEAR}", f"Invoice 1/{YEAR}"
    issue(desk, quote)
    desk.get_by_role("button", name="Mark as accepted").click()
    expect(desk.get_by_text(f"{quote}: Accepted.")).to_be_visible()
    make(desk, "order")
    issue(desk, order)
    expect_family(desk, "Comes from 1", quote)

    for delivered in (1, 2):
        make(desk, "DDT", fountain_pen="2", notebook="10")
        issue(desk, f"DDT {delivered}/{YEAR}")
        go_to(desk, order)
    make(desk, "invoice", fountain_pen="3", notebook="0")
    issue(desk, invoice)
    go_to(desk, order)
    expect_lines(
        desk,
        "Fountain pen 4 of 10 pcs 6 left 3 of 10 pcs 7 left",
        "Notebook 20 of 40 pcs 20 left 0 of 40 pcs 40 left",
    )

    bill_together(desk, f"DDT 1/{YEAR}", f"DDT 2/{YEAR}")
    deferred = f"Invoice 2/{YEAR}"
    expect_family(desk, "Comes from 2", f"DDT 1/{YEAR}", f"DDT 2/{YEAR}")
    issue(desk, deferred)

    record_payment(desk, "100")
    expect(desk.locator(".badges")).to_contain_text("Partly paid")

    make(desk, "credit note", fountain_pen="1")
    issue(desk, f"Credit note 1/{YEAR}")
    expect_family(desk, "Comes from 1", deferred)
    go_to(desk, deferred)
    credited = f"Credit note 1/{YEAR}"
    expect_family(desk, "Comes from 2", f"DDT 1/{YEAR}", f"DDT 2/{YEAR}", "Became 1", credited)


def test_more_than_is_left_is_refused_where_it_is_typed(desk: Page) -> None:
    issue(desk, f"Quote 1/{YEAR}")
    desk.get_by_role("link", name="Make order…").click()
    desk.get_by_label("Notebook").fill("41")
    desk.get_by_role("button", name="Make order").click()
    expect(desk.locator(".share .error")).to_have_text("Only 40 of this are left.")
    expect(desk.get_by_label("Notebook")).to_have_value("41")
    axe(desk)
    assert_valid(desk.content())


def test_the_pdf_opens_beside_and_the_page_stays(desk: Page) -> None:
    link = desk.get_by_role("link", name="PDF")
    expect(link).to_have_attribute("target", "_blank")
    answer = desk.request.get(str(link.get_attribute("href")))
    assert answer.headers["content-type"] == "application/pdf"


def test_an_issued_invoice_is_handed_on_as_xml_once_nothing_is_lacking(desk: Page) -> None:
    issue(desk, f"Quote 1/{YEAR}")
    make(desk, "order")
    issue(desk, f"Order 1/{YEAR}")
    make(desk, "invoice")
    issue(desk, f"Invoice 1/{YEAR}")
    record = desk.url
    hand_on(desk, "E-invoice: FatturaPA")
    expect(desk.get_by_role("main")).to_contain_text(re.compile("customer.*street|street.*customer", re.IGNORECASE))
    desk.get_by_role("link", name="Fill in the customer").click()
    desk.get_by_label(re.compile("^Street")).first.fill("Via Larga 2")
    desk.get_by_label(re.compile("^Postal code")).first.fill("20122")
    desk.get_by_role("button", name="Save", exact=True).click()
    expect(desk.get_by_text(f"{AURORA} was saved.")).to_be_visible()
    for name in ("E-invoice: EN 16931", "E-invoice: FatturaPA"):
        desk.goto(record)
        with desk.expect_download() as download:
            hand_on(desk, name)
        assert "Fountain pen" in download.value.path().read_text(encoding="utf-8")


def test_a_group_gives_its_terms_to_new_documents_of_its_customers(desk: Page) -> None:
    desk.get_by_role("link", name="Groups").click()
    desk.get_by_role("link", name="Retail").click()
    desk.get_by_role("link", name=re.compile("^Edit")).first.click()
    desk.get_by_label("Discount %").fill("12.5")
    desk.get_by_label("Prices include VAT").check()
    desk.get_by_role("button", name="Save", exact=True).click()
    expect(desk.get_by_text("Retail was saved.")).to_be_visible()
    desk.get_by_role("link", name="Orders").click()
    desk.get_by_role("link", name="New order").first.click()
    desk.get_by_role("combobox", name="Customer").fill("Aurora")
    desk.get_by_role("option", name=AURORA).click()
    desk.get_by_role("button", name="Continue").click()
    expect(desk.get_by_role("heading", name=f"New order for {AURORA}")).to_be_visible()
    expect(desk.get_by_label("Discount %").first).to_have_value("12.5")
    expect(desk.get_by_label("Prices include VAT")).to_be_checked()


def test_the_pages_hold_in_light_and_dark_wide_and_narrow(desk: Page) -> None:
    issue(desk, f"Quote 1/{YEAR}")
    make(desk, "order")
    issue(desk, f"Order 1/{YEAR}")
    record = desk.url
    for width in (1280, 390):
        desk.set_viewport_size({"width": width, "height": 844})
        for scheme in ("light", "dark"):
            desk.emulate_media(color_scheme=scheme)
            desk.goto(record)
            axe(desk)
            assert desk.evaluate("document.documentElement.scrollWidth <= innerWidth")
            desk.get_by_role("link", name="Make invoice…").click()
            desk.get_by_role("heading", name="Invoice from").wait_for()
            axe(desk)
            assert desk.evaluate("document.documentElement.scrollWidth <= innerWidth")


def test_who_only_looks_is_offered_the_pdf_alone(shop: Flask, page: Page) -> None:
    with shop.app_context():
        set_actor(db.session, SYSTEM)
        reads_all = shipped_role(VIEWER)
        reads_all.personal = Personal.SHOWN  # which a PDF does not mask
        add_user(VIEWER, email="vera@clientela.example")
    sign_in(page, "vera@clientela.example")
    page.get_by_role("link", name="Quotes").click()
    page.get_by_role("link", name="Quote, draft").click()
    is_open(page, "Quote, draft")
    page.wait_for_load_state()
    buttons = page.locator(".record-head").get_by_role("link").all_inner_texts()
    assert [each for each in buttons if re.search(r"PDF|Issue|Make|Mark|Edit|Delete", each)] == ["PDF"]


def test_the_rate_of_exchange_is_asked_for_as_soon_as_another_currency_is_chosen(shop: Flask, page: Page) -> None:
    with shop.app_context():
        set_actor(db.session, SYSTEM)
        db.session.add(ExchangeRate(currency="CHF", rate=Decimal("0.93"), day=date(2026, 11, 1)))
        db.session.commit()
    sign_in(page)
    page.get_by_role("link", name=AURORA).first.click()
    page.get_by_role("link", name="New invoice…").click()
    currency, rate = page.get_by_label("Currency"), page.get_by_label("Exchange rate")
    expect(rate).to_be_hidden()
    currency.select_option("CHF")
    expect(rate).to_have_accessible_description(re.compile(r"issuing takes 0\.93 \(CHF from 1 Nov 2026\)"))
    page.get_by_label("Date", exact=True).fill("2026-10-31")
    currency.focus()
    expect(page.get_by_text("No rate of CHF is known for 31 Oct 2026.")).to_be_visible()
    rate.fill("0.95")
    currency.select_option("EUR")
    expect(rate).to_be_hidden()
    currency.select_option("CHF")
    axe(page)
    page.get_by_role("button", name="Create").click()
    is_open(page, "Invoice, draft")
    expect(page.get_by_text("0.95", exact=True)).to_be_visible()
