"""An office for the stories: three groups, two colleagues, six customers, and a browser in which Anna has signed in."""

from __future__ import annotations

import pytest
from flask import Flask
from playwright.sync_api import Page
from sqlalchemy import select

from models.base import db
from models.contact import Contact
from models.customer import Customer, CustomerEmail, CustomerKind, CustomerPhone
from models.gate import set_actor
from models.group import CustomerGroup
from models.note import Note
from models.permissions import SYSTEM
from models.rules.password import Sealed
from models.user import User
from seed.reference_rows import load_reference
from tests.panel import Panel
from tests.people import EDITOR, HASH, PASSWORD, add_user

ANNA = "anna@clientela.example"


def company(name: str, vat: str, country: str, city: str, province: str | None, **values: object) -> Customer:
    """Return a company that is not yet stored."""
    place = {"billing_country": country, "billing_city": city, "billing_province": province}
    return Customer(company=name, vat_number=vat, **place, **values)


def customers(retail: CustomerGroup, wholesale: CustomerGroup) -> list[Customer]:
    """Return six customers from four countries."""
    aurora = company("Aurora Forniture S.r.l.", "IT00743110157", "IT", "Milano", "MI", group=retail, code="C-00412")
    aurora.emails.append(CustomerEmail(address="ordini@aurora.example"))
    aurora.phones.append(CustomerPhone(number="+39 02 6698 1234"))
    Contact(customer=aurora, name="Marta Bianchi", phone="333 123 4567", email="marta@aurora.example")
    Note(customer=aurora, body="Prefers delivery before 10:00.")
    bergmann = company("Bergmann & Söhne GmbH", "DE136695976", "DE", "Hamburg", None, group=wholesale)
    casa = company("Casa Ibáñez S.L.", "ESB58378431", "ES", "Valencia", "V", group=wholesale)
    Note(customer=casa, body="Ask for Marta about the renewal.")
    luca = Customer(
        kind=CustomerKind.PRIVATE, first_name="Marta", last_name="De Luca", group=retail, billing_country="IT",
        billing_city="Torino", billing_province="TO", can_login=True, password=Sealed(HASH),
    )  # fmt: skip
    luca.emails.append(CustomerEmail(address="marta.deluca@post.example"))
    delta = company("Delta Papier SARL", "FR83404833048", "FR", "Lyon", None, group=wholesale)
    empty = company("Zenit Carta S.r.l.", "IT12345670785", "IT", "Roma", "RM")
    return [aurora, bergmann, casa, luca, delta, empty]


@pytest.fixture
def office(fresh_app: Flask) -> Flask:
    """The app with something in it."""
    with fresh_app.app_context():
        set_actor(db.session, SYSTEM)
        load_reference(db.session)
        add_user(email=ANNA, name="Anna Rossi")
        add_user(EDITOR, email="jonas@clientela.example", name="Jonas Weber")
        retail, wholesale = CustomerGroup(name="Retail"), CustomerGroup(name="Wholesale")
        db.session.add_all([retail, wholesale])
        db.session.flush()
        for customer in customers(retail, wholesale):
            db.session.add(customer)
            db.session.flush()
        db.session.commit()
    return fresh_app


@pytest.fixture
def panel(office: Flask, page: Page, server: str) -> Page:
    """The customers as Anna sees them after signing in, which she did before the story begins."""
    with office.app_context():
        set_actor(db.session, SYSTEM)
        anna = db.session.scalars(select(User).where(User.email == ANNA)).one()
        for cookie in (Panel(office, anna).client._cookies or {}).values():
            page.context.add_cookies([{"name": cookie.key, "value": cookie.value, "url": server}])
        db.session.remove()
    page.goto("/customer/")
    return page


def sign_in(page: Page, email: str = ANNA, path: str = "/customer/") -> None:
    """Sign in through the form, wait for the first page, and go on to where the story begins."""
    page.goto("/login")
    page.get_by_label("Email").fill(email)
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()
    page.get_by_role("heading", name="Hello", level=1).wait_for()
    page.goto(path)


def open_record(page: Page, name: str) -> None:
    """Open a customer's record from the list."""
    page.goto("/customer/")
    page.get_by_role("link", name=name).click()
    page.get_by_role("heading", name=name, level=1).wait_for()
