"""A record as it was when a day ended: read from its history backwards, and nothing more is to be had of it."""

from __future__ import annotations

import re

import pytest
from flask import Flask
from time_machine import travel

from models.base import db
from models.contact import Contact
from models.customer import Customer, CustomerEmail, Rating
from models.group import CustomerGroup
from models.note import Note
from models.operations.deletion import delete_rows
from models.operations.erasing import anonymise
from models.operations.undo import undo
from models.permissions import Level, Permission
from tests.models.world import begin, person, save
from tests.panel import Panel, statements
from tests.people import ADMINISTRATOR, VIEWER, add_user

DAY = "2026-03-0{}T10:00:00Z"
PANELS = re.compile(r"<h2.*?</section>", re.DOTALL)


@pytest.fixture
def changing(app: Flask) -> Customer:
    """A customer of whom something changed on each of the first days of March."""
    begin()
    with travel(DAY.format(2), tick=False):
        customer = person("Ada", "Byron", billing_city="Como", password="secret-123", tags="old")
        customer.emails = [CustomerEmail(address="ada@example.com", primary=True)]
        db.session.commit()
        save(Contact(customer=customer, name="Chiara"), Note(customer=customer, body="Likes saddles"))
    with travel(DAY.format(4), tick=False):
        customer.billing_city, customer.tags = "Lecco", None
        customer.emails[0].address = "byron@example.com"
        customer.emails.append(CustomerEmail(address="second@example.com"))
        customer.group = CustomerGroup(name="Later group")
        db.session.commit()
    with travel(DAY.format(6), tick=False):
        customer.emails.pop()
        delete_rows(db.session, [customer.contacts[0]])  # type: ignore[attr-defined]
        save(Note(customer=customer, body="One more"), Note(customer=customer, body="And one"))
    return customer


def page(panel: Panel, customer: Customer, day: str) -> str:
    answer = panel.get(f"/customer/details/?id={customer.id}&as_of={day}")
    assert answer.status_code == 200
    return answer.text


def test_fields_parts_and_counts_are_those_of_the_day(app: Flask, changing: Customer) -> None:
    panel = Panel(app)
    third, fifth = (page(panel, changing, f"2026-03-0{day}") for day in (3, 5))
    assert "As it was on 3 March 2026" in third
    assert ("Como" in third, "Lecco" in third, "old" in third) == (True, False, True)
    assert ("ada@example.com" in third, "byron@example.com" in third, "second@" in third) == (True, False, False)
    assert ("Como" in fifth, "Lecco" in fifth, "Later group" in fifth) == (False, True, True)
    assert ("ada@example.com" in fifth, "byron@example.com" in fifth, "second@" in fifth) == (False, True, True)
    assert [counted(text, "Contacts") for text in (third, fifth)] == ["1", "1"]
    seventh = page(panel, changing, "2026-03-07")
    assert (counted(seventh, "Contacts"), counted(seventh, "Notes"), counted(third, "Notes")) == ("0", "3", "1")
    assert "second@" not in seventh


def counted(text: str, label: str) -> str:
    found = re.search(rf"<dt>{label}</dt>\s*<dd>(\d+)</dd>", text)
    assert found, text
    return found[1]


def test_nothing_can_be_changed_there(app: Flask, changing: Customer) -> None:
    text = page(Panel(app), changing, "2026-03-03")
    main = text[text.index("<main") : text.index("</main>")]
    assert not re.findall(r"hx-post|method=\"post\"|/edit/|/delete/|/new/|data-edit", main)
    assert f'href="/customer/details/?id={changing.id}"' in main
    assert "Password" not in main


def test_before_it_came_to_be_it_says_when_that_was(app: Flask, changing: Customer) -> None:
    text = page(Panel(app), changing, "2026-03-01")
    assert "It was not there yet on 1 March 2026" in text
    assert "created it on 2 March 2026" in text
    assert "Como" not in text


