"""Accounts in the panel: made with a customer, asked for on edit, deleted with all who belong to them or not at all."""

from __future__ import annotations

import re
from html import unescape
from typing import Any

import pytest
from flask import Flask

from models.account import Account
from models.base import db
from models.call import Call
from models.customer import Customer
from models.gate import set_actor
from models.permissions import SYSTEM, Level, Permission
from models.user import User
from tests.admin_views.test_actions import toasts
from tests.admin_views.test_figures import RECORD, cost
from tests.admin_views.test_forms import errors
from tests.models.world import ALL, OWN, SEE
from tests.panel import Panel, add, company, contact, new_company, stored
from tests.people import EDITOR, add_user

NEW = {"company": "Nuova Srl", "vat_number": "IT12345670785", "name": ""}
SEEING = {"channel": SEE, "customer_group": SEE, "user": SEE}


@pytest.fixture(autouse=True)
def world(app: Flask) -> None:
    set_actor(db.session, SYSTEM)


def account(name: str, *customers: str, **values: Any) -> Account:
    row: Account = add(Account(name=name, **values))
    if customers:
        add(*(new_company(each, account_id=row.id, **values) for each in customers))
    return row


def text(html: str) -> str:
    return unescape(" ".join(re.sub(r"<[^>]+>", " ", html).split()))


def confirmation(html: str) -> str:
    return text(html[html.index('<form class="confirm"') :])


def test_when_one_was_in_touch_last_stands_in_the_list_and_on_the_records_of_accounts_and_contacts(app: Flask) -> None:
    row = account("Group", "Aurora")
    account("Alone")
    [customer] = stored(Customer)
    marta = contact(customer)
    add(Call(customer_id=customer.id, contact_id=marta.id, subject="Prices"))
    panel = Panel(app)
    accounts = panel.get("/account/").text
    assert "Last contacted" in text(accounts)
    assert "just now" in accounts
    assert '<span class="quiet">never</span>' in accounts  # without the mark of what phones leave out
    for path in (f"/account/details/?id={row.id}", f"/contact/details/?id={marta.id}"):
        assert re.search(
            r"Last contacted.{,300}?just now.{,300}?Times contacted.{,100}?1", panel.get(path).text, re.DOTALL
        )
    assert cost(panel, f"/account/details/?id={row.id}") <= RECORD


@pytest.mark.parametrize("who", ["Administrator", EDITOR])
def test_a_customer_created_without_an_account_gets_one_of_the_same_name(app: Flask, who: str) -> None:
    company("Another")
    panel = Panel(app, who)
    page = panel.get("/customer/new/")
    assert "optional" in text(page.text[page.text.index('for="account"') :].partition("</label>")[0])
    assert panel.send(page, NEW).status_code == 303
    [_, customer] = stored(Customer)
    assert customer.account.name == "Nuova Srl"
    assert customer.account.owner_id == customer.owner_id == stored(User)[-1].id


def test_an_edit_that_empties_the_account_is_refused_beside_the_field(app: Flask) -> None:
    customer = company()
    key, before = customer.id, customer.account_id  # type: ignore[attr-defined]
    panel = Panel(app)
    page = panel.get(f"/customer/edit/?id={key}")
    assert "optional" not in text(page.text[page.text.index('for="account"') :].partition("</label>")[0])
    answer = panel.send(page, {"account": ""})
    assert answer.status_code == 422
    assert errors(answer.text)["account"] == "This field is required."
    assert stored(Customer)[0].account_id == before
    assert len(stored(Account)) == 1


def test_how_many_go_along_is_said_before(app: Flask) -> None:
    row = account("Rossi", "A", "B", "C")
    panel = Panel(app)
    page = panel.get(f"/account/delete/?id={row.id}", fragment=True)
    assert confirmation(page.text).startswith("Delete Rossi? 3 customers are deleted too.")
    answer = panel.send(page)
    assert answer.location == "/account/"
    assert toasts(panel.get("/account/").text) == ["Rossi was deleted."]
    assert (stored(Account), stored(Customer)) == ([], [])


def test_which_customers_keep_it_is_said_as_far_as_one_may_know(app: Flask) -> None:
    someone = add_user(SEEING | {"account": ALL, "customer": ALL | {Permission.DELETE: Level.OWN}})
    row = account("Rossi", "A", "B")
    add(new_company("Mine", account_id=row.id, owner_id=someone.id))
    panel = Panel(app, someone)
    page = panel.get(f"/account/delete/?id={row.id}", fragment=True).text
    asked = confirmation(page)
    assert "This is not possible. Your role" in asked
    assert "may not delete 2 customers that would go with it. Here they are: “A”, “B”." in asked
    assert "Mine" not in asked
    assert '<button type="submit"' not in page
    panel.post(f"/account/delete/?id={row.id}", {"action": "delete", "confirmed": "1", "rowid": str(row.id)})
    assert (len(stored(Account)), len(stored(Customer))) == (1, 3)


def test_hidden_customers_are_counted_and_not_named(app: Flask) -> None:
    someone = add_user(SEEING | {"account": ALL, "customer": OWN})
    row = account("Rossi", "Secret")
    asked = confirmation(Panel(app, someone).get(f"/account/delete/?id={row.id}", fragment=True).text)
    assert "may not delete 1 customer that would go with it. Not yours to see: 1." in asked
    assert "Secret" not in asked


def test_of_several_accounts_those_that_can_go_go(app: Flask) -> None:
    someone = add_user(SEEING | {"account": ALL, "customer": OWN})
    held, empty = account("Held", "Theirs"), account("Empty")
    free = account("Free", "Mine", owner_id=someone.id)
    panel = Panel(app, someone)
    form = {"action": "delete", "rowid": [str(row.id) for row in (held, empty, free)]}
    page = panel.post("/account/action/", form)
    asked = confirmation(page.text)
    assert asked.startswith("Delete 2 accounts? The others stay as they are. Empty Free 1 customer is deleted too.")
    assert "These stay: Held" in asked
    panel.send(page)
    assert [row.name for row in stored(Account)] == ["Held"]
    assert [row.name for row in stored(Customer)] == ["Theirs"]


def test_the_question_costs_no_more_for_many(app: Flask) -> None:
    someone = add_user(SEEING | {"account": ALL, "customer": OWN})
    few, many = account("Few", "A"), account("Many", *(f"B{number}" for number in range(30)))
    panel = Panel(app, someone)
    costs = [cost(panel, f"/account/delete/?id={row.id}", fragment=True) for row in (few, many)]
    assert costs[0] == costs[1] <= 6
