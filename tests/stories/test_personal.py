"""Somebody who reads personal data on request has those of one customer shown, and hides them again."""

from __future__ import annotations

import pytest
from flask import Flask
from playwright.sync_api import Page, expect

from models.base import db
from tests.browser import axe, screenshot
from tests.people import VIEWER, add_user
from tests.stories.conftest import open_record, sign_in

VERA = "vera@clientela.example"
AURORA = "Aurora Forniture S.r.l."


@pytest.fixture
def desk(office: Flask, page: Page) -> Page:
    """The customers as Vera sees them, who reads everything, but personal data on request."""
    with office.app_context():
        add_user(VIEWER, name="Vera Bruni", email=VERA)
        db.session.remove()
    sign_in(page, VERA)
    return page


def test_personal_data_are_shown_for_a_while_and_the_history_says_so(desk: Page) -> None:
    open_record(desk, AURORA)
    expect(desk.get_by_text("o•••@aurora.example", exact=True)).to_be_visible()
    expect(desk.get_by_role("link", name="aurora.example")).to_have_count(0)
    axe(desk)
    screenshot(desk, "personal-masked")
    desk.get_by_role("link", name="Show personal data").click()
    window = desk.get_by_role("dialog")
    expect(window).to_contain_text("That you looked is noted in the history, with your name.")
    screenshot(desk, "personal-asked")
    expect(window.get_by_label("Why? You may leave this empty.")).to_be_focused()
    window.get_by_label("Why? You may leave this empty.").fill("They called about an order.")
    window.get_by_role("button", name="Show").click()
    expect(desk.get_by_role("link", name="ordini@aurora.example")).to_be_visible()
    expect(desk.get_by_text("marta@aurora.example")).to_be_visible()
    expect(desk.get_by_text("Personal data shown until")).to_contain_text("noted in the history")
    expect(desk.get_by_text("They called about an order.")).to_be_visible()
    screenshot(desk, "personal-shown")
    desk.get_by_role("button", name="Hide now").click()
    expect(desk.get_by_text("o•••@aurora.example", exact=True)).to_be_visible()
    expect(desk.get_by_text("ordini@aurora.example")).to_have_count(0)
