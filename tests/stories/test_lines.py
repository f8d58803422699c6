"""She types an invoice by keyboard only, puts its lines in order, and sees the total follow."""

from __future__ import annotations

import re

import pytest
from flask import Flask
from playwright.sync_api import Locator, Page, ViewportSize, expect

from tests.browser import axe, screenshot
from tests.stories.conftest import open_record

WIDE, PHONE = ViewportSize(width=1280, height=900), ViewportSize(width=390, height=844)


@pytest.fixture
def invoice(panel: Page) -> Page:
    """The form of a new invoice of Aurora."""
    panel.set_viewport_size(WIDE)
    open_record(panel, "Aurora Forniture S.r.l.")
    address = panel.locator('a[href*="/document/new/"][href*="kind=invoice"]').first.get_attribute("href")
    panel.goto(address or "")
    return panel


def total(page: Page) -> Locator:
    """Return where the total stands."""
    return page.locator(".sums .main dd").first


def expect_lines(page: Page, *texts: str) -> None:
    """Wait until the lines of the form say this, from the first to the last, and there are no others."""
    written = page.locator("tr.part textarea")
    expect(written).to_have_count(len(texts))
    for at, text in enumerate(texts):
        expect(written.nth(at)).to_have_value(text)


def told(page: Page) -> Locator:
    """Return what the lines of a record are about."""
    return page.locator(".lines tbody tr td:first-child")


def write(page: Page, *cells: str) -> None:
    """Type into one cell after the other; an empty one is passed over as it is."""
    for text in cells:
        if text:
            page.keyboard.type(text)
        page.keyboard.press("Tab")


def test_she_types_three_lines_by_keyboard_only_and_sees_the_total_follow(invoice: Page) -> None:
    page = invoice
    page.get_by_label("Description").focus()
    write(page, "Silk", "", "", "10", "", "")
    expect(total(page)).to_have_text("€12.20")
    write(page, "Wool", "2", "", "1,000.50", "10", "")
    write(page, "Linen", "0.5")
    page.keyboard.press("Tab")
    page.keyboard.type("3")
    expect(total(page)).to_have_text("€2,211.13")
    expect(page.locator("tr.part").nth(1)).to_contain_text("€1,800.90")
    page.keyboard.press("Alt+ArrowUp")
    expect_lines(page, "Silk", "Linen", "Wool")
    expect(page.get_by_label("Unit price").nth(1)).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.get_by_label("Unit price").nth(2)).to_be_focused()
    axe(page)
    screenshot(page, "lines-wide")
    page.get_by_role("button", name="Create").click()
    page.get_by_role("heading", level=1, name=re.compile("Invoice")).wait_for()
    expect(told(page)).to_have_text(["Silk", "Linen", "Wool"], use_inner_text=True)
    expect(total(page)).to_have_text("€2,211.13")
    axe(page)
    screenshot(page, "lines-record")


def test_a_line_that_is_removed_is_out_of_the_total_and_what_was_wrong_stays_with_all_that_was_typed(
    invoice: Page,
) -> None:
    page = invoice
    page.get_by_label("Description").focus()
    write(page, "Silk", "", "", "10", "", "")
    write(page, "Wool", "many", "", "5", "")
    expect(total(page)).to_have_text("€12.20")
    page.get_by_role("button", name="Create").click()
    page.locator(".refusals").wait_for()
    expect_lines(page, "Silk", "Wool")
    expect(page.get_by_label("Quantity").nth(1)).to_have_value("many")
    expect(page.get_by_label("Quantity").nth(1)).to_have_attribute("aria-invalid", "true")
    expect(total(page)).to_have_text("€12.20")
    page.get_by_role("button", name="Add line").click()
    write(page, "Linen", "", "", "100", "", "")
    expect(total(page)).to_have_text("€134.20")
    page.get_by_role("button", name="Remove").nth(1).click()
    page.get_by_role("button", name="Remove").nth(0).click()
    expect(page.locator(".unsaved")).to_have_text("Unsaved changes")
    expect(total(page)).to_have_text("€122.00")
    page.get_by_role("button", name="Create").click()
    page.get_by_role("heading", level=1, name=re.compile("Invoice")).wait_for()
    expect(told(page)).to_have_text(["Linen"], use_inner_text=True)


def test_lines_are_edited_in_their_place_on_a_phone(invoice: Page) -> None:
    page = invoice
    page.get_by_label("Description").fill("Silk")
    page.get_by_label("Unit price").fill("10")
    page.get_by_role("button", name="Create").click()
    page.get_by_role("heading", level=1, name=re.compile("Invoice")).wait_for()
    page.set_viewport_size(PHONE)
    page.get_by_role("link", name="Edit Lines").click()
    page.get_by_role("button", name="Add line").click()
    page.get_by_label("Description").nth(1).fill("Wool")
    page.get_by_label("Unit price").nth(1).fill("5")
    page.get_by_role("button", name="Move up").nth(1).click()
    expect(total(page)).to_have_text("€18.30")
    assert page.evaluate("document.documentElement.scrollWidth") == PHONE["width"]
    axe(page)
    screenshot(page, "lines-phone")
    page.get_by_role("button", name="Save").click()
    page.get_by_role("link", name="Edit Lines").wait_for()
    expect(told(page)).to_have_text(["Wool", "Silk"], use_inner_text=True)
    axe(page)


def test_without_a_script_lines_are_typed_in_empty_rows_and_moved_by_number(
    office: Flask, invoice: Page, server: str
) -> None:
    state = invoice.context.storage_state()
    assert invoice.context.browser is not None
    context = invoice.context.browser.new_context(base_url=server, storage_state=state, java_script_enabled=False)
    page = context.new_page()
    page.goto(invoice.url)
    for number, name in enumerate(("Silk", "Wool")):
        page.get_by_label("Description").nth(number).fill(name)
        page.get_by_label("Unit price").nth(number).fill("10")
    page.get_by_label("Place").nth(1).fill("1")
    page.get_by_role("button", name="Create").click()
    expect(told(page)).to_have_text(["Wool", "Silk"], use_inner_text=True)
    context.close()
