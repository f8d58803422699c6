"""Accounts by mouse: customers by channel on the record, a new one from there, and all of them gone and back."""

from __future__ import annotations

import re

import pytest
from flask import Flask
from playwright.sync_api import Locator, Page, expect

from models.account import Account
from models.base import db
from models.channel import Channel, ChannelEntity
from models.customer import Customer
from models.gate import set_actor
from models.permissions import SYSTEM
from tests.browser import axe
from tests.markup import assert_valid
from tests.stories.conftest import sign_in
from tests.stories.test_orocrm import fill_company, pick

GROUP = "Gruppo Aurora"


@pytest.fixture
def house(office: Flask, page: Page) -> Page:
    """An account with two customers in a channel and one in a channel that is no longer active; Anna looks at it."""
    with office.app_context():
        set_actor(db.session, SYSTEM)
        web, fair = (Channel(name=name, entities=[ChannelEntity(entity="customer")]) for name in ("Internet", "Fair"))
        row = Account(name=GROUP, website="https://aurora.example")
        db.session.add_all([web, fair, row])
        places = [("Aurora Carta", "BE", "Gent", web), ("Aurora Nord", "DE", "Hamburg", web)]
        places.append(("Aurora Antica", "DE", "Berlin", fair))
        for name, country, city, channel in places:
            place = {"billing_country": country, "billing_city": city}
            sold = {"company": name, "vat_number": "IT12345670785", "channel": channel, "account": row}
            db.session.add(Customer(**sold, **place))
        db.session.commit()
        fair.active = False
        db.session.commit()
    sign_in(page)
    page.get_by_role("link", name="Accounts").click()
    page.get_by_role("link", name=GROUP).click()
    page.get_by_role("heading", name=GROUP, level=1).wait_for()
    return page


def lines(page: Page) -> Locator:
    """Return the customers on the record with the headings between them."""
    return page.locator("#grid-customer-account").locator("tr.group th, td.title")


def test_the_record_shows_customers_by_channel_and_leads_to_them(house: Page) -> None:
    told = ["Internet 2", "Aurora Carta", "Aurora Nord", "Fair 1 not counted", "Aurora Antica"]
    expect(lines(house)).to_have_text(told, use_inner_text=True)
    expect(house.get_by_role("heading", name="Customers 2", level=2)).to_be_visible()
    for scheme in ("light", "dark"):
        house.emulate_media(color_scheme=scheme)
        axe(house)
    house.set_viewport_size({"width": 390, "height": 844})
    axe(house)
    assert house.evaluate("document.documentElement.scrollWidth") <= 390
    house.set_viewport_size({"width": 1280, "height": 800})
    assert_valid(house.content())
    house.get_by_role("link", name="Aurora Antica").click()
    expect(house.get_by_role("heading", name="Aurora Antica", level=1)).to_be_visible()


def test_more_than_a_page_of_customers_are_turned_in_their_place(office: Flask, page: Page) -> None:
    with office.app_context():
        set_actor(db.session, SYSTEM)
        row = Account(name=GROUP)
        names = [f"Aurora {number:02}" for number in range(25)]
        db.session.add_all(Customer(company=name, vat_number="IT12345670785", account=row) for name in names)
        db.session.commit()
        key = row.id
    sign_in(page)
    page.goto(f"/account/details/?id={key}")
    expect(page.get_by_role("link", name="Aurora 19")).to_be_visible()
    page.locator("#grid-customer-account").get_by_role("link", name="Next").click()
    expect(page.get_by_role("link", name="Aurora 24")).to_be_visible()
    expect(lines(page)).to_have_text(["Sales 25", *names[20:]], use_inner_text=True)
    expect(page).to_have_url(re.compile(f"/account/details/\\?id={key}$"))
    expect(page.get_by_role("heading", name=GROUP, level=1)).to_be_visible()


def test_a_new_customer_begins_with_the_account_it_was_asked_for(house: Page) -> None:
    house.get_by_role("link", name="New customer…").click()
    expect(house.get_by_role("heading", name="New customer", level=1)).to_be_visible()
    fill_company(house, "Aurora Sud")
    pick(house, "Channel", "Internet")
    house.get_by_role("button", name="Create", exact=True).click()
    expect(house.get_by_role("heading", name="Aurora Sud", level=1)).to_be_visible()
    house.get_by_role("link", name=GROUP).first.click()
    expect(house.get_by_role("heading", name="Customers 3", level=2)).to_be_visible()


def test_an_account_goes_with_its_customers_and_comes_back_with_them(house: Page) -> None:
    house.get_by_role("link", name="Delete…").click()
    asked = house.get_by_role("dialog")
    expect(asked).to_contain_text("3 customers are deleted too.")
    axe(house)
    asked.get_by_role("button", name="Delete").click()
    expect(house.get_by_text(f"{GROUP} was deleted.")).to_be_visible()
    house.goto("/customer/?search=Aurora")
    expect(house.get_by_role("link", name="Aurora Carta")).to_have_count(0)
    house.goto("/account/")
    expect(house.get_by_role("link", name=GROUP)).to_have_count(0)


def test_undo_in_the_toast_brings_all_of_it_back(house: Page) -> None:
    house.get_by_role("link", name="Delete…").click()
    house.get_by_role("dialog").get_by_role("button", name="Delete").click()
    house.get_by_role("button", name="Undo").click()
    house.get_by_text("Undone.").wait_for()
    house.goto("/account/")
    house.get_by_role("link", name=GROUP).click()
    expect(house.get_by_role("heading", name="Customers 2", level=2)).to_be_visible()
    expect(lines(house)).to_have_count(5)
