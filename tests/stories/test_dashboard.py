"""The first page in the morning: seen at a glance, walked by keyboard, on a phone, in light and dark."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta

import pytest
from flask import Flask
from playwright.sync_api import Page, ViewportSize, expect
from sqlalchemy import select

from models.base import db
from models.customer import Customer
from models.gate import set_actor
from models.permissions import SYSTEM
from models.rules.document_kinds import DocumentKind
from models.task import Task
from models.user import User
from tests.browser import axe, screenshot
from tests.models.papers import issued, line, open_shop
from tests.stories.conftest import ANNA, sign_in

TODAY = datetime.now(UTC).date()
WIDE, PHONE = ViewportSize(width=1280, height=900), ViewportSize(width=390, height=844)
HIDDEN = """[...document.querySelectorAll(".panel")].filter(each => each.scrollWidth > each.clientWidth)
    .map(each => each.textContent)"""


@pytest.fixture
def morning(office: Flask, page: Page) -> Page:
    """The first page as Anna finds it: two invoices are overdue, in two currencies, and a task of hers is."""
    with office.app_context():
        set_actor(db.session, SYSTEM)
        anna = db.session.scalars(select(User).where(User.email == ANNA)).one().id
        open_shop()
        customer = db.session.scalars(select(Customer).where(Customer.name.startswith("Aurora"))).one()
        for currency, price in (("EUR", "1200"), ("USD", "80.50")):
            sold = line(price=price, quantity="1")
            issued(customer, DocumentKind.INVOICE, sold, currency=currency, date=TODAY - timedelta(days=70))
        db.session.add(Task(customer=customer, subject="Ring Marta", due=TODAY - timedelta(days=2), assignee_id=anna))
        db.session.commit()
    sign_in(page, path="/")
    return page


def test_who_signs_in_finds_the_first_page_and_goes_on_to_a_list_and_its_records(morning: Page) -> None:
    page = morning
    expect(page.get_by_role("heading", name="Hello, Anna Rossi")).to_be_visible()
    expect(page.get_by_role("navigation", name="Main").get_by_role("link", name="Home")).to_have_attribute(
        "aria-current", "page"
    )
    overdue = page.get_by_role("region", name="Overdue invoices")
    overdue.get_by_role("link", name="2 Overdue invoices").focus()
    page.keyboard.press("Tab")
    page.keyboard.press("Tab")
    expect(page.locator(":focus")).to_contain_text("US$98.21")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="Invoices", level=1)).to_be_visible()
    expect(page.get_by_text("1 found")).to_be_visible()
    page.get_by_role("navigation", name="Main").get_by_role("link", name="Home").click()
    page.get_by_role("region", name="Your tasks").get_by_role("link", name="Ring Marta").click()
    expect(page.get_by_text("1 of 1")).to_be_visible()


def test_charts_are_tables_and_every_bar_leads_to_its_rows(morning: Page) -> None:
    chart = morning.get_by_role("table", name="New customers by week")
    assert chart.get_by_role("row").count() == 12
    row = chart.get_by_role("row").first
    expect(row.get_by_role("rowheader")).to_have_text(re.compile(r"\d"))
    row.get_by_role("link").click()
    expect(morning.get_by_text("7 found")).to_be_visible()


def test_the_first_page_is_accessible_and_fits(morning: Page) -> None:
    for size in (WIDE, PHONE):
        morning.set_viewport_size(size)
        for scheme in ("light", "dark"):
            morning.emulate_media(color_scheme=scheme, reduced_motion="reduce")
            screenshot(morning, f"dashboard-{scheme}-{size['width']}")
            axe(morning)
        assert morning.evaluate("document.documentElement.scrollWidth") <= size["width"]
        assert morning.evaluate(HIDDEN) == []
