"""Every screen, light, dark and on a phone: WCAG 2.2 AA kept, nothing that the CSP blocks, valid HTML."""

from __future__ import annotations

import gzip
from collections.abc import Callable
from pathlib import Path

import pytest
from flask import Flask
from playwright.sync_api import Browser, Page

from tests.browser import axe, screenshot
from tests.markup import assert_valid
from tests.people import PASSWORD

STATIC = Path(__file__).resolve().parents[2] / "admin_views" / "static"
PANELS = ("customer", "contact", "note", "customer_group", "channel", "user")


def edit_panel(page: Page) -> None:
    page.get_by_role("link", name="Edit Details").click()
    page.get_by_role("button", name="Save").wait_for()


def new_contact(page: Page) -> None:
    page.get_by_role("link", name="New contact…").click()
    page.get_by_role("button", name="Add", exact=True).last.wait_for()


def delete_window(page: Page) -> None:
    page.get_by_role("link", name="Delete…").click()
    page.get_by_role("dialog").wait_for()


def refused_form(page: Page) -> None:
    page.get_by_role("button", name="Create").click()
    page.get_by_text("Nothing was saved yet").wait_for()


def filter_form(page: Page) -> None:
    page.get_by_role("button", name="Filter", exact=True).click()
    page.locator("#filters").get_by_role("link", name="Group", exact=True).click()
    page.get_by_role("button", name="Apply").wait_for()


def keys_sheet(page: Page) -> None:
    page.get_by_role("button", name="Keyboard shortcuts").click()


def select_rows(page: Page) -> None:
    page.get_by_role("checkbox", name="Select all rows of this page").check()


def new_token(page: Page) -> None:
    page.get_by_label("Name").fill("Web shop")
    page.get_by_role("button", name="Create").click()
    page.get_by_role("link", name="Done").wait_for()


def nothing(page: Page) -> None:
    """Look at the page as it comes."""


SCREENS: dict[str, tuple[str, Callable[[Page], None]]] = {
    "home": ("/", nothing),
    **{f"{name}-list": (f"/{name}/", nothing) for name in PANELS},
    **{f"{name}-record": (f"/{name}/details/?id=1", nothing) for name in PANELS},
    **{f"{name}-new": (f"/{name}/new/", nothing) for name in PANELS},
    **{f"{name}-edit": (f"/{name}/edit/?id=1", nothing) for name in PANELS},
    "search": ("/customer/?search=marta&f_billing_country=IT&at=1", nothing),
    "empty": ("/customer/?search=zzzz&f_billing_country=IT", nothing),
    "selected": ("/customer/", select_rows),
    "filter": ("/customer/", filter_form),
    "filter-page": ("/customer/filter/?field=billing_country", nothing),
    "refused": ("/customer/new/", refused_form),
    "panel-edit": ("/customer/details/?id=1", edit_panel),
    "row-edit": ("/customer/details/?id=1", new_contact),
    "delete": ("/customer/details/?id=1", delete_window),
    "delete-page": ("/customer/delete/?id=1", nothing),
    "history": ("/customer/history/?id=1", nothing),
    "keys": ("/customer/", keys_sheet),
    "account": ("/me/", nothing),
    "why-page": ("/customer/why/?id=1&may=edit", nothing),
    "access": ("/customer/access/?id=1", nothing),
    "token": ("/api_token/new/", new_token),
    "tokens": ("/api_token/", nothing),
    "not-found": ("/customer/details/?id=99999", nothing),
}

# Of the pages that every entity has, those of one: in the dark they differ by colours, which are the same for all.
COLOURS = {name: each for name, each in SCREENS.items() if name.partition("-")[0] not in PANELS[1:]}
WIDE_ONLY = {"keys", "selected"}  # a phone has no keys, and no box that selects a whole page


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_every_screen_is_accessible(panel: Page, scheme: str, trust: bool) -> None:
    panel.emulate_media(color_scheme=scheme, reduced_motion="reduce")  # type: ignore[arg-type]
    for name, (path, act) in (SCREENS if trust or scheme == "light" else COLOURS).items():
        panel.goto(path)
        act(panel)
        screenshot(panel, f"{name}-{scheme}")
        axe(panel)


def test_every_screen_fits_a_phone(panel: Page) -> None:
    panel.set_viewport_size({"width": 390, "height": 844})
    for name, (path, act) in SCREENS.items():
        panel.goto(path)
        if name not in WIDE_ONLY:
            act(panel)
        screenshot(panel, f"{name}-phone")
        width = panel.evaluate("document.documentElement.scrollWidth")
        assert width <= 390, f"{name} is {width} px wide"


def test_a_touch_screen_shows_a_page_without_a_form_and_without_an_error(
    panel: Page, browser: Browser, server: str, problems: list[str]
) -> None:
    context = browser.new_context(base_url=server, has_touch=True, storage_state=panel.context.storage_state())
    context.on("weberror", lambda error: problems.append(str(error.error)))
    page = context.new_page()
    page.goto("/customer/details/?id=1")
    assert page.evaluate("matchMedia('(pointer: fine)').matches") is False
    context.close()


def test_the_sign_in_is_accessible(office: Flask, page: Page) -> None:
    page.goto("/login")
    axe(page)
    page.get_by_role("button", name="Sign in").click()
    axe(page)


@pytest.mark.parametrize(
    "path", ["/", "/customer/", "/customer/details/?id=1", "/customer/new/", "/customer/delete/?id=1"]
)
def test_pages_keep_to_the_html_standard(panel: Page, path: str) -> None:
    response = panel.goto(path)
    assert response is not None
    assert_valid(response.text())


def test_a_page_loads_no_more_script_than_promised(panel: Page) -> None:
    addresses = panel.evaluate("[...document.scripts].map(each => new URL(each.src).pathname)")
    files = [STATIC / address.removeprefix("/static/") for address in addresses]
    assert sum(len(gzip.compress(file.read_bytes())) for file in files) <= 120 * 1024


def test_signing_in_again_leads_back_to_where_one_was(office: Flask, page: Page) -> None:
    page.goto("/customer/details/?id=2")
    assert "/login" in page.url
    sign_in_here(page)
    page.get_by_role("heading", name="Bergmann & Söhne GmbH").wait_for()


def sign_in_here(page: Page) -> None:
    page.get_by_label("Email").fill("anna@clientela.example")
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()
