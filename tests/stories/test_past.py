"""A record has a past: what is new since one was there, how it was on a day, and a history that folds what is long."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from flask import Flask
from playwright.sync_api import Page, expect
from sqlalchemy import select, update

from models.actors import actor_for
from models.base import db
from models.customer import Customer
from models.gate import set_actor
from models.history import ChangeSet
from models.permissions import SYSTEM
from models.user import User
from tests.browser import axe
from tests.markup import assert_valid
from tests.models.world import LOOKING

JONAS = "jonas@clientela.example"
MARCH = datetime(2026, 3, 2, 10, tzinfo=UTC)


@pytest.fixture
def aurora(office: Flask) -> int:
    """A customer since 2 March."""
    with office.app_context():
        set_actor(db.session, SYSTEM)
        key = db.session.scalars(select(Customer.id).where(Customer.code == "C-00412")).one()
        db.session.execute(update(ChangeSet).values(at=MARCH), execution_options=LOOKING)
        db.session.execute(update(Customer).values(created_at=MARCH), execution_options=LOOKING)
        db.session.commit()
        db.session.remove()
    return key


def jonas_changes(office: Flask, key: int) -> None:
    with office.app_context():
        set_actor(db.session, SYSTEM)
        jonas = db.session.scalars(select(User).where(User.email == JONAS)).one()
        set_actor(db.session, actor_for(db.session, jonas))
        row = db.session.scalars(select(Customer).where(Customer.id == key)).one()
        row.billing_city, row.billing_street, row.billing_postal_code = "Bergamo", "Via Roma 1", "24121"
        row.billing_province, row.tags, row.legal_form = "BG", "wood", "S.r.l."
        row.phones[0].number = "+39 035 123456"
        db.session.commit()
        db.session.remove()


def open_record(page: Page, key: int) -> None:
    """Open a record, and wait until it has told that somebody is there."""
    with page.expect_response(lambda answer: "/visit/" in answer.url) as told:
        page.goto(f"/customer/details/?id={key}")
    assert told.value.status == 204


def test_one_sees_what_a_colleague_changed_and_how_it_was_before(panel: Page, office: Flask, aurora: int) -> None:
    open_record(panel, aurora)
    expect(panel.get_by_text("since you were here")).to_have_count(0)
    jonas_changes(office, aurora)
    open_record(panel, aurora)
    news = panel.get_by_role("link", name="since you were here")
    expect(news).to_contain_text("Jonas Weber changed")
    expect(panel.locator("dt", has_text="City").get_by_title("Jonas Weber")).to_be_visible()
    look(panel, "news")
    news.click()
    panel.get_by_role("heading", name="Aurora Forniture S.r.l.").wait_for()
    entry = panel.locator(".entry:target")
    entry.get_by_text("and 3 more").click()
    expect(entry.get_by_text("Bergamo")).to_be_visible()
    look(panel, "history-folded")
    open_record(panel, aurora)
    expect(news).to_have_count(0)
    panel.get_by_label("As of").fill("2026-03-03")
    panel.get_by_role("button", name="Show", exact=True).click()
    expect(panel.get_by_text("As it was on 3 March 2026")).to_be_visible()
    expect(panel.get_by_text("Milano", exact=True).first).to_be_visible()
    expect(panel.get_by_text("Bergamo")).to_have_count(0)
    expect(panel.get_by_text("+39 02 6698 1234")).to_be_visible()
    expect(panel.get_by_role("main").get_by_role("link", name="Edit")).to_have_count(0)
    look(panel, "as-of")
    panel.get_by_role("link", name="Back to today").click()
    expect(panel.get_by_text("Bergamo", exact=True).first).to_be_visible()


def look(page: Page, name: str) -> None:
    """Hold a page to what every page is held to."""
    axe(page)
    assert_valid(page.content())
