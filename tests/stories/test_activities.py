"""A day with customers: notes, calls, tasks and emails, all in the timeline of the record."""

from __future__ import annotations

import re

from playwright.sync_api import Browser, Locator, Page, expect

from tests.browser import axe
from tests.stories.conftest import open_record

AURORA = "Aurora Forniture S.r.l."


def timeline(page: Page) -> Locator:
    return page.get_by_role("region", name="Timeline")


def test_the_signs_of_buttons_are_as_large_as_their_text_wherever_they_stand(panel: Page) -> None:
    open_record(panel, AURORA)
    for name in ("Log call", "New contact…"):
        expect(panel.get_by_role("link", name=name).locator("svg")).to_have_css("width", "16px")


def open_contact(page: Page) -> None:
    open_record(page, AURORA)
    page.goto("/contact/")
    page.get_by_role("link", name="Marta Bianchi", exact=True).click()
    page.get_by_role("heading", name="Marta Bianchi", level=1).wait_for()


def test_a_call_is_logged_from_a_contact_and_told_on_the_customer(panel: Page) -> None:
    open_contact(panel)
    timeline(panel).get_by_role("link", name="Log call").click()
    form = timeline(panel)
    expect(form.get_by_label("Number")).to_have_value("333 123 4567")
    form.get_by_label("Minutes").fill("6")
    form.get_by_text("Left message").click()
    form.get_by_label("Notes").fill("Calls back on Monday.")
    axe(panel)
    form.get_by_role("button", name="Add", exact=True).click()
    entry = timeline(panel).get_by_role("article").filter(has_text="Call to Marta Bianchi")
    expect(entry).to_contain_text(re.compile("Anna Rossi.*Left message.*Calls back on Monday.*6 min", re.DOTALL))
    expect(entry.get_by_role("link", name="333 123 4567")).to_have_attribute("href", "tel:+393331234567")
    expect(panel.get_by_role("link", name="Log call")).to_be_focused()
    open_record(panel, AURORA)
    expect(timeline(panel).get_by_role("link", name="Marta Bianchi", exact=True)).to_be_visible()
    panel.goto("/contact/?sort=-last_contacted")
    expect(panel.get_by_role("row", name=re.compile("Marta Bianchi"))).to_contain_text(re.compile("just now|min ago"))


def test_whoever_is_chosen_brings_their_number_along(panel: Page) -> None:
    open_record(panel, AURORA)
    panel.get_by_role("button", name="More actions").click()
    panel.locator("#more").get_by_role("link", name="Log call…").click()
    expect(panel.get_by_label("Number")).to_have_value("+39 02 6698 1234")
    panel.get_by_role("combobox", name="Contact").fill("Marta")
    panel.get_by_role("option", name="Marta Bianchi").click()
    expect(panel.get_by_label("Number")).to_have_value("333 123 4567")
    panel.get_by_role("button", name="Create", exact=True).click()
    expect(panel.get_by_role("heading", name=AURORA)).to_be_visible()


def test_a_task_is_added_found_under_my_tasks_ticked_off_and_back_by_keyboard(panel: Page) -> None:
    open_record(panel, AURORA)
    timeline(panel).get_by_role("link", name="Add task").press("Enter")
    timeline(panel).get_by_label("Subject").fill("Send the price list")
    timeline(panel).get_by_label("Due").fill("2026-01-05")
    timeline(panel).get_by_label("Subject").press("Enter")
    todo = timeline(panel).get_by_role("region", name="To do")
    expect(todo.get_by_role("article")).to_contain_text(
        re.compile("5 Jan 2026.*Overdue.*Send the price list.*for Anna Rossi", re.DOTALL)
    )
    axe(panel)
    panel.goto("/task/")
    panel.get_by_role("link", name=re.compile("^My tasks")).click()
    expect(panel.get_by_role("link", name=re.compile("^My tasks"))).to_contain_text("1")
    expect(panel.get_by_role("row", name=re.compile("Send the price list"))).to_contain_text("Overdue")
    open_record(panel, AURORA)
    tick = timeline(panel).get_by_role("button", name="Done: Send the price list")
    tick.press("Space")
    expect(todo).to_have_count(0)
    expect(panel.locator("#toasts")).to_contain_text("Done: Send the price list")
    expect(tick).to_have_attribute("aria-pressed", "true")
    tick.press("Space")
    expect(todo.get_by_role("article")).to_have_count(1)
    tick.click()
    expect(todo).to_have_count(0)
    panel.get_by_role("button", name="Undo").last.click()
    expect(timeline(panel).get_by_role("region", name="To do")).to_be_visible()


def test_the_timeline_is_filtered_in_its_place(panel: Page) -> None:
    open_record(panel, AURORA)
    timeline(panel).get_by_role("link", name="Calls").click()
    expect(timeline(panel).get_by_text("Nothing matches these filters.")).to_be_visible()
    expect(timeline(panel).get_by_role("link", name="Calls", exact=True)).to_be_focused()
    timeline(panel).get_by_role("link", name="Drop “Calls”").press("Enter")
    expect(timeline(panel).get_by_text("Prefers delivery before 10:00.")).to_be_visible()
    expect(timeline(panel).get_by_role("button", name="Any time")).to_be_focused()
    panel.keyboard.press("Enter")
    panel.get_by_role("link", name="Last year").press("Enter")
    expect(timeline(panel).get_by_text("Nothing matches these filters.")).to_be_visible()
    expect(timeline(panel).get_by_role("button", name="Last year")).to_be_focused()
    timeline(panel).get_by_role("button", name="Last year").click()
    axe(panel)
    panel.get_by_label("From").fill("2026-01-01")
    panel.get_by_label("To", exact=True).fill("2099-12-31")
    panel.get_by_role("button", name="Apply").click()
    expect(timeline(panel).get_by_text("Prefers delivery before 10:00.")).to_be_visible()
    expect(panel).to_have_url(re.compile("/customer/details/"))


def test_notes_are_written_and_the_timeline_filtered_without_javascript(panel: Page, browser: Browser) -> None:
    state, base = panel.context.storage_state(), panel.url.split("/customer")[0]
    context = browser.new_context(java_script_enabled=False, base_url=base, storage_state=state)
    page = context.new_page()
    page.goto("/customer/")
    page.get_by_role("link", name=AURORA).click()
    timeline(page).get_by_role("link", name="New note").click()
    page.get_by_role("textbox", name="Note").fill("On paper.")
    page.get_by_role("button", name="Create", exact=True).click()
    expect(timeline(page).get_by_text("On paper.")).to_be_visible()
    timeline(page).get_by_role("link", name="Tasks").click()
    expect(page.get_by_role("heading", name=f"Timeline of {AURORA}")).to_be_visible()
    timeline(page).get_by_role("link", name="Add task").click()
    page.get_by_label("Subject").fill("Ring them")
    page.get_by_role("button", name="Create", exact=True).click()
    timeline(page).get_by_role("button", name="Done: Ring them").click()
    expect(timeline(page).get_by_role("button", name="Done: Ring them")).to_have_attribute("aria-pressed", "true")
    context.close()
