"""Two customers turn out to be one: they are found, compared, merged with their documents, and taken apart again."""

from __future__ import annotations

import pytest
from flask import Flask
from playwright.sync_api import Page, expect
from sqlalchemy import select

from models.base import db
from models.customer import Customer
from models.gate import set_actor
from models.permissions import SYSTEM
from tests.browser import axe, screenshot
from tests.models.canaries import document
from tests.stories.conftest import company, open_record

AURORA, TWIN = "Aurora Forniture S.r.l.", "Aurora Forniture srl"


@pytest.fixture
def twins(office: Flask, panel: Page) -> Page:
    """The panel with a second Aurora, to whom an invoice was issued."""
    with office.app_context():
        set_actor(db.session, SYSTEM)
        twin = company(TWIN, "IT00743110157", "IT", "Milano", "MI", employees=12, tags="paper")
        db.session.add(twin)
        db.session.commit()
        document(db.session.scalars(select(Customer).where(Customer.name == TWIN)).one())
    return panel


def test_duplicates_are_found_merged_with_their_documents_and_taken_apart(twins: Page) -> None:
    page = twins
    page.goto("/customer/")
    page.get_by_role("link", name="Find duplicates").click()
    group = page.get_by_role("region", name="Same VAT number")
    expect(group).to_contain_text(TWIN)
    axe(page)
    group.get_by_role("link", name="Merge…").click()
    expect(page.get_by_role("radiogroup", name="Which one stays")).to_be_visible()
    axe(page)
    stays = page.get_by_role("radiogroup", name="Which one stays")
    stays.get_by_role("radio", name=TWIN).check()
    expect(page.get_by_role("radiogroup", name="Account").get_by_role("radio", name=TWIN)).to_be_checked()
    stays.get_by_role("radio", name=AURORA).check()
    page.get_by_role("radiogroup", name="Company").get_by_role("radio", name=TWIN).check()
    page.get_by_role("button", name="Merge…").click()
    window = page.get_by_role("dialog")
    expect(window).to_contain_text(f"Merge 2 customers into “{AURORA}”?")
    expect(window).to_contain_text("1 document moves to")
    window.get_by_role("button", name="Merge").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("Aurora Forniture")
    expect(page.get_by_role("status").filter(has_text="2 customers are one now")).to_be_visible()
    expect(page.get_by_role("region", name="Invoices")).to_contain_text("2026")
    page.get_by_role("button", name="Undo").first.click()
    expect(page.get_by_role("status").filter(has_text="Undone.")).to_be_visible()
    page.goto("/customer/")
    expect(page.get_by_role("link", name=TWIN)).to_be_visible()


def test_whoever_tells_rows_apart_by_keyboard_goes_on_from_there(twins: Page) -> None:
    page = twins
    page.goto("/customer/duplicates/")
    page.get_by_role("button", name="Not duplicates").focus()
    page.keyboard.press("Enter")
    expect(page.get_by_role("status").filter(has_text="Remembered: these are no duplicates.")).to_be_visible()
    expect(page.get_by_role("heading", name="Likely duplicates")).to_be_focused()


def test_a_record_is_merged_with_one_that_is_searched_for(twins: Page) -> None:
    page = twins
    open_record(page, AURORA)
    page.get_by_role("button", name="More actions").click()
    page.get_by_role("link", name="Merge with…").click()
    page.get_by_role("combobox").fill("srl")
    page.get_by_role("option", name=TWIN).click()
    page.get_by_role("button", name="Continue").click()
    stays = page.get_by_role("radiogroup", name="Which one stays")
    expect(stays.get_by_role("radio", name=TWIN)).to_be_visible()


@pytest.mark.parametrize("width", [1280, 390])
@pytest.mark.parametrize("theme", ["light", "dark"])
def test_rows_side_by_side_are_compared_at_a_glance(twins: Page, width: int, theme: str) -> None:
    page = twins
    page.set_viewport_size({"width": width, "height": 900})
    page.emulate_media(color_scheme="dark" if theme == "dark" else "light")
    page.goto("/customer/duplicates/")
    axe(page)
    screenshot(page, f"duplicates-{theme}-{width}")
    page.get_by_role("link", name="Merge…").first.click()
    page.get_by_role("radiogroup", name="Which one stays").wait_for()
    axe(page)
    screenshot(page, f"merge-{theme}-{width}")
