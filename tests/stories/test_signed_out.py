"""Somebody types for so long that the session ends: they sign in again over the page, and nothing is lost."""

from __future__ import annotations

from flask import Flask
from playwright.sync_api import Locator, Page, expect
from sqlalchemy import delete

from models.auth import AuthSession
from models.base import db
from models.note import Note
from models.operations.sessions import DOOR
from tests.browser import axe
from tests.panel import stored
from tests.people import PASSWORD
from tests.stories.conftest import open_record, sign_in


def end_sessions(app: Flask) -> None:
    """End all sessions, as half an hour without a click does."""
    with app.app_context():
        db.session.execute(delete(AuthSession), execution_options=DOOR)
        db.session.commit()
        db.session.remove()


def come_back(page: Page, password: str = PASSWORD) -> Locator:
    """Sign in over the page."""
    dialog = page.get_by_role("dialog", name="Sign in again")
    expect(dialog).to_contain_text("Anna Rossi")
    dialog.get_by_label("Password").fill(password)
    dialog.get_by_role("button", name="Sign in").click()
    return dialog


def test_a_panel_is_saved_after_all_and_its_new_tokens_serve_the_next_save(panel: Page, office: Flask) -> None:
    open_record(panel, "Delta Papier SARL")
    panel.clock.install()
    more = panel.get_by_role("region", name="More")
    more.get_by_role("link", name="Edit").click()
    panel.get_by_label("Tags").fill("typed for long")
    end_sessions(office)
    panel.get_by_role("button", name="Save", exact=True).click()
    dialog = come_back(panel, "wrong")
    expect(dialog.get_by_role("alert")).to_contain_text("does not open the account")
    axe(panel)
    panel.clock.fast_forward("05:00")  # of looking for the password, longer than any request takes
    come_back(panel)
    expect(dialog).to_be_hidden()
    expect(more).to_contain_text("typed for long")
    more.get_by_role("link", name="Edit").click()
    panel.get_by_label("Tags").fill("and once more")
    panel.get_by_role("button", name="Save", exact=True).click()
    expect(more).to_contain_text("and once more")


def test_a_new_record_is_made_once_and_a_note_as_well(panel: Page, office: Flask) -> None:
    panel.goto("/customer/new/")
    panel.get_by_text("Private", exact=True).click()
    panel.get_by_label("First name").fill("Marta")
    panel.get_by_label("Last name").fill("Patient")
    end_sessions(office)
    panel.get_by_role("button", name="Create", exact=True).click()
    dialog = panel.get_by_role("dialog", name="Sign in again")
    dialog.get_by_role("button", name="Cancel").click()
    expect(panel.locator("#toasts")).to_contain_text("What you typed is still here.")
    expect(panel.get_by_label("Last name")).to_have_value("Patient")
    expect(panel.locator("form[data-dirty]")).to_have_count(1)  # whoever leaves is warned still
    panel.get_by_role("button", name="Create", exact=True).click()
    come_back(panel)
    expect(panel.get_by_role("heading", name="Marta Patient", level=1)).to_be_visible()
    panel.get_by_role("region", name="Timeline").get_by_role("link", name="New note").click()
    panel.get_by_role("region", name="Timeline").get_by_role("textbox").first.fill("Called for an hour.")
    end_sessions(office)
    panel.get_by_role("region", name="Timeline").get_by_role("button", name="Add", exact=True).click()
    come_back(panel)
    entry = panel.get_by_role("region", name="Timeline").get_by_role("article").filter(has_text="Called for an hour.")
    expect(entry).to_have_count(1)
    panel.goto("/customer/?search=Patient")
    expect(panel.get_by_role("link", name="Marta Patient")).to_have_count(1)
    with office.app_context():
        assert len(stored(Note, body="Called for an hour.")) == 1


def test_what_was_signed_in_to_in_another_window_serves_this_one_and_nobody_elses_form_is_sent(
    panel: Page, office: Flask
) -> None:
    panel.goto("/customer/new/")
    panel.get_by_text("Private", exact=True).click()
    panel.get_by_label("First name").fill("Marta")
    panel.get_by_label("Last name").fill("Patient")
    end_sessions(office)
    other = panel.context.new_page()
    sign_in(other)
    panel.get_by_role("button", name="Create", exact=True).click()
    expect(panel.get_by_role("heading", name="Marta Patient", level=1)).to_be_visible()

    panel.get_by_role("region", name="More").get_by_role("link", name="Edit").click()
    panel.get_by_label("Tags").fill("of Anna")
    other.get_by_role("button", name="Anna Rossi").click()
    other.get_by_role("button", name="Log out").click()
    sign_in(other, "jonas@clientela.example")
    panel.get_by_role("button", name="Save", exact=True).click()
    dialog = panel.get_by_role("dialog", name="Sign in again")
    expect(dialog).to_contain_text("This page was opened by Anna Rossi, and Jonas Weber is signed in here by now.")
    axe(panel)
    dialog.get_by_role("button", name="Stay on this page").click()
    expect(panel.get_by_label("Tags")).to_have_value("of Anna")
    panel.get_by_role("button", name="Save", exact=True).click()
    panel.on("dialog", lambda asked: asked.accept())  # the browser warns that something is not saved
    dialog.get_by_role("link", name="Load it as Jonas Weber").click()
    expect(panel.get_by_role("button", name="Jonas Weber")).to_be_visible()
    expect(panel.get_by_text("of Anna")).to_have_count(0)
