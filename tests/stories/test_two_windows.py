"""Two windows of one person: what one of them changed, the other shows before it goes on."""

from __future__ import annotations

from playwright.sync_api import Page, expect

from tests.stories.conftest import open_record


def test_what_was_changed_in_one_window_is_shown_in_the_other(panel: Page) -> None:
    open_record(panel, "Delta Papier SARL")
    other = panel.context.new_page()
    other.goto(panel.url)
    for page, word in ((panel, "mine"), (other, "theirs")):
        page.get_by_role("region", name="More").get_by_role("link", name="Edit").click()
        page.get_by_label("Tags").fill(word)
    other.get_by_role("button", name="Save", exact=True).click()
    expect(other.get_by_role("region", name="More")).to_contain_text("theirs")
    panel.get_by_role("button", name="Save", exact=True).click()
    more = panel.get_by_role("region", name="More")
    expect(more).to_contain_text("You changed this to “theirs” in another window.")
    expect(panel.get_by_label("Tags")).to_have_value("mine")
    expect(more.locator(".clash")).to_contain_text("Yours")
    more.get_by_role("button", name="Use that one").click()
    expect(panel.get_by_label("Tags")).to_have_value("theirs")
    panel.get_by_role("button", name="Save", exact=True).click()
    expect(panel.get_by_label("Tags")).to_have_count(0)

    panel.get_by_role("link", name="Delete…").click()
    dialog = panel.get_by_role("dialog")
    expect(dialog).to_contain_text("Delete Delta Papier SARL?")
    other.reload()
    other.get_by_role("region", name="More").get_by_role("link", name="Edit").click()
    other.get_by_label("Tags").fill("once more")
    other.get_by_role("button", name="Save", exact=True).click()
    expect(other.get_by_role("region", name="More")).to_contain_text("once more")
    dialog.get_by_role("button", name="Delete").click()
    expect(panel.get_by_role("main")).to_contain_text("You changed “Delta Papier SARL” in another window")
    expect(panel.get_by_role("main")).to_contain_text("Tags: theirs → once more")
    panel.get_by_role("button", name="Delete").click()
    expect(panel.get_by_text("Delta Papier SARL was deleted.")).to_be_visible()


def test_two_clicks_make_one_customer(panel: Page) -> None:
    panel.goto("/customer/new/")
    panel.get_by_text("Private", exact=True).click()
    panel.get_by_label("First name").fill("Marta")
    panel.get_by_label("Last name").fill("Twice")
    panel.get_by_role("button", name="Create", exact=True).dblclick()
    expect(panel.get_by_role("heading", name="Marta Twice", level=1)).to_be_visible()
    panel.goto("/customer/?search=Twice")
    expect(panel.get_by_role("link", name="Marta Twice")).to_have_count(1)


def test_what_was_deleted_in_another_window_is_brought_back_with_what_was_typed(panel: Page) -> None:
    open_record(panel, "Delta Papier SARL")
    more = panel.get_by_role("region", name="More")
    more.get_by_role("link", name="Edit").click()
    panel.get_by_label("Tags").fill("typed before")
    other = panel.context.new_page()
    other.goto(panel.url.replace("details", "delete"))
    other.get_by_role("button", name="Delete", exact=True).click()
    expect(other.get_by_text("Delta Papier SARL was deleted.")).to_be_visible()
    panel.get_by_role("button", name="Save", exact=True).click()
    toasts = panel.locator(".toast-item")
    expect(toasts).to_have_count(1)
    expect(toasts).to_contain_text("You deleted “Delta Papier SARL”, just now. Nothing was saved.")
    expect(panel.get_by_label("Tags")).to_have_value("typed before")
    toasts.get_by_role("button", name="Bring it back and save").click()
    expect(more).to_contain_text("typed before")
    expect(toasts).to_have_count(1)
    expect(toasts).to_contain_text("Delta Papier SARL was saved.")


def test_an_error_stands_once_and_goes_with_what_goes_well(panel: Page, problems: list[str]) -> None:
    open_record(panel, "Delta Papier SARL")
    panel.get_by_role("region", name="More").get_by_role("link", name="Edit").click()
    panel.get_by_label("Tags").fill("typed before")
    save, error = panel.get_by_role("button", name="Save", exact=True), panel.locator(".toast-danger")
    panel.context.set_offline(True)
    for _ in range(2):
        with panel.expect_event("requestfailed"):
            save.click()
        expect(error).to_have_text("The server cannot be reached. Nothing was saved.")
    panel.context.set_offline(False)
    save.click()
    expect(panel.get_by_text("Delta Papier SARL was saved.")).to_be_visible()
    expect(error).to_have_count(0)
    problems[:] = [each for each in problems if "Failed to fetch" not in each]
