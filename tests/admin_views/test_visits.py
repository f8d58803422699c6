"""What others changed on a record since one was last there."""

from __future__ import annotations

import re
from datetime import timedelta
from itertools import pairwise
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select, update
from time_machine import travel

from models.actors import actor_for
from models.base import db
from models.contact import Contact
from models.customer import Customer, CustomerEmail, Rating
from models.gate import set_actor
from models.permissions import SYSTEM, Level, Permission
from models.types import utcnow
from models.user import User
from models.visits import RecordVisit, note_visit
from tests.models.world import LOOKING, begin, person, save
from tests.panel import Panel, statements
from tests.people import EDITOR, add_user

SEEN = re.compile(r'hx-post="(/customer/visit/\?id=\d+)".*?"seen": (\d+)', re.DOTALL)
LINE = re.compile(r'<p class="past">.*?</p>', re.DOTALL)


@pytest.fixture
def customer(app: Flask) -> int:
    begin()
    return person("Ada", "Byron", billing_city="Como", tags="old").id


@pytest.fixture
def anna(app: Flask) -> int:
    return add_user(EDITOR, name="Anna Rossi").id


def arrive(panel: Panel, customer: int) -> str:
    """Open a record, as a browser does that then tells that it was shown; return the page."""
    text = panel.get(f"/customer/details/?id={customer}").text
    found = SEEN.search(text)
    assert found
    assert panel.post(found[1], {"seen": found[2]}, fragment=True).status_code == 204
    return text


def news(text: str) -> str:
    found = LINE.search(text)
    return re.sub(r"<[^>]*>|\s+", " ", found[0]).strip() if found else ""


def change(customer: int, by: int, **values: object) -> None:
    set_actor(db.session, SYSTEM)
    set_actor(db.session, actor_for(db.session, one(User, by)))
    row = one(Customer, customer)
    for key, value in values.items():
        setattr(row, key, value)
    db.session.commit()


def one(model: Any, key: int) -> Any:
    return db.session.scalars(select(model).where(model.id == key)).one()


def test_a_first_visit_has_missed_nothing(app: Flask, customer: int) -> None:
    assert news(arrive(Panel(app), customer)) == ""


def test_what_others_changed_is_told_once_and_marked(app: Flask, customer: int, anna: int) -> None:
    panel = Panel(app, add_user(name="Jonas Weber"))
    arrive(panel, customer)
    db.session.execute(update(RecordVisit).values(at=utcnow() - timedelta(days=2)), execution_options=LOOKING)
    db.session.commit()
    change(customer, anna, billing_city="Lecco", tags="new")
    begin()
    save(CustomerEmail(customer_id=customer, address="a@example.com"), Contact(customer_id=customer, name="Chiara"))
    text = arrive(panel, customer)
    assert "since you were here 2 days ago." in news(text)
    assert re.search(r"Anna Rossi changed (Tags and City|City and Tags); ", news(text)), news(text)
    assert "changed Emails and Contacts" in news(text)
    assert len(re.findall(r'class="fresh" title="Anna Rossi">', text)) == 2
    assert news(arrive(panel, customer)) == ""


@pytest.mark.parametrize(
    ("ago", "said"),
    [
        (timedelta(seconds=10), "since you were here a moment ago."),
        (timedelta(minutes=5), "since you were here 5 min ago."),
        (timedelta(hours=30), "since you were here yesterday."),
        (timedelta(days=400), "since you were here on 26 Jan 2025."),
    ],
)
def test_when_one_was_here_reads_as_people_say_it(
    app: Flask, customer: int, anna: int, ago: timedelta, said: str
) -> None:
    with travel("2026-03-02T12:00:00Z", tick=False):
        panel = Panel(app)
        arrive(panel, customer)
        db.session.execute(update(RecordVisit).values(at=utcnow() - ago), execution_options=LOOKING)
        db.session.commit()
        change(customer, anna, billing_city="Lecco")
        assert news(panel.get(f"/customer/details/?id={customer}").text).endswith(f"Anna Rossi changed City {said}")


def test_the_line_leads_to_the_first_of_these_changes(app: Flask, customer: int, anna: int) -> None:
    panel = Panel(app)
    arrive(panel, customer)
    for city in ("Lecco", "Varese"):
        change(customer, anna, billing_city=city)
    text = arrive(panel, customer)
    [(path, anchor)] = re.findall(r'href="(/customer/history/\?id=\d+)#(set-\d+)"', text)
    entries = re.findall(r'<article class="entry" id="(set-\d+)">', panel.get(path).text)
    assert entries.index(anchor) == 1


