"""She types an invoice by keyboard only, puts its lines in order, and sees the total follow."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, expect

from tests.browser import axe, screenshot
from tests.stories.conftest import open_record

WIDE, PHONE = {"width": 1280, "height": 900}, {"width": 390, "height": 844}


@pytest.fixture
def invoice(panel: Page) -> Page:
    """The form of a new invoice of Aurora."""
    panel.set_viewport_size(WIDE)  # type: ignore[arg-type]
    open_record(panel, "Aurora Forniture S.r.l.")
    address = panel.locator('a[href*="/document/new/"][href*="kind=invoice"]').first.get_attribute("href")
    panel.goto(address or "")
    return panel


def total(page: Page) -> object:
    """Return where the total stands."""
    return page.locator(".sums .main dd").first


def lines(page: Page) -> list[str]:
    """Return what the lines say, from the first to the last."""
    return [each.input_value() for each in page.locator("tr.part textarea").all()]


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
    expect(page.locator(".sums .main dd").first).to_have_text("€12.20")
    write(page, "Wool", "2", "", "1,000.50", "10", "")
    write(page, "Linen", "0.5")
    page.keyboard.press("Tab")
    page.keyboard.type("3")
    expect(page.locator(".sums .main dd").first).to_have_text("€2,211.13")
    expect(page.locator("tr.part").nth(1)).to_contain_text("€1,800.90")
    page.keyboard.press("Alt+ArrowUp")
    assert lines(page) == ["Silk", "Linen", "Wool"]
    expect(page.get_by_label("Unit price").nth(1)).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.get_by_label("Unit price").nth(2)).to_be_focused()
    axe(page)
    screenshot(page, "lines-wide")
    page.get_by_role("button", name="Create").click()
    page.get_by_role("heading", level=1, name=re.compile("Invoice")).wait_for()
    assert page.locator(".lines tbody tr td:first-child").all_inner_texts() == ["Silk", "Linen", "Wool"]
    expect(page.locator(".sums .main dd")).to_have_text("€2,211.13")
    axe(page)
    screenshot(page, "lines-record")
