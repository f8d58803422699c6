"""A file is put to a customer from its record, refused in words where it is not one, and saved from there."""

from __future__ import annotations

from pathlib import Path

from playwright.sync_api import FilePayload, Locator, Page, expect

from tests.browser import axe, screenshot
from tests.filekit import PAGE, PDF, PNG
from tests.stories.conftest import open_record

AURORA = "Aurora Forniture S.r.l."


def payload(name: str, content: bytes) -> FilePayload:
    return {"name": name, "mimeType": "application/octet-stream", "buffer": content}


def add_file(page: Page) -> Locator:
    """Open the form for a new file on a record."""
    open_record(page, AURORA)
    page.locator("#new-attachment").click()
    return page.locator("form.editing")


def test_a_file_is_added_on_the_record_and_saved_from_its_page(panel: Page, tmp_path: Path) -> None:
    form = add_file(panel)
    form.get_by_label("File", exact=True).set_input_files(payload("parcel.png", PNG))
    form.get_by_label("Notes").fill("What arrived on Monday.")
    axe(panel)
    form.get_by_role("button", name="Add").click()
    panel.get_by_role("link", name="parcel.png", exact=True).first.click()
    panel.get_by_role("heading", name="parcel.png", level=1).wait_for()
    with panel.expect_download() as download:
        panel.get_by_role("main").get_by_role("link", name="parcel.png", exact=True).click()
    download.value.save_as(tmp_path / "parcel.png")
    assert (tmp_path / "parcel.png").read_bytes() == PNG
    panel.get_by_role("link", name="Edit File").click()
    panel.locator("input[type=file]").set_input_files(payload("contract.pdf", PDF))
    panel.get_by_role("button", name="Save", exact=True).click()
    expect(panel.get_by_role("link", name="contract.pdf")).to_be_visible()


def test_what_is_wrong_is_said_and_what_was_chosen_is_kept(panel: Page, problems: list[str]) -> None:
    form = add_file(panel)
    chosen = form.get_by_label("File", exact=True)
    chosen.set_input_files(payload("large.zip", bytes(10_000_001)))
    expect(panel.get_by_text("larger than 10 MB")).to_be_visible()  # before it is sent
    expect(chosen).to_have_value("")
    form.get_by_role("button", name="Add").click()
    expect(panel.locator("#file-error")).to_contain_text("larger than 10 MB")
    chosen.set_input_files(payload("page.png", PAGE))
    form.get_by_role("button", name="Add").click()
    expect(form).to_contain_text("This is not a png file")
    chosen.set_input_files(payload("parcel.png", PNG))
    form.get_by_label("Notes").fill("x" * 10_001)
    form.get_by_role("button", name="Add").click()
    expect(form).to_contain_text("parcel.png, 37 bytes, is kept and need not be chosen again.")
    screenshot(panel, "file-kept")
    axe(panel)
    form.get_by_label("Notes").fill("")
    form.get_by_label("Name").fill("Broken parcel")
    form.get_by_role("button", name="Add").click()
    expect(panel.get_by_role("link", name="Broken parcel").first).to_be_visible()
    problems[:] = [each for each in problems if "422" not in each]
