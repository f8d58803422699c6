"""Open2b's *Customer management*, row by row, as its users would do it."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, expect

from tests.stories.conftest import open_record


def fill_company(page: Page, name: str, vat: str) -> None:
    page.get_by_role("textbox", name=re.compile("^Company")).fill(name)
    page.get_by_label("VAT number").fill(vat)


def pick(page: Page, label: str, text: str) -> None:
    page.get_by_role("combobox", name=label).fill(text)
    page.get_by_role("option", name=text).click()


def toast(page: Page, text: str) -> None:
    expect(page.get_by_role("status").filter(has_text=text).first).to_be_visible()


def test_row_1_a_new_customer_with_a_group_who_can_log_in(panel: Page) -> None:
    panel.get_by_role("link", name="New customer").click()
    fill_company(panel, "Nordlys Kontor AS", "NO995525828MVA")
    panel.get_by_label(re.compile("^Country")).select_option("NO")
    pick(panel, "Group", "Wholesale")
    panel.get_by_role("group", name="Emails").get_by_role("button", name="Add").click()
    panel.get_by_role("group", name="Emails").get_by_label("Address").last.fill("post@nordlys.example")
    panel.get_by_label("Can log in to the site").check()
    panel.get_by_label("Password").fill("hemmelig1")
    panel.get_by_role("button", name="Create").click()
    expect(panel.get_by_role("heading", name="Nordlys Kontor AS")).to_be_visible()
    details = panel.get_by_role("region", name="Details")
    expect(details).to_contain_text("Wholesale")
    expect(details).to_contain_text("post@nordlys.example")
    expect(panel.get_by_role("region", name="Login")).to_contain_text("yes")
    toast(panel, "Nordlys Kontor AS was created.")


def test_row_1_a_company_is_asked_for_its_vat_number_and_nothing_typed_is_lost(panel: Page) -> None:
    panel.get_by_role("link", name="New customer").click()
    panel.get_by_role("textbox", name=re.compile("^Company")).fill("Half a Customer")
    panel.get_by_label("Website").fill("halfway.example")
    panel.get_by_role("button", name="Create").click()
    expect(panel.get_by_text("A company needs its VAT number.").first).to_be_visible()
    expect(panel.get_by_role("textbox", name=re.compile("^Company"))).to_have_value("Half a Customer")
    expect(panel.get_by_label("Website")).to_have_value(re.compile("halfway.example"))


def test_row_2_only_one_customer_of_an_email_may_log_in_but_contacts_are_free(panel: Page) -> None:
    panel.get_by_role("link", name="New customer").click()
    fill_company(panel, "Twin S.r.l.", "IT00743110157")
    panel.get_by_label(re.compile("^Country")).select_option("IT")
    panel.get_by_label(re.compile("^Province")).fill("Milano")
    panel.get_by_role("group", name="Emails").get_by_role("button", name="Add").click()
    panel.get_by_role("group", name="Emails").get_by_label("Address").last.fill("Marta.DeLuca@post.example")
    panel.get_by_label("Can log in to the site").check()
    panel.get_by_label("Password").fill("secret-1")
    panel.get_by_role("button", name="Create").click()
    expect(panel.get_by_text("is already in use by “Marta De Luca”").first).to_be_visible()
    panel.get_by_label("Can log in to the site").uncheck()
    panel.get_by_role("button", name="Create").click()
    expect(panel.get_by_role("heading", name="Twin S.r.l.")).to_be_visible()


def test_row_3_search_takes_any_element_and_says_where_it_matched(panel: Page) -> None:
    for text, name, where in (
        ("marta bia", "Aurora Forniture", "Bianchi"),
        ("333 1234567", "Aurora Forniture", "333 123 4567"),
        ("3331234567", "Aurora Forniture", "333 123 4567"),
        ("+39 333 1234567", "Aurora Forniture", "333 123 4567"),
        ("renewal", "Casa Ibáñez", "Ask for Marta"),
        ("ibanez", "Casa Ibáñez", ""),
        ("de luca", "Marta De Luca", ""),
        ("DE 136 695 976", "Bergmann", ""),
        ("C-00412", "Aurora", "C-00412"),
    ):
        panel.goto("/customer/")
        panel.get_by_label("Search").fill(text)
        expect(panel.get_by_text("1 found")).to_be_visible()
        expect(panel.get_by_role("row", name=re.compile(re.escape(name)))).to_contain_text(where)


def test_row_3_filters_by_country_province_and_group_read_as_sentences(panel: Page) -> None:
    def apply(label: str, *choices: str) -> None:
        panel.get_by_role("button", name="Filter", exact=True).click()
        panel.locator("#filters").get_by_role("link", name=label, exact=True).click()
        for choice in choices:
            panel.get_by_role("combobox").last.fill(choice)
            panel.get_by_role("option", name=choice).click()
        panel.get_by_role("button", name="Apply").click()

    apply("Country", "Italy")
    expect(panel.get_by_role("list", name="Filters")).to_contain_text("Country is Italy")
    expect(panel.get_by_text("3 found")).to_be_visible()
    apply("Province", "Milano")
    expect(panel.get_by_role("list", name="Filters")).to_contain_text("Province is Milano")
    expect(panel.get_by_text("1 found")).to_be_visible()
    apply("Group", "Wholesale")
    expect(panel.get_by_text("Nothing matches these filters.")).to_be_visible()
    panel.get_by_role("link", name=re.compile("Drop “Group is Wholesale”")).click()
    expect(panel.get_by_role("link", name="Aurora Forniture")).to_be_visible()


def test_row_4_contacts_are_added_and_edited_in_the_row(panel: Page) -> None:
    open_record(panel, "Bergmann & Söhne GmbH")
    contacts = panel.get_by_role("region", name="Contacts")
    contacts.get_by_role("link", name="New contact…").click()
    contacts.get_by_role("button", name="Add").click()
    expect(contacts.get_by_text("This field is required.")).to_be_visible()
    contacts.get_by_label("Name").fill("Petra Vogel")
    contacts.get_by_label("Phone").fill("040 123456")
    contacts.get_by_role("button", name="Add").click()
    expect(contacts.get_by_role("link", name="Petra Vogel", exact=True)).to_be_visible()
    contacts.get_by_role("link", name="Petra Vogel", exact=True).click()
    contacts.get_by_label("Email").fill("petra@bergmann.example")
    contacts.get_by_role("button", name="Save", exact=True).click()
    expect(contacts.get_by_role("link", name="petra@bergmann.example")).to_be_visible()
    contacts.get_by_role("link", name="Delete Petra Vogel").click()
    panel.get_by_role("dialog").get_by_role("button", name="Delete").click()
    expect(contacts.get_by_text("No contacts yet.")).to_be_visible()


def test_row_5_a_part_is_edited_by_itself_and_the_rest_stays(panel: Page) -> None:
    open_record(panel, "Aurora Forniture S.r.l.")
    panel.get_by_role("link", name="Edit Address").click()
    address = panel.get_by_role("region", name=re.compile("Aurora|Address"))
    address.get_by_label("City").fill("Bergamo")
    address.get_by_label("Province").fill("Bergamo")
    address.get_by_role("button", name="Save", exact=True).click()
    expect(panel.get_by_role("region", name="Address", exact=True)).to_contain_text("Bergamo")
    expect(panel.get_by_role("region", name="Details")).to_contain_text("IT00743110157")
    expect(panel.get_by_role("region", name="Contacts")).to_contain_text("Marta Bianchi")


def test_row_6_the_password_is_changed_in_the_login_panel(panel: Page) -> None:
    open_record(panel, "Marta De Luca")
    panel.get_by_role("link", name="Edit Login").click()
    panel.get_by_role("button", name="Change").click()
    panel.get_by_label("Password").fill("short")
    panel.get_by_role("button", name="Save", exact=True).click()
    expect(panel.get_by_text("needs at least 6").first).to_be_visible()
    panel.get_by_label("Password").fill("a new password 17")
    panel.get_by_role("button", name="Save", exact=True).click()
    expect(panel.get_by_text("at most 16").first).to_be_visible()
    panel.get_by_label("Password").fill("new-secret")
    panel.get_by_role("button", name="Save", exact=True).click()
    expect(panel.get_by_role("region", name="Login")).to_contain_text("set ")


def test_row_6_the_password_cannot_be_changed_unless_the_customer_can_log_in(panel: Page) -> None:
    open_record(panel, "Marta De Luca")
    panel.get_by_role("link", name="Edit Login").click()
    expect(panel.get_by_role("button", name="Change")).to_be_enabled()
    panel.get_by_label("Can log in to the site").uncheck()
    expect(panel.get_by_role("button", name="Change")).to_be_disabled()


def test_row_7_selected_customers_are_deleted_after_a_window_that_lists_them(panel: Page) -> None:
    panel.get_by_role("checkbox", name="Select Aurora Forniture S.r.l.").check()
    panel.get_by_role("checkbox", name="Select Casa Ibáñez S.L.").check()
    expect(panel.get_by_text("2 selected")).to_be_visible()
    panel.get_by_role("button", name="Delete…").click()
    window = panel.get_by_role("dialog")
    expect(window).to_contain_text("Aurora Forniture S.r.l.")
    expect(window).to_contain_text("Casa Ibáñez S.L.")
    expect(window).to_contain_text("1 contact")
    expect(window).to_contain_text("2 notes")
    window.get_by_role("button", name="Delete").click()
    expect(panel.get_by_role("link", name="Aurora Forniture")).to_have_count(0)
    panel.get_by_role("button", name="Undo").click()
    expect(panel.get_by_role("link", name="Aurora Forniture")).to_be_visible()
    open_record(panel, "Aurora Forniture S.r.l.")
    expect(panel.get_by_role("region", name="Contacts")).to_contain_text("Marta Bianchi")


@pytest.mark.parametrize(
    ("panel_of", "kind"),
    [("Orders", "order"), ("Quotes", "quote"), ("Invoices", "invoice"), ("Receipts", "receipt"), ("DDTs", "DDT")],
)
def test_row_8_documents_are_seen_on_the_customer_and_made_from_there(panel: Page, panel_of: str, kind: str) -> None:
    open_record(panel, "Aurora Forniture S.r.l.")
    panel.get_by_role("region", name="Nothing yet").get_by_role("link", name=f"New {kind}…").click()
    expect(panel.get_by_role("heading", name=f"New {kind} for Aurora Forniture S.r.l.")).to_be_visible()
    panel.get_by_label("Description").first.fill("Paper, A4")
    panel.get_by_label("Quantity").first.fill("3")
    panel.get_by_label("Unit price").first.fill("0.33")
    expect(panel.get_by_text("€1.21").first).to_be_visible()
    panel.get_by_role("button", name="Create", exact=True).click()
    expect(panel.get_by_role("heading", name=re.compile("draft", re.IGNORECASE))).to_be_visible()
    panel.get_by_role("region", name="Details").get_by_role("link", name="Aurora Forniture S.r.l.").click()
    row = panel.get_by_role("region", name=panel_of).get_by_role("row", name=re.compile("draft"))
    expect(row).to_contain_text("€1.21")
    expect(row).to_contain_text(re.compile("Draft|New"))


def test_row_9_notes_are_added_edited_and_deleted(panel: Page) -> None:
    open_record(panel, "Delta Papier SARL")
    notes = panel.get_by_role("region", name="Timeline")
    notes.get_by_role("link", name="New note").click()
    notes.get_by_role("textbox", name="Note").fill("Pays on time.")
    notes.get_by_role("button", name="Add").click()
    expect(notes.get_by_text("Pays on time.")).to_be_visible()
    expect(notes).to_contain_text("Anna Rossi")
    notes.get_by_role("link", name=re.compile("just now|min ago")).click()
    notes.get_by_role("textbox", name="Note").fill("Pays late.")
    notes.get_by_role("button", name="Save", exact=True).click()
    expect(notes.get_by_text("Pays late.")).to_be_visible()
    notes.get_by_role("link", name=re.compile("Delete")).click()
    panel.get_by_role("dialog").get_by_role("button", name="Delete").click()
    expect(notes.get_by_text("Nothing has happened yet.")).to_be_visible()


def test_row_12_a_customer_is_viewed_edited_and_deleted_from_the_grid(panel: Page) -> None:
    panel.get_by_role("row", name=re.compile("Zenit Carta")).get_by_role("cell").nth(3).click()
    expect(panel.get_by_role("heading", name="Zenit Carta S.r.l.")).to_be_visible()
    expect(panel.get_by_text("6 of 6")).to_be_visible()
    panel.get_by_role("link", name="Edit e").or_(panel.get_by_role("link", name="Edit", exact=True)).first.click()
    panel.get_by_label("Employees").fill("12")
    panel.get_by_role("button", name="Save", exact=True).click()
    expect(panel.get_by_text("Zenit Carta S.r.l. was saved.")).to_be_visible()
    panel.get_by_role("link", name="Delete…").click()
    panel.get_by_role("dialog").get_by_role("button", name="Delete").click()
    expect(panel.get_by_text("Zenit Carta S.r.l. was deleted.")).to_be_visible()
    expect(panel.get_by_role("link", name="Zenit Carta")).to_have_count(0)
