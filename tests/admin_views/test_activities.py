"""Logging calls, giving tasks and sending emails: what a form begins with, offers, refuses and warns of."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from html import unescape

import pytest
from flask import Flask

from models.call import Call
from models.customer import Customer, CustomerPhone
from models.message import Message
from models.permissions import Level, Permission
from models.task import Task
from models.types import today, utcnow
from models.unit import BusinessUnit
from models.user import User
from tests.admin_views.mails import MARTA, OFFICE, PAUL, delta, post, write  # noqa: F401
from tests.admin_views.test_actions import toasts
from tests.panel import Forms, Panel, add, company, contact, stored
from tests.people import EDITOR, add_user
from tests.post import Post

ROME = "Europe/Rome"


def phones(customer: Customer, *numbers: str) -> None:
    add(*(CustomerPhone(customer_id=customer.id, number=each, primary=not place) for place, each in enumerate(numbers)))


def offered(page: str) -> list[tuple[str, str]]:
    """Return the numbers that are suggested, each with whose it is."""
    return [
        (number, unescape(name)) for number, name in re.findall(r'<option value="([^"]*)" data-with[^>]*>([^<]*)', page)
    ]


def picked(panel: Panel, page: str, field: str, query: str = "") -> list[str]:
    """Return what the picker of a form offers."""
    [url] = re.findall(rf'data-lookup="([^"]+name={field}[^"]*)"', page)
    return [each["label"] for each in panel.get(f"{unescape(url)}&query={query}").json or []]


def test_the_number_of_a_call_is_that_of_the_contact_or_the_first_one_of_the_customer(app: Flask) -> None:
    customer = company(billing_country="IT", billing_province="MI")
    phones(customer, "02 1234567", "02 7654321")
    marta, silent = contact(customer, phone="333 1234567"), contact(customer, "<Zoë> & “Co”")
    panel = Panel(app)
    page = panel.get(f"/call/new/?customer={customer.id}", fragment=True).text
    assert Forms(page).only.values["number"] == "02 1234567"
    assert offered(page) == [
        ("02 1234567", "Aurora Srl"),
        ("02 7654321", "Aurora Srl"),
        ("333 1234567", "Marta Bianchi"),
    ]
    page = panel.get(f"/call/new/?customer={customer.id}&on=contact-{marta.id}", fragment=True).text
    assert (Forms(page).only.values["number"], Forms(page).only.values["contact"]) == ("333 1234567", str(marta.id))
    page = panel.get(f"/call/new/?customer={customer.id}&on=contact-{silent.id}", fragment=True).text
    assert Forms(page).only.values["number"] == "02 1234567"
    assert panel.send(panel.get(f"/call/new/?customer={customer.id}&on=contact-{silent.id}")).status_code == 303
    assert [each.subject for each in stored(Call)] == ["Call to <Zoë> & “Co”"]


def test_a_customer_without_any_phone_can_be_called(app: Flask) -> None:
    customer = company()
    assert Panel(app).fill(f"/call/new/?customer={customer.id}").status_code == 303
    assert [each.number for each in stored(Call)] == [None]


def test_a_moment_is_typed_as_the_clock_of_the_person_shows_it(app: Flask) -> None:
    customer = company()
    panel = Panel(app)
    panel.client.set_cookie("zone", ROME)
    path = f"/call/new/?customer={customer.id}"
    now = Forms(panel.get(path).text).only.values["at"]
    assert abs(datetime.fromisoformat(now + "+01:00") - utcnow()) < timedelta(hours=1, minutes=2)
    assert panel.fill(path, {"at": "2026-07-01T09:30"}).status_code == 303
    [row] = stored(Call)
    assert row.at == datetime(2026, 7, 1, 7, 30, tzinfo=UTC)
    row.at = datetime(2026, 7, 1, 7, 30, 42, tzinfo=UTC)
    add(row)
    assert panel.fill(f"/call/edit/?id={row.id}", {"minutes": "3"}).status_code == 303
    assert stored(Call)[0].at.second == 42  # what is not touched stays as it is
    assert panel.fill(f"/call/edit/?id={row.id}", {"at": "2026-07-02 10:00"}).status_code == 303
    assert stored(Call)[0].at == datetime(2026, 7, 2, 8, tzinfo=UTC)


@pytest.mark.parametrize(
    "typed", ["tomorrow", "2026-13-01T10:00", "0001-01-01T00:00", "9999-12-31T23:59", "2026-01-01"]
)
def test_what_is_no_moment_is_refused_beside_its_field(app: Flask, typed: str) -> None:
    answer = Panel(app).fill(f"/call/new/?customer={company().id}", {"at": typed})
    assert answer.status_code == 422
    assert "This is not a day and a time. Write it as in 2026-12-31 18:30." in answer.text
    assert f'value="{typed}"' in answer.text


def test_only_contacts_of_the_customer_are_offered(app: Flask) -> None:
    customer, other = company(), company("Borea Srl")
    contact(customer, "Marta Bianchi")
    paul = contact(other, "Paul Ott")
    panel = Panel(app)
    page = panel.get(f"/task/new/?customer={customer.id}")
    assert picked(panel, page.text, "contact") == ["Marta Bianchi"]
    refused = panel.send(page, {"subject": "Ask", "contact": str(paul.id)})
    assert "“Paul Ott” belongs to another customer." in unescape(refused.text)
    typed = panel.send(page, {"subject": "Ask", "contact": ["", "Paul"]})  # without JavaScript
    assert "Nothing called “Paul” was found." in unescape(typed.text)


def test_tasks_are_for_people_who_see_the_customer_and_others_are_warned_of(app: Flask) -> None:
    top = BusinessUnit(name="Top")
    north, south = BusinessUnit(name="North", above=top), BusinessUnit(name="South")
    add(top, north, south)

    def person(name: str, level: Level, *units: BusinessUnit, others: Level = Level.NONE) -> User:
        grants = {"customer": {Permission.VIEW: level}, "*": {Permission.VIEW: others}}
        return add_user(grants, *units, name=name)

    owner = person("Owner", Level.OWN, north)
    person("Mate", Level.UNIT, north), person("Head", Level.DIVISION, top), person("Lonely", Level.OWN, north)
    blind = person("Blind", Level.UNIT, south)
    (
        person("Above", Level.UNIT, top),
        person("Auditor", Level.ORGANISATION),
        person("Rest", Level.NONE, others=Level.ORGANISATION),
    )
    add_user({"*": {Permission.VIEW: Level.ORGANISATION}}, name="Star")
    add_user(EDITOR, name="Gone", active=False)
    customer = company(owner=owner)
    panel = Panel(app)
    page = panel.get(f"/task/new/?customer={customer.id}")
    assert picked(panel, page.text, "assignee") == ["Anna Rossi", "Auditor", "Head", "Mate", "Owner", "Star"]
    answer = panel.send(page, {"subject": "Ask", "assignee": str(blind.id)})
    assert answer.status_code == 303
    assert "Blind cannot see Aurora Srl, and so not “Ask”." in toasts(panel.get(answer.location).text)


def test_whose_a_task_is_stands_once_under_its_name(app: Flask) -> None:
    customer, me = company("Aurora"), add_user(name="Anna").id
    task = add(Task(customer_id=customer.id, subject="Ring", assignee_id=me, author_id=me))
    page = Panel(app).get(f"/task/details/?id={task.id}").text
    assert re.findall(r"<h1>Ring</h1>\s*<p[^>]*>(.*?)</p>", page) == ["Aurora · Anna"]


def test_my_tasks_are_in_the_menu_with_the_number_that_is_due(app: Flask) -> None:
    customer, me, other = company(), add_user(EDITOR), add_user(EDITOR)
    due = {"late": -2, "today": 0, "later": 9}
    add(
        *(
            Task(customer_id=customer.id, subject=k, due=today() + timedelta(d), assignee_id=me.id)
            for k, d in due.items()
        )
    )
    add(Task(customer_id=customer.id, subject="some day", assignee_id=me.id))
    add(Task(customer_id=customer.id, subject="theirs", due=today(), assignee_id=other.id))
    add(Task(customer_id=customer.id, subject="did", due=today(), assignee_id=me.id, done=True))
    panel = Panel(app, me)
    page = panel.get("/customer/").text
    [(url, rest)] = re.findall(r'href="([^"]+)"[^>]*>(?:(?!</a>).)*?My tasks(.*?)</a>', page, re.DOTALL)
    assert ">2<" in rest
    listed = panel.get(unescape(url)).text
    assert re.findall(r'class="title".*?<a[^>]*>(.*?)</a>', listed, re.DOTALL) == ["late", "today", "later", "some day"]
    assert panel.get("/task/?f_state=overdue").text.count('name="rowid"') == 1


def test_an_email_to_a_contact_stands_in_their_timeline_and_counts_once_it_is_delivered(
    app: Flask,
    delta: Customer,  # noqa: F811
    post: Post,  # noqa: F811
) -> None:
    panel = Panel(app, EDITOR)
    write(panel, delta, recipients=[MARTA.upper()], subject="To one")
    write(panel, delta, recipients=[MARTA, PAUL], subject="To two")
    write(panel, delta, recipients=[OFFICE], subject="To none")
    marta = next(each for each in stored(type(delta.contacts[0])) if each.email == MARTA)  # type: ignore[attr-defined]
    assert [each.contact_id for each in stored(Message)] == [marta.id, None, None]
    [row] = stored(Customer, id=delta.id)
    assert (row.times_contacted, marta.times_contacted) == (3, 1)
    assert utcnow() - row.last_contacted < timedelta(minutes=1)
    post.answers[MARTA] = "550 no such user"
    panel.fill(f"/contact/email/?id={marta.id}", {"recipients": [MARTA], "subject": "Refused", "body": "Hi"})
    assert [each.contact_id for each in stored(Message)][-1] == marta.id
    assert stored(Customer, id=delta.id)[0].times_contacted == 3
