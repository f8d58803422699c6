"""OroCRM's *Manage Business Customers in the Back-Office*, row by row, as its users would do it."""

from __future__ import annotations

import re

import pytest
from flask import Flask
from playwright.sync_api import Page, expect

from models.channel import Channel, ChannelEntity
from models.rights import READING, Level, Permission
from tests.panel import add, stored
from tests.people import add_user
from tests.stories.conftest import open_record, sign_in

OWN = dict.fromkeys(Permission, Level.OWN)
ANNAS = {"customer": OWN, "account": OWN, **dict.fromkeys(("user", "channel", "customer_group"), READING)}
GIVER = {**ANNAS, "customer": {**OWN, Permission.ASSIGN: Level.ORGANISATION}}


def pick(page: Page, label: str, text: str) -> None:
    page.locator(".ts-wrapper").first.wait_for()
    page.get_by_role("combobox", name=label).fill(text)
    page.get_by_role("option", name=text).click()


def fill_company(page: Page, name: str) -> None:
    page.get_by_role("textbox", name=re.compile("^Company")).fill(name)
    page.get_by_label("VAT number").fill("IT12345670785")


@pytest.fixture
def without_channels(office: Flask, page: Page) -> Page:
    """The panel before any channel enables customers."""
    with office.app_context():
        for channel in stored(Channel):
            channel.active = False
            add(channel)
    sign_in(page, path="/")
    return page


def test_row_10_customers_appear_in_the_menu_once_a_channel_enables_them(without_channels: Page) -> None:
    page = without_channels
    expect(page.get_by_role("link", name="Customers", exact=True)).to_have_count(0)
    page.get_by_role("navigation").get_by_role("link", name="Channels").click()
    page.get_by_role("link", name="New channel").click()
    page.get_by_label("Name").fill("Web shop")
    page.get_by_role("radio", name="Sales").check(force=True)
    entities = page.get_by_role("group", name="Entities")
    entities.get_by_label("Entity").select_option("Customers")
    entities.get_by_role("button", name="Add").click()
    page.get_by_role("button", name="Save and close").click()
    expect(page.get_by_role("heading", name="Channels", level=1)).to_be_visible()
    expect(page.get_by_role("link", name="Web shop", exact=True)).to_be_visible()
    page.get_by_role("link", name="Customers", exact=True).click()
    expect(page.get_by_role("heading", name="Customers", level=1)).to_be_visible()


def test_row_10_customers_leave_the_menu_with_their_last_channel_and_stay_reachable(panel: Page) -> None:
    panel.goto("/channel/details/?id=1")
    panel.get_by_role("link", name="Edit Details").click()
    expect(panel.get_by_label("Type")).to_have_text("Sales")
    panel.get_by_label("Active").uncheck()
    panel.get_by_role("button", name="Save").click()
    expect(panel.get_by_role("region", name="Details").get_by_text("no", exact=True)).to_be_visible()
    panel.goto("/")
    expect(panel.get_by_role("link", name="Customers", exact=True)).to_have_count(0)
    open_record(panel, "Bergmann & Söhne GmbH")
    panel.get_by_role("link", name="Edit More").click()
    panel.get_by_label("Employees").fill("12")
    panel.get_by_role("button", name="Save").click()
    expect(panel.get_by_role("region", name="More")).to_contain_text("12")
    panel.goto("/customer/new/")
    expect(panel.get_by_text("No active channel enables customers.")).to_be_visible()
    panel.get_by_role("link", name="Create one").click()
    expect(panel.get_by_role("heading", name="New channel")).to_be_visible()


def test_row_11_a_customer_has_an_owner_a_name_a_channel_and_an_account(office: Flask, panel: Page) -> None:
    with office.app_context():
        add(Channel(name="Trade fair", entities=[ChannelEntity(entity="customer")]))
    panel.get_by_role("link", name="New customer").first.click()
    fill_company(panel, "Nordlys Kontor S.r.l.")
    panel.get_by_label(re.compile("^Name")).fill("Nordlys")
    expect(panel.locator(".field", has=panel.get_by_label("Owner"))).to_contain_text("Anna Rossi")
    pick(panel, "Owner", "Jonas Weber")
    pick(panel, "Channel", "Trade fair")
    panel.get_by_role("button", name="Save and close").click()
    expect(panel.get_by_role("heading", name="Customers", level=1)).to_be_visible()
    expect(panel.get_by_text("Nordlys was created.").first).to_be_visible()
    row = panel.get_by_role("row", name=re.compile("Nordlys"))
    expect(row).to_contain_text("Jonas Weber")
    expect(row).to_contain_text("Trade fair")


def test_row_11_the_only_channel_is_not_asked_for(panel: Page) -> None:
    panel.get_by_role("link", name="New customer").first.click()
    expect(panel.get_by_role("combobox", name="Channel")).to_have_count(0)
    fill_company(panel, "Nordlys Kontor S.r.l.")
    panel.get_by_role("button", name="Create").click()
    expect(panel.get_by_role("region", name="Details")).to_contain_text("Sales")


def test_row_11_who_gives_a_customer_away_lands_in_the_list_and_is_told(office: Flask, page: Page) -> None:
    with office.app_context():
        add_user(GIVER, email="mia@clientela.example", name="Mia Giver")
    sign_in(page, "mia@clientela.example")
    page.get_by_role("link", name="New customer").first.click()
    fill_company(page, "Mine S.r.l.")
    page.get_by_role("button", name="Create").click()
    page.get_by_role("link", name="Edit Details").click()
    pick(page, "Owner", "Jonas Weber")
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_role("heading", name="Customers", level=1)).to_be_visible()
    expect(page.get_by_text("Mine S.r.l. was saved. It is no longer yours to see.").first).to_be_visible()


def test_row_12_saving_and_closing_leads_back_to_the_list_as_it_was(panel: Page) -> None:
    panel.goto("/customer/?f_billing_country=IT&sort=-name")
    panel.get_by_role("link", name="Zenit Carta S.r.l.").click()
    panel.get_by_role("link", name="Edit e").or_(panel.get_by_role("link", name="Edit", exact=True)).first.click()
    panel.get_by_label("Employees").fill("12")
    panel.get_by_role("button", name="Save and close").click()
    expect(panel.get_by_role("list", name="Filters")).to_contain_text("Country is Italy")
    assert "sort=-name" in panel.url
    panel.get_by_role("checkbox", name="Select Zenit Carta S.r.l.").check()
    panel.get_by_role("button", name="Delete…").click()
    panel.get_by_role("dialog").get_by_role("button", name="Delete").click()
    expect(panel.get_by_role("link", name="Zenit Carta")).to_have_count(0)
