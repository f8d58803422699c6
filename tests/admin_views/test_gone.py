"""What somebody deleted while it was open: who did it is told once, and how to bring it back, to those who may."""

from __future__ import annotations

import re

import pytest
from flask import Flask
from werkzeug.test import TestResponse

from models.contact import Contact
from models.customer import Customer
from models.note import Note
from models.rights import Level, Permission
from tests.admin_views.test_actions import keys, toasts
from tests.panel import FRAGMENT, Forms, Panel, company, contact, note_on, stored
from tests.people import VIEWER, add_user

MORE = 4
TOLD = "Anna Rossi deleted “{}”, just now."


def save(panel: Panel, page: TestResponse, into: str, typed: dict[str, str]) -> TestResponse:
    """Send a form that is open within a page, as its script does."""
    form = next(each for each in Forms(page.text).all if "/edit/" in each.action)
    headers = FRAGMENT | {"HX-Target": into}
    return panel.client.post(form.action, data={**form.values.to_dict(), **typed}, headers=headers)


@pytest.mark.parametrize("which", ["panel", "contact", "note"])
def test_what_was_deleted_while_it_is_edited_in_its_place_is_told_with_the_way_back(app: Flask, which: str) -> None:
    customer = company()
    within = f"id={contact(customer).id}&customer={customer.id}", f"id={note_on(customer, body='x').id}"
    path, name, into, key = {
        "panel": (f"/customer/{{}}/?id={customer.id}", "Aurora Srl", f"section#panel-{MORE}", "tags"),
        "contact": (f"/contact/{{}}/?{within[0]}", "Marta Bianchi", "section#grid-contact", "name"),
        "note": (f"/note/{{}}/?{within[1]}&customer={customer.id}", "x", "section#grid-timeline", "body"),
    }[which]
    me, other = Panel(app), Panel(app)
    page = me.get(path.format("edit") + (f"&panel={MORE}" if which == "panel" else ""), fragment=True)
    other.fill(path.format("delete"))
    answer = save(me, page, into, {key: "mine"})
    said = toasts(answer.text + "<template")
    assert (answer.status_code, said) == (404, [f"{TOLD.format(name)} Nothing was saved."])
    again = re.search(r'data-bring="([^"]+)" name="bring_back" value="(\d+)"', answer.text)
    assert again
    assert again[1] == f"{into.removeprefix('section')} [data-form]"
    assert save(me, page, into, {key: "mine", "bring_back": again[2]}).status_code == 200
    rows = {"panel": Customer, "contact": Contact, "note": Note}
    assert [getattr(row, key) for row in stored(rows[which])] == ["mine"]


def test_what_is_gone_can_be_brought_back_from_wherever_it_is_asked_for(app: Flask) -> None:
    path = f"/customer/details/?id={company().id}"
    me, other = Panel(app), Panel(app)
    other.fill(path.replace("details", "delete"))
    page = me.get(path)
    assert TOLD.format("Aurora Srl") in page.text
    form = next(each for each in Forms(page.text).all if each.action.endswith("/undo"))
    assert me.post(form.action, form.values).location == path
    assert len(stored(Customer)) == 1


@pytest.mark.parametrize("sees", [True, False])
def test_who_may_not_bring_it_back_gets_no_button_and_who_could_not_see_it_no_name(app: Flask, sees: bool) -> None:
    path = f"/customer/delete/?id={company().id}"
    me = Panel(app, add_user(VIEWER if sees else {"customer": {Permission.VIEW: Level.OWN}}))
    Panel(app).fill(path)
    answer = me.get(path, fragment=True)
    assert answer.status_code == 404
    assert (TOLD.format("Aurora Srl") in answer.text, "Bring it back" in answer.text) == (sees, False)
    assert ("There is nothing here." in answer.text) == (not sees)


def test_of_a_selection_it_is_told_in_the_question_and_in_the_result_who_deleted_the_others(app: Flask) -> None:
    customer = company()
    chosen = {"action": "delete", "rowid": keys(*(note_on(customer, body=body) for body in ("One.", "Two.")))}
    me, other = Panel(app), Panel(app)
    other.fill(f"/note/delete/?id={chosen['rowid'][1]}")
    page = me.post("/note/action/", chosen)
    assert "Delete One?" in page.text
    assert TOLD.format("Two.") in page.text
    assert me.send(page).status_code == 303
    assert toasts(me.get("/note/").text) == [TOLD.format("Two."), "One. was deleted."]


def test_a_selection_that_is_gone_as_a_whole_is_told(app: Flask) -> None:
    chosen = {"action": "deactivate", "rowid": keys(company())}
    me, other = Panel(app), Panel(app)
    other.fill(f"/customer/delete/?id={chosen['rowid'][0]}")
    assert me.post("/customer/action/", chosen).location == "/customer/"
    assert toasts(me.get("/customer/").text) == [TOLD.format("Aurora Srl")]


def test_a_question_names_a_long_text_by_its_beginning_and_says_nothing_twice(app: Flask) -> None:
    customer = company()
    begun = "We spoke about the spring collection, its colours and quality, about not only"
    for body, title in ((f"{begun} price.", f"{begun}…"), ("Call again in May.", "Call again in May")):
        row = note_on(customer, body=body)
        page = Panel(app).get(f"/note/delete/?id={row.id}", fragment=True).text
        assert page.count(title) == page.count(f"Delete {title}?") == 1
