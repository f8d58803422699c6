"""A person asks what is kept about them, and to be forgotten; the books are kept."""

from __future__ import annotations

import json
from pathlib import Path
from zipfile import ZipFile

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
from tests.stories.conftest import open_record

MARTA = "Marta De Luca"


@pytest.fixture
def books(office: Flask, panel: Page) -> Page:
    """The panel with an invoice that was issued to Marta De Luca."""
    with office.app_context():
        set_actor(db.session, SYSTEM)
        document(db.session.scalars(select(Customer).where(Customer.name == MARTA)).one())
    return panel


def more(page: Page, action: str) -> None:
    """Choose something from the menu of more actions."""
    page.get_by_role("button", name="More actions").click()
    page.get_by_role("link", name=action).click()


def test_everything_about_a_person_is_taken_along_as_one_file(books: Page, tmp_path: Path) -> None:
    open_record(books, MARTA)
    with books.expect_download() as download:
        more(books, "Export everything about this person")
    path = tmp_path / download.value.suggested_filename
    download.value.save_as(path)
    with ZipFile(path) as archive:
        told = json.loads(archive.read("everything.json"))
        assert {"customer.csv", "customer_email.csv", "document.csv"} <= set(archive.namelist())
    assert told["record"]["fields"]["last_name"] == {"label": "Last name", "value": "De Luca"}
    assert told["record"]["below"]["emails"][0]["title"] == "marta.deluca@post.example"


def test_a_customer_with_an_invoice_is_anonymised_rather_than_deleted(books: Page) -> None:
    open_record(books, MARTA)
    books.get_by_role("link", name="Delete…").click()
    window = books.get_by_role("dialog")
    expect(window).to_contain_text("1 document that would go with it must stay.")
    expect(window).to_contain_text("Deactivate the customer instead, or anonymise it")
    expect(window.get_by_role("button", name="Delete")).to_have_count(0)
    window.get_by_role("link", name="Anonymise…").click()
    expect(window).to_contain_text("Anonymise Marta De Luca?")
    expect(window).to_contain_text("1 document stays as it was issued.")
    axe(books)
    window.get_by_label("Type “Marta De Luca” to go on").fill("Marta")
    window.get_by_role("button", name="Anonymise").click()
    expect(books.get_by_text("That is not the name.")).to_be_visible()
    books.get_by_label("Type “Marta De Luca” to go on").fill(MARTA)
    books.get_by_role("button", name="Anonymise").click()
    expect(books.get_by_role("heading", level=1)).to_have_text("Anonymised customer #4")
    expect(books.get_by_role("region", name="Details")).not_to_contain_text("Marta")
    expect(books.get_by_role("status").filter(has_text="what told of people is erased")).to_be_visible()
    expect(books.get_by_role("button", name="Undo")).to_have_count(0)
    books.goto("/customer/?search=marta.deluca")
    expect(books.get_by_role("link", name="Anonymised customer")).to_have_count(0)


def test_a_customer_is_deactivated_from_its_record(panel: Page) -> None:
    open_record(panel, "Delta Papier SARL")
    more(panel, "Deactivate…")
    panel.get_by_role("dialog").get_by_role("button", name="Deactivate").click()
    expect(panel.get_by_role("heading", name="Delta Papier SARL", level=1)).to_be_visible()
    expect(panel.locator(".badges")).to_contain_text("inactive", ignore_case=True)


def test_in_a_bulk_delete_the_customer_with_an_invoice_is_listed_apart(books: Page) -> None:
    books.goto("/customer/")
    for name in (MARTA, "Delta Papier SARL"):
        books.get_by_role("checkbox", name=name).check()
    books.get_by_role("button", name="Delete…").click()
    window = books.get_by_role("dialog")
    expect(window.locator(".kept")).to_contain_text(MARTA)
    expect(window.locator(".kept")).to_contain_text("It has been issued")
    window.get_by_role("button", name="Delete").click()
    expect(books.get_by_role("link", name="Delta Papier SARL")).to_have_count(0)
    expect(books.get_by_role("link", name=MARTA)).to_be_visible()


@pytest.mark.parametrize("width", [1280, 390])
@pytest.mark.parametrize("theme", ["light", "dark"])
def test_the_window_is_read_at_a_glance(books: Page, width: int, theme: str) -> None:
    books.set_viewport_size({"width": width, "height": 900})
    books.emulate_media(color_scheme="dark" if theme == "dark" else "light")
    open_record(books, MARTA)
    more(books, "Anonymise…")
    books.get_by_role("dialog").get_by_label("Type “Marta De Luca” to go on").wait_for()
    axe(books)
    screenshot(books, f"anonymise-{theme}-{width}")