@pytest.mark.parametrize("day", ["2099-01-01", "nonsense", "2026-02-31", "", "0001-01-01"])
def test_days_to_come_and_what_is_no_day_do_no_harm(app: Flask, changing: Customer, day: str) -> None:
    text = page(Panel(app), changing, day)
    assert ("As it was" in text) is False
    assert ("hx-post" in text) is (day != "0001-01-01")


def test_the_day_ends_where_the_reader_is(app: Flask, changing: Customer) -> None:
    panel = Panel(app)
    with travel("2026-03-08T23:30:00Z", tick=False):
        changing.billing_city = "Varese"
        db.session.commit()
    assert "Varese" in page(panel, changing, "2026-03-08")
    panel.client.set_cookie("zone", "Europe/Rome")
    assert "Varese" not in page(panel, changing, "2026-03-08")
    assert "Varese" in page(panel, changing, "2026-03-09")


def test_what_was_erased_says_so(app: Flask, changing: Customer) -> None:
    begin()
    anonymise(db.session, changing)
    db.session.commit()
    text = page(Panel(app), changing, "2026-03-05")
    assert "erased" in text
    assert not [each for each in ("Byron", "byron@", "second@", "Lecco", "Ada") if each in text]


def test_what_was_empty_before_the_rest_was_erased_is_empty(app: Flask, changing: Customer) -> None:
    begin()
    anonymise(db.session, changing)
    db.session.commit()
    third, fifth = (page(Panel(app), changing, f"2026-03-0{day}") for day in (3, 5))
    for text in (third, fifth):
        assert re.search("Not filled in: [^<]*Street", text)
        assert re.search(r"<dt>City</dt>\s*<dd><span[^>]*>erased", text)


def test_what_a_record_led_to_and_is_gone_is_called_as_it_was(app: Flask, changing: Customer) -> None:
    begin()
    group = changing.group
    changing.group = db.session.get(CustomerGroup, 1) or changing.group
    db.session.commit()
    delete_rows(db.session, [group])
    db.session.commit()
    assert "Later group" in page(Panel(app), changing, "2026-03-05")
    assert "Later group" not in Panel(app).get(f"/customer/details/?id={changing.id}").text


def test_a_row_that_was_deleted_and_brought_back_was_there_in_between_as_it_was(app: Flask) -> None:
    begin()
    with travel(DAY.format(2), tick=False):
        customer = person("Ada", "Byron", billing_city="Como")
    with travel(DAY.format(4), tick=False):
        key = customer.id
        delete_rows(db.session, [customer])
        db.session.commit()
        deletion = db.session.info["last_change_set"]
    with travel(DAY.format(6), tick=False):
        undo(db.session, deletion)
        db.session.commit()
    panel = Panel(app)
    texts = [panel.get(f"/customer/details/?id={key}&as_of=2026-03-0{day}").text for day in (3, 5, 7)]
    assert ["Como" in text for text in texts] == [True, False, True]


def test_it_takes_no_more_statements_for_a_longer_past(app: Flask, changing: Customer) -> None:
    panel, counts = Panel(app), []
    for many in (1, 20):
        for number in range(many):
            begin()
            changing.employees = number + many
            db.session.commit()
        with statements() as sent:
            page(panel, changing, "2026-03-03")
        counts.append(len(sent))
    assert counts[0] == counts[1] <= 20, counts


def test_a_role_sees_of_the_past_what_it_sees_of_today(app: Flask, changing: Customer) -> None:
    with travel(DAY.format(3), tick=False):
        changing.rating = Rating.HOT
        db.session.commit()
    everything, narrow, masked = (
        page(Panel(app, each), changing, "2026-03-04")
        for each in (ADMINISTRATOR, add_user({"*": {Permission.VIEW: Level.ORGANISATION}}), VIEWER)
    )
    assert ["Rating" in text for text in (everything, narrow)] == [True, False]
    assert ["byron@example.com" in text for text in (everything, masked)] == [True, False]
    assert Panel(app).get("/customer/details/?id=99999&as_of=2026-03-03").status_code == 404
