"""Working in the panel: two people at once, changing one's mind, the keyboard, and a browser without JavaScript."""

from __future__ import annotations

import re

from flask import Flask
from playwright.sync_api import Browser, Dialog, Page, expect

from models.base import db
from models.contact import Contact
from models.gate import set_actor
from models.permissions import SYSTEM
from tests.stories.conftest import open_record, sign_in


def second_person(browser: Browser, page: Page) -> Page:
    """Return a page in another browser profile, in which Jonas has signed in."""
    context = browser.new_context(base_url=re.match(r"https?://[^/]+", page.url)[0], reduced_motion="reduce")  # type: ignore[index]
    other = context.new_page()
    sign_in(other, "jonas@clientela.example")
    return other


def test_two_people_who_edit_different_fields_do_not_notice_each_other(panel: Page, browser: Browser) -> None:
    jonas = second_person(browser, panel)
    for page in (panel, jonas):
        page.goto("/customer/edit/?id=2")
    jonas.get_by_label("Employees").fill("40")
    jonas.get_by_role("button", name="Save", exact=True).click()
    expect(jonas.get_by_role("heading", name="Bergmann")).to_be_visible()
    panel.get_by_label("Website").fill("bergmann.example")
    panel.get_by_role("button", name="Save", exact=True).click()
    expect(panel.get_by_role("heading", name="Bergmann")).to_be_visible()
    more = panel.get_by_role("region", name="More")
    expect(more).to_contain_text("40")
    expect(more).to_contain_text("bergmann.example")
    jonas.context.close()


def test_two_people_who_edit_the_same_field_see_yours_theirs_and_before(panel: Page, browser: Browser) -> None:
    panel.goto("/customer/edit/?id=5")
    jonas = second_person(browser, panel)
    jonas.goto("/customer/edit/?id=5")
    jonas.get_by_label("Employees").fill("40")
    jonas.get_by_role("button", name="Save", exact=True).click()
    expect(jonas.get_by_role("heading", name="Delta Papier SARL")).to_be_visible()
    panel.get_by_label("Employees").fill("55")
    panel.get_by_label("Website").fill("delta.example")
    panel.get_by_role("button", name="Save", exact=True).click()
    expect(panel.get_by_text("Jonas Weber changed this to “40” while you were editing.").first).to_be_visible()
    expect(panel.get_by_label("Employees")).to_have_value("55")
    expect(panel.get_by_label("Website")).to_have_value(re.compile("delta.example"))
    panel.get_by_role("button", name="Use theirs").click()
    expect(panel.get_by_label("Employees")).to_have_value("40")
    panel.get_by_role("button", name="Save", exact=True).click()
    expect(panel.get_by_role("region", name="More")).to_contain_text("delta.example")
    jonas.context.close()


def test_a_change_is_read_in_the_history_and_undone_there(panel: Page) -> None:
    panel.goto("/customer/edit/?id=5")
    panel.get_by_label("Employees").fill("77")
    panel.get_by_role("button", name="Save", exact=True).click()
    panel.get_by_text("Delta Papier SARL was saved.").wait_for()
    panel.goto("/customer/history/?id=5")
    entry = panel.get_by_role("article").or_(panel.get_by_role("listitem")).filter(has_text="77").first
    expect(entry).to_contain_text("Employees")
    expect(entry).to_contain_text("Anna Rossi")
    panel.get_by_role("button", name="Undo").first.click()
    panel.get_by_text("Undone.").wait_for()
    panel.goto("/customer/details/?id=5")
    expect(panel.get_by_role("region", name="More")).not_to_contain_text("77")


def test_what_is_saved_in_its_place_stands_in_the_history_beside_it(panel: Page) -> None:
    open_record(panel, "Bergmann & Söhne GmbH")
    history = panel.get_by_role("region", name="History")
    expect(history).to_contain_text("Created")
    panel.get_by_role("link", name="Edit More").click()
    panel.get_by_label("Employees").fill("40")
    panel.get_by_role("button", name="Save").click()
    expect(history).to_contain_text("Employees")


def test_undoing_a_creation_leads_back_to_the_list(panel: Page) -> None:
    panel.goto("/customer_group/new/")
    panel.get_by_label("Name").fill("Short-lived")
    panel.get_by_role("button", name="Create").click()
    expect(panel.get_by_role("heading", name="Short-lived", level=1)).to_be_visible()
    panel.get_by_role("button", name="Undo").first.click()
    expect(panel.get_by_role("heading", name="Groups", level=1)).to_be_visible()
    expect(panel.get_by_role("link", name="Short-lived")).to_have_count(0)


def test_a_vat_number_that_another_customer_has_is_a_warning_with_a_link(panel: Page) -> None:
    panel.goto("/customer/edit/?id=6")
    panel.get_by_label("VAT number").fill("IT 00743110157")
    panel.get_by_role("button", name="Save", exact=True).click()
    warning = panel.get_by_role("status").filter(has_text="Somebody else has the same VAT number").first
    warning.get_by_role("link", name="Aurora Forniture S.r.l.").click()
    expect(panel.get_by_role("heading", name="Aurora Forniture S.r.l.", level=1)).to_be_visible()


