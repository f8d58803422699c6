"""An administrator makes a role by mouse and gives it away; who has it may do just that."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from urllib.parse import urlsplit

import pytest
from flask import Flask
from playwright.sync_api import Browser, Page, expect
from sqlalchemy import select

from models.account import Account
from models.base import db
from models.gate import set_actor
from models.permissions import SYSTEM, Level, Permission
from models.unit import BusinessUnit
from models.user import User
from tests.browser import axe, screenshot
from tests.people import add_user, new_role
from tests.stories.conftest import sign_in

GRETA = "greta@clientela.example"


@contextmanager
def somebody(browser: Browser, page: Page, email: str) -> Iterator[Page]:
    """Sign in as somebody else, in another browser profile."""
    address = urlsplit(page.url)
    context = browser.new_context(base_url=f"{address.scheme}://{address.netloc}", reduced_motion="reduce")
    other = context.new_page()
    sign_in(other, email)
    yield other
    context.close()


@pytest.fixture
def greta(office: Flask) -> None:
    """Greta has no role yet; there is one that only looks, and a business unit."""
    with office.app_context():
        set_actor(db.session, SYSTEM)
        add_user({}, email=GRETA, name="Greta Lind")
        looking = new_role({"*": {Permission.VIEW: Level.ORGANISATION}}, "Onlooker")
        db.session.add_all([looking, BusinessUnit(name="North")])
        db.session.commit()


def cell(page: Page, name: str) -> str:
    return page.get_by_role("combobox", name=name, exact=True).input_value()


def test_a_role_made_by_mouse_allows_just_what_it_says(greta: None, panel: Page, browser: Browser) -> None:
    panel.get_by_role("link", name="Roles", exact=True).click()
    panel.get_by_role("link", name="New", exact=False).first.click()
    panel.get_by_label("Name", exact=True).fill("Greeter")
    panel.get_by_role("combobox", name="Customers", exact=True).select_option("one by one")
    panel.get_by_role("combobox", name="Customers: View").select_option("Organisation")
    panel.get_by_role("combobox", name="Customers: Create").select_option("Own")
    for needed in ("Groups", "Channels"):
        panel.get_by_role("combobox", name=needed, exact=True).select_option("one by one")
        panel.get_by_role("combobox", name=f"{needed}: View").select_option("Organisation")
    panel.get_by_role("button", name="Create", exact=True).click()
    row = panel.get_by_role("row", name="Customers Organisation Own")
    expect(row).to_be_visible()

    panel.get_by_role("link", name="Users", exact=True).click()
    panel.get_by_role("link", name="Greta Lind").click()
    panel.get_by_role("link", name="Edit Roles and business units").click()
    panel.get_by_role("checkbox", name="Greeter").check()
    panel.get_by_role("checkbox", name="North").check()
    panel.get_by_role("button", name="Save", exact=True).click()
    expect(panel.get_by_role("link", name="Greeter")).to_be_visible()

    with somebody(browser, panel, GRETA) as other:
        expect(other.get_by_role("link", name="Aurora Forniture S.r.l.")).to_be_visible()
        expect(other.get_by_role("link", name="Users", exact=True)).to_have_count(0)
        other.goto("/customer/details/?id=1")
        expect(other.get_by_role("link", name="Edit Details")).to_have_count(0)
        expect(other.get_by_role("link", name="Delete…")).to_have_count(0)
        other.goto("/customer/new/")
        expect(other.get_by_role("button", name="Create", exact=True)).to_be_visible()


def test_one_choice_sets_a_whole_line_which_is_then_set_cell_by_cell(panel: Page) -> None:
    panel.goto("/role/new/")
    expect(panel.get_by_role("combobox", name="Users: View")).to_have_count(0)
    panel.get_by_role("combobox", name="Users", exact=True).select_option("all: unit")
    assert [cell(panel, f"Users: {each}") for each in ("View", "Create", "Edit")] == ["unit", "none", "unit"]
    assert cell(panel, "Users") == "each"
    panel.get_by_role("combobox", name="Users: Delete").select_option("none")
    panel.get_by_label("Name", exact=True).fill("Personnel")
    panel.get_by_role("button", name="Create", exact=True).click()
    expect(panel.get_by_role("row", name="Users Unit — Unit — — Unit —")).to_be_visible()


def test_a_role_is_duplicated_from_its_menu(greta: None, panel: Page) -> None:
    panel.goto("/role/")
    panel.get_by_role("link", name="Onlooker").click()
    panel.get_by_role("button", name="More actions").click()
    panel.get_by_role("link", name="Duplicate…").click()
    expect(panel.get_by_label("Name", exact=True)).to_have_value("Copy of Onlooker")
    panel.get_by_role("button", name="Create", exact=True).click()
    expect(panel.get_by_role("heading", name="Copy of Onlooker")).to_be_visible()
    expect(panel.get_by_role("row", name=re.compile("^Everything else Organisation"))).to_be_visible()


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_table_of_rights_is_accessible_wide_and_on_a_phone(greta: None, panel: Page, scheme: str) -> None:
    panel.emulate_media(color_scheme=scheme, reduced_motion="reduce")  # type: ignore[arg-type]
    for size, width in (("wide", 1280), ("phone", 390)):
        panel.set_viewport_size({"width": width, "height": 844})
        for name, path in (
            ("edit", "/role/edit/?id=3"),
            ("record", "/role/details/?id=3"),
            ("user", "/user/edit/?id=3"),
        ):
            panel.goto(path)
            screenshot(panel, f"rights-{name}-{size}-{scheme}")
            axe(panel)
            assert panel.evaluate("document.documentElement.scrollWidth") <= width, name


def test_a_role_is_set_without_javascript(greta: None, panel: Page, browser: Browser) -> None:
    context = browser.new_context(base_url=panel.url.rpartition("/customer")[0], java_script_enabled=False)
    context.add_cookies([dict(each) for each in panel.context.cookies()])  # type: ignore[misc]
    page = context.new_page()
    page.goto("/role/new/")
    page.get_by_label("Name", exact=True).fill("Plain")
    page.get_by_role("combobox", name="Accounts", exact=True).select_option("all: own")
    page.get_by_role("button", name="Create", exact=True).click()
    expect(page.get_by_role("row", name="Accounts Own Own Own Own Own Own Own")).to_be_visible()
    context.close()


def test_a_user_who_cannot_be_deleted_is_deactivated_from_the_same_dialog(
    greta: None, office: Flask, panel: Page
) -> None:
    with office.app_context():
        set_actor(db.session, SYSTEM)
        owner = db.session.scalars(select(User).where(User.email == GRETA)).one()
        db.session.add(Account(name="Hers", owner=owner))
        db.session.commit()
    panel.get_by_role("link", name="Users", exact=True).click()
    panel.get_by_role("link", name="Greta Lind").click()
    panel.get_by_role("button", name="More actions").click()
    panel.get_by_role("link", name="Deactivate…").click()
    dialog = panel.get_by_role("dialog")
    dialog.get_by_role("link", name="Cancel").click()
    panel.get_by_role("link", name="Delete…").click()
    expect(dialog).to_contain_text("It is the owner of 1 account. Deactivate them instead")
    axe(panel)
    screenshot(panel, "user-kept")
    dialog.get_by_role("link", name="Deactivate…").click()
    expect(dialog).to_contain_text("They cannot sign in any more, and what they own stays theirs.")
    dialog.get_by_role("button", name="Deactivate").click()
    expect(panel.get_by_role("heading", name="Greta Lind", exact=True)).to_be_visible()
    expect(panel.get_by_text("Inactive", exact=True)).to_be_visible()
