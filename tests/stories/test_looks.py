"""Where there is little room: rows in edit, the details beside a timeline, paper."""

from __future__ import annotations

from playwright.sync_api import FloatRect, Locator, Page, Route, expect

from tests.stories.conftest import open_record

AURORA = "Aurora Forniture S.r.l."


def box(it: Locator) -> FloatRect:
    found = it.bounding_box()
    assert found is not None
    return found


def edit_contact(page: Page, words: str) -> None:
    page.get_by_role("region", name="Contacts").get_by_role("link", name="Marta Bianchi", exact=True).click()
    page.get_by_label("Notes").fill(words)


def test_a_row_in_edit_has_room_also_for_what_another_typed(panel: Page) -> None:
    panel.set_viewport_size({"width": 1280, "height": 900})
    open_record(panel, AURORA)
    other = panel.context.new_page()
    other.goto(panel.url)
    for page, words in ((panel, "For the logistics of the warehouse"), (other, "Answers before nine")):
        edit_contact(page, words)
    contacts = panel.get_by_role("region", name="Contacts")
    for name in ("Name", "Phone", "Email", "Notes"):
        assert box(contacts.get_by_label(name))["width"] > 240, name
    clash, save = contacts.locator(".clash"), contacts.get_by_role("button", name="Save", exact=True)
    for page in (other, panel):
        page.get_by_role("button", name="Save", exact=True).click()
        (clash if page is panel else page.get_by_text("was saved")).wait_for()
    whole, clashing, saving = box(contacts), box(clash), box(save)
    assert clashing["width"] > whole["width"] * 0.9
    assert saving["x"] + saving["width"] < whole["x"] + whole["width"]


def test_what_a_call_counts_stands_in_the_details_at_once_unless_these_are_edited(panel: Page) -> None:
    open_record(panel, AURORA)
    details, told = panel.get_by_role("region", name="Details"), panel.get_by_role("region", name="Timeline")
    expect(details).to_contain_text("Last contacted never")
    told.get_by_role("link", name="Log call").click()
    told.get_by_label("Notes").fill("Calls back on Monday.")
    told.get_by_role("button", name="Add", exact=True).click()
    expect(details).to_contain_text("Times contacted 1")
    expect(details).not_to_contain_text("never")
    expect(told.get_by_role("link", name="Log call")).to_be_focused()

    late: list[Route] = []

    def hold(route: Route) -> None:
        late.append(route)

    panel.route("**/customer/details/?id=*&panel=0", hold)
    told.get_by_role("link", name="Delete Call to").click()
    with panel.expect_request("**/customer/details/?id=*&panel=0"):
        panel.get_by_role("dialog").get_by_role("button", name="Delete").click()
    details.get_by_role("link", name="Edit").click()
    details.get_by_label("Code").fill("typed meanwhile")
    with panel.expect_response("**/customer/details/?id=*&panel=0"):
        for each in late:
            each.continue_()
    expect(details.get_by_label("Code")).to_have_value("typed meanwhile")


def test_a_form_begins_with_the_first_field_that_is_seen(panel: Page) -> None:
    open_record(panel, "Marta De Luca")
    panel.get_by_role("main").get_by_role("link", name="Edit", exact=True).first.click()
    expect(panel.get_by_label("First name")).to_be_focused()


def test_a_list_is_printed_as_a_table(panel: Page) -> None:
    panel.set_viewport_size({"width": 718, "height": 1000})
    cell = panel.get_by_role("cell", name="Milano")
    expect(cell).to_have_css("display", "block")
    panel.emulate_media(media="print")
    expect(cell).to_have_css("display", "table-cell")
    whole = box(panel.locator("table.rows"))
    assert whole["x"] + whole["width"] <= 718


def test_a_form_that_cannot_reach_the_server_stays_with_all_that_was_typed(panel: Page) -> None:
    panel.goto("/customer/edit/?id=5")
    panel.get_by_label("Tags").fill("typed in a train")
    panel.context.set_offline(True)
    panel.get_by_role("button", name="Save", exact=True).click()
    expect(panel.locator("#toasts")).to_contain_text("The server cannot be reached. Nothing was saved.")
    expect(panel.get_by_label("Tags")).to_have_value("typed in a train")
    expect(panel.locator("form[data-dirty]")).to_have_count(1)  # whoever leaves is warned still
    panel.context.set_offline(False)
    panel.get_by_role("button", name="Save and close", exact=True).click()
    expect(panel).to_have_url("/customer/")
    panel.goto("/customer/details/?id=5")
    expect(panel.get_by_role("region", name="More")).to_contain_text("typed in a train")