def test_the_keyboard_is_enough(panel: Page) -> None:
    panel.keyboard.press("/")
    expect(panel.get_by_label("Search")).to_be_focused()
    panel.keyboard.type("zenit")
    expect(panel.get_by_text("1 found")).to_be_visible()
    panel.keyboard.press("Escape")
    panel.get_by_label("Search").blur()
    panel.keyboard.press("j")
    panel.keyboard.press("Enter")
    expect(panel.get_by_role("heading", name="Zenit Carta S.r.l.")).to_be_visible()
    panel.keyboard.press("e")
    expect(panel.get_by_role("heading", name="Edit Zenit Carta S.r.l.")).to_be_visible()
    panel.goto("/customer/")
    panel.keyboard.press("c")
    expect(panel.get_by_role("heading", name="New customer")).to_be_visible()


def test_escape_closes_what_is_open_unless_something_was_typed_and_leads_back(panel: Page) -> None:
    open_record(panel, "Aurora Forniture S.r.l.")
    timeline = panel.get_by_role("region", name="Timeline")
    for opener in (
        timeline.get_by_role("link", name="Log call"),
        timeline.get_by_role("article").get_by_title("Edit"),
        panel.get_by_role("link", name="New contact…"),
        panel.get_by_role("link", name="Marta Bianchi", exact=True).first,
        panel.get_by_role("link", name="Edit Address"),
    ):
        opener.press("Enter")
        form = panel.locator("[data-form]")
        expect(form).to_have_count(1)
        expect(panel.locator(":focus:is(input, select, textarea)")).to_have_count(1)
        panel.keyboard.press("Escape")
        expect(form).to_have_count(0)
        expect(opener).to_be_focused()
    kind = timeline.get_by_role("link", name="Notes", exact=True)
    kind.press("Enter")
    expect(kind).to_have_attribute("aria-current", "true")
    expect(kind).to_be_focused()
    timeline.get_by_role("article").get_by_title("Edit").press("Enter")
    expect(timeline.get_by_role("textbox", name="Note")).to_be_focused()
    panel.keyboard.type(" Said so twice.")
    panel.keyboard.press("Escape")
    expect(panel.locator("#toasts")).to_contain_text("Save or cancel what you are editing first.")
    expect(timeline.get_by_role("textbox", name="Note")).to_have_value("Prefers delivery before 10:00. Said so twice.")
    timeline.get_by_role("link", name="Cancel").click()
    expect(panel.locator("[data-form]")).to_have_count(0)


def test_leaving_an_unsaved_form_asks_once(panel: Page) -> None:
    panel.goto("/customer/edit/?id=2")
    panel.get_by_label("Employees").fill("3")
    expect(panel.get_by_text("Unsaved changes")).to_be_visible()
    asked: list[str] = []

    def stay(dialog: Dialog) -> None:
        asked.append(dialog.type)
        dialog.dismiss()

    panel.on("dialog", stay)
    panel.get_by_role("navigation", name="Main").get_by_role("link", name="Contacts").click()
    expect(panel.get_by_label("Employees")).to_have_value("3")
    assert asked == ["beforeunload"]


def test_without_javascript_one_reads_searches_creates_and_deletes_behind_a_page(
    office: Flask, browser: Browser, server: str
) -> None:
    context = browser.new_context(base_url=server, java_script_enabled=False)
    page = context.new_page()
    sign_in(page)
    page.get_by_label("Search").fill("zenit")
    page.get_by_label("Search").press("Enter")
    page.get_by_role("link", name="Zenit Carta S.r.l.").click()
    page.get_by_role("link", name="Edit Details").click()
    page.get_by_role("textbox", name=re.compile("^Company")).fill("Zenit Carta S.p.A.")
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page.get_by_role("region", name="Details")).to_contain_text("Zenit Carta S.p.A.")
    page.get_by_role("link", name="New contact…").click()
    page.get_by_label("Name").fill("Piero")
    page.get_by_role("button", name="Create").click()
    expect(page.get_by_role("region", name="Contacts")).to_contain_text("Piero")
    page.get_by_role("link", name="Delete…").click()
    expect(page.get_by_role("heading", name=re.compile("Delete Zenit"))).to_be_visible()
    page.get_by_role("button", name="Delete").click()
    expect(page.get_by_role("link", name="Zenit Carta")).to_have_count(0)
    context.close()


def test_a_long_list_of_contacts_stays_quick_and_is_paged(office: Flask, panel: Page) -> None:
    with office.app_context():
        set_actor(db.session, SYSTEM)
        db.session.add_all(Contact(customer_id=2, name=f"Person {number:04}") for number in range(2000))
        db.session.commit()
    open_record(panel, "Bergmann & Söhne GmbH")
    contacts = panel.get_by_role("region", name="Contacts")
    expect(contacts).to_contain_text("2,000")
    expect(contacts.get_by_role("row")).to_have_count(21)
    contacts.get_by_role("link", name="Next").click()
    expect(contacts).to_contain_text("Person 0020")
    assert len(panel.content()) < 120_000