def test_ones_own_changes_are_no_news(app: Flask, customer: int, anna: int) -> None:
    panel = Panel(app, one(User, anna))
    arrive(panel, customer)
    change(customer, anna, billing_city="Lecco")
    text = arrive(panel, customer)
    assert (news(text), 'title="Anna Rossi"' in text) == ("", False)


def test_what_happened_while_the_page_was_on_its_way_is_told_the_next_time(
    app: Flask, customer: int, anna: int
) -> None:
    panel = Panel(app)
    arrive(panel, customer)
    page = panel.get(f"/customer/details/?id={customer}").text
    change(customer, anna, billing_city="Lecco")
    found = SEEN.search(page)
    assert found
    panel.post(found[1], {"seen": found[2]})
    assert "Anna Rossi changed City" in news(arrive(panel, customer))


def test_what_the_role_does_not_show_is_not_told(app: Flask, customer: int, anna: int) -> None:
    viewer = Panel(app, add_user({"*": {Permission.VIEW: Level.ORGANISATION}}))
    arrive(viewer, customer)
    begin()
    row = one(Customer, customer)
    row.rating, row.password = Rating.HOT, "secret-123"
    db.session.commit()
    text = arrive(viewer, customer)
    assert "Rating" not in news(text)
    assert "changed Password since" in news(text)


def test_whoever_looks_as_somebody_else_leaves_no_trace(app: Flask, customer: int, anna: int) -> None:
    panel = Panel(app)
    panel.post(f"/looking/user/{anna}")
    text = panel.get(f"/customer/details/?id={customer}").text
    assert "/customer/visit/" not in text
    assert panel.post(f"/customer/visit/?id={customer}", {"seen": "1"}).status_code == 403
    assert visits() == []


def visits() -> list[RecordVisit]:
    return list(db.session.scalars(select(RecordVisit).order_by(RecordVisit.id), execution_options=LOOKING))


def test_a_page_that_is_opened_again_and_again_writes_once_a_minute(app: Flask, customer: int) -> None:
    panel = Panel(app)
    with travel(utcnow(), tick=False) as clock:
        times = []
        for _ in range(4):
            arrive(panel, customer)
            times.append(visits()[0].at)
            clock.shift(40)
    assert len(visits()) == 1
    assert [later > earlier for earlier, later in pairwise(times)] == [False, True, False]


def test_visits_are_forgotten_after_half_a_year_and_with_whoever_made_them(app: Flask, customer: int) -> None:
    other, user = person("Mary", "Shelley").id, add_user(EDITOR)
    key, panel = user.id, Panel(app, user)
    with travel(utcnow() - timedelta(days=200), tick=False):
        begin()
        note_visit(db.session, one(Customer, other), key, 1)
        db.session.commit()
    arrive(panel, customer)
    assert [visit.row_id for visit in visits()] == [customer]
    begin()
    db.session.delete(one(User, key))
    db.session.commit()
    assert visits() == []


@pytest.mark.parametrize("seen", ["", "-1", "x", "99999999999999999999", "2147483647"])
def test_nonsense_harms_nobody_else(app: Flask, customer: int, anna: int, seen: str) -> None:
    panel, other = Panel(app), Panel(app)
    arrive(other, customer)
    assert panel.post(f"/customer/visit/?id={customer}", {"seen": seen}).status_code == 204
    assert panel.post("/customer/visit/?id=99999", {"seen": seen}).status_code == 404
    change(customer, anna, billing_city="Lecco")
    assert "City" in news(arrive(other, customer))


def test_it_costs_one_statement_however_much_is_new(app: Flask, customer: int, anna: int) -> None:
    panel, counts = Panel(app), []
    arrive(panel, customer)
    panel.get(f"/customer/details/?id={customer}")
    for many in (0, 1, 10):
        for number in range(many):
            change(customer, anna, employees=number + many)
        with statements() as sent:
            panel.get(f"/customer/details/?id={customer}")
        counts.append(len(sent))
        assert len([each for each in sent if "visit" in each]) == 1
    assert len(set(counts)) == 1
