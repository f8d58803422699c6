"""The panel explains itself: a refused button, a record that somebody cannot find, the eyes of others."""

from __future__ import annotations

import re

import pytest
from flask import Flask
from playwright.sync_api import Browser, Page, expect
from sqlalchemy import select

from models.base import db
from models.customer import Customer
from models.gate import set_actor
from models.permissions import SYSTEM, Level, Permission
from models.role import Role
from models.unit import BusinessUnit
from models.user import User
from tests.browser import axe
from tests.markup import assert_valid
from tests.people import add_user
from tests.stories.conftest import sign_in

SEE = {Permission.VIEW: Level.ORGANISATION}
SELLER = {
    "customer": {**dict.fromkeys(Permission, Level.OWN), Permission.VIEW: Level.DIVISION},
    "user": SEE, "business_unit": SEE, "channel": SEE, "customer_group": SEE,
}  # fmt: skip
SALLY = "sally@clientela.example"


@pytest.fixture
def keys(office: Flask) -> dict[str, int]:
    """Sally sells in the south and Ben in Salerno below it; he owns the first customer, and nobody the second."""
    with office.app_context():
        set_actor(db.session, SYSTEM)
        south = BusinessUnit(name="South")
        db.session.add(south)
        salerno = BusinessUnit(name="Salerno", above=south)
        db.session.add(salerno)
        db.session.commit()
        sally = add_user(SELLER, south, email=SALLY, name="Sally Stone")
        ben = add_user(SELLER, salerno, name="Ben Brook")
        role = db.session.scalars(select(Role).where(Role.id == sally.roles[0].role.id)).one()
        role.name = "Seller"
        first, second = db.session.scalars(select(Customer).order_by(Customer.id).limit(2))
        first.owner = ben
        second.owner = db.session.scalars(select(User).order_by(User.id).limit(1)).one()
        db.session.commit()
        return {"role": role.id, "sally": sally.id, "ben": ben.id, "bens": first.id, "other": second.id}


@pytest.fixture
def sallys(office: Flask, keys: dict[str, int], page: Page) -> Page:
    """The panel as Sally sees it."""
    sign_in(page, SALLY)
    return page


def test_a_button_that_cannot_be_pressed_says_why(sallys: Page, keys: dict[str, int]) -> None:
    sallys.goto(f"/customer/details/?id={keys['bens']}")
    sallys.get_by_role("link", name="Why?").last.click()
    dialog = sallys.get_by_role("dialog")
    expect(dialog.get_by_role("heading")).to_contain_text("You may not edit “Aurora Forniture S.r.l.”")
    expect(dialog).to_contain_text("Ben Brook")
    expect(dialog).not_to_contain_text("Salerno")
    expect(dialog).to_contain_text("out of reach")
    axe(sallys)
    dialog.get_by_role("link", name="Close").click()
    expect(dialog).to_be_hidden()
    expect(sallys.get_by_role("link", name="Why?").last).to_be_focused()


def test_without_javascript_why_is_a_page(office: Flask, keys: dict[str, int], browser: Browser, server: str) -> None:
    context = browser.new_context(base_url=server, java_script_enabled=False)
    page = context.new_page()
    sign_in(page, SALLY)
    page.goto(f"/customer/details/?id={keys['bens']}")
    page.get_by_role("link", name="Why?").last.click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("You may not edit")
    page.get_by_role("link", name="Aurora Forniture S.r.l.").last.click()
    expect(page).to_have_url(re.compile("/customer/details/"))
    context.close()


def test_somebody_cannot_see_a_record_and_the_administrator_finds_out_why(panel: Page, keys: dict[str, int]) -> None:
    panel.goto(f"/customer/details/?id={keys['other']}")
    panel.get_by_role("button", name="More actions").click()
    panel.get_by_role("link", name="Who may do this?…").click()
    expect(panel.get_by_role("heading", level=1)).to_contain_text("Who may do what with “Bergmann & Söhne GmbH”")
    axe(panel)
    panel.get_by_role("link", name="Sally Stone may not view").click()
    dialog = panel.get_by_role("dialog")
    expect(dialog).to_contain_text("Seller: those of their business units and the ones below")
    expect(dialog).to_contain_text("Anna Rossi")
    expect(dialog).to_contain_text("out of reach")
    axe(panel)


def test_the_administrator_looks_as_a_user_finds_a_record_missing_and_asks_why(
    panel: Page, keys: dict[str, int]
) -> None:
    panel.goto(f"/user/details/?id={keys['sally']}")
    panel.get_by_role("button", name="More actions").click()
    panel.get_by_role("button", name="Look at the panel as Sally Stone").click()
    banner = panel.get_by_text("You see the panel as “Sally Stone”. Nothing can be changed.")
    expect(banner).to_be_visible()
    panel.goto(f"/customer/details/?id={keys['other']}")
    expect(banner).to_be_visible()
    axe(panel)
    panel.get_by_role("link", name="Why?").click()
    expect(panel.get_by_role("dialog")).to_contain_text("Sally Stone may not view “Bergmann & Söhne GmbH”")
    panel.get_by_role("dialog").get_by_role("link", name="Close").click()
    panel.get_by_role("button", name="Stop").click()
    expect(panel.get_by_role("heading", level=1)).to_contain_text("Sally Stone")
    expect(banner).to_be_hidden()


def test_looking_as_a_role_one_can_open_a_form_but_save_nothing(panel: Page, keys: dict[str, int]) -> None:
    panel.goto(f"/role/details/?id={keys['role']}")
    panel.get_by_role("button", name="More actions").click()
    panel.get_by_role("button", name="Look at the panel as Seller").click()
    panel.get_by_text("You see the panel as").wait_for()
    panel.goto(f"/customer/details/?id={keys['other']}")
    panel.get_by_role("link", name="Edit More").click()
    panel.get_by_label("Website").fill("bergmann.example")
    panel.get_by_role("button", name="Save").click()
    expect(panel.get_by_text("You are looking at the panel as Seller, and can change nothing.")).to_be_visible()
    assert_valid(panel.content())
