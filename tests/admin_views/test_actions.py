"""Deleting, other actions on a selection, and undo: asked first, done in one transaction or not at all."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from html import unescape
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import func, select
from sqlalchemy.exc import IntegrityError
from werkzeug.test import TestResponse

from admin_views import actions
from models.base import Base, db
from models.contact import Contact
from models.customer import Customer, CustomerEmail
from models.errors import DomainError
from models.group import CustomerGroup
from models.history import ChangeSet
from models.note import Note
from models.operations.deletion import delete_rows
from models.user import User
from tests.admin_views.test_lists import titles
from tests.panel import Forms, Panel, add, company, contact, default_group, new_company, note_on, stored
from tests.people import EDITOR, add_user


def keys(*rows: Base) -> list[str]:
    return [str(row.id) for row in rows]


def last_change() -> int:
    """Return the key of the newest change-set."""
    return db.session.connection().scalar(select(func.max(ChangeSet.id))) or 0


def toasts(page: str) -> list[str]:
    """Return what the toasts of a page say."""
    area = page.split('id="toasts"')[1].split("<template", maxsplit=1)[0] if 'id="toasts"' in page else ""
    return [unescape(text) for text in re.findall(r'<div class="toast-item[^>]*>\s*<span>([^<]*)</span>', area)]


def ask(panel: Panel, entity: str, action: str, *rows: Base, **more: Any) -> Any:
    """Select rows of a list and choose an action."""
    return panel.post(f"/{entity}/action/", {"action": action, "rowid": keys(*rows), **more})


def test_deleting_asks_on_a_page_of_its_own_and_says_what_goes_with_it(app: Flask) -> None:
    customer = company(emails=["a@example.com"])
    for number in range(3):
        contact(customer, f"Person {number}")
    note_on(customer, body="x")
    panel = Panel(app)
    page = panel.get(f"/customer/delete/?id={customer.id}")
    assert "Delete Aurora Srl?" in page.text
    assert "3 contacts are deleted too." in page.text
    assert "1 note is deleted too." in page.text
    assert len(stored(Customer)) == 1
    done = panel.send(page)
    assert (done.status_code, done.location) == (303, "/customer/")
    assert (stored(Customer), stored(Contact), stored(Note), stored(CustomerEmail)) == ([], [], [], [])
    assert toasts(panel.get("/customer/").text) == ["Aurora Srl was deleted."]


def test_a_selection_is_deleted_in_one_transaction_after_a_page_that_lists_it(app: Flask) -> None:
    rows = add(*(new_company(f"Customer {number:02}") for number in range(30)))
    panel = Panel(app)
    page = ask(panel, "customer", "delete", *rows[:25])
    assert "Delete 25 customers?" in page.text
    assert page.text.count("<li>Customer") == 20
    assert "and 5 more" in page.text
    assert len(stored(Customer)) == 30
    before = last_change()
    assert panel.send(page).status_code == 303
    assert len(stored(Customer)) == 5
    assert last_change() == before + 1
    assert toasts(panel.get("/customer/").text) == ["25 customers were deleted."]


FAILURES = [DomainError("The third one refuses."), IntegrityError("DELETE FROM customer", {}, Exception("secret"))]


@pytest.mark.parametrize("failure", FAILURES, ids=["rule", "database"])
def test_one_row_that_fails_leaves_all_of_them_in_place(
    app: Flask, monkeypatch: pytest.MonkeyPatch, failure: Exception
) -> None:
    rows = add(*(new_company(f"Customer {number}") for number in range(3)))
    panel = Panel(app)
    page = ask(panel, "customer", "delete", *rows)

    def fail_at_the_third(session: Any, chosen: Sequence[Base]) -> None:
        delete_rows(session, chosen[:2])
        raise failure

    monkeypatch.setattr(actions, "delete_rows", fail_at_the_third)
    assert panel.send(page).status_code == 303
    assert len(stored(Customer)) == 3
    [said] = toasts(panel.get("/customer/").text)
    assert said.endswith("Nothing was changed.")
    assert "DELETE FROM" not in said
    assert "secret" not in said


def test_after_an_action_one_is_back_in_the_list_as_it_was(app: Flask) -> None:
    rows = add(*(new_company(f"Same {number:02}", tags="x") for number in range(45)))
    panel = Panel(app)
    listing = panel.get("/customer/?search=same&f_tags=x&sort=-name&page_size=20&page=2")
    form = next(form for form in Forms(listing.text).all if form.action == "/customer/action/")
    page = panel.post(form.action, {**form.values.to_dict(flat=False), "rowid": keys(rows[0]), "action": "delete"})
    cancel = re.search(r'<a class="btn" href="([^"]+)" data-close', page.text)
    assert cancel
    back = "/customer/?search=same&f_tags=x&sort=-name&page_size=20&page=2"
    assert unescape(cancel[1]) == back
    assert panel.send(page).location == back


def test_deleting_from_a_record_leads_back_to_the_list_it_was_opened_from(app: Flask) -> None:
    company("Same 1"), company("Same 2")
    panel = Panel(app)
    listing = panel.get("/customer/?search=same&sort=-name").text
    opened = unescape(re.findall(r'href="(/customer/details/\?id=[^"]+)"', listing)[0])
    record = panel.get(opened).text
    delete = unescape(re.findall(r'href="(/customer/delete/\?id=[^"]+)"', record)[0])
    assert panel.send(panel.get(delete)).location == "/customer/?search=same&sort=-name"


def test_nothing_selected_is_said_and_nothing_asked(app: Flask) -> None:
    company()
    panel = Panel(app)
    none, lost = "Select at least one row first.", "1 of them is no longer there, or out of your sight."
    for chosen, told in (([], none), (["abc"], none), (["999999"], lost)):
        assert panel.post("/customer/action/", {"action": "delete", "rowid": chosen}).status_code == 303
        assert toasts(panel.get("/customer/").text) == [told]


def test_more_than_can_be_done_at_once_is_said_and_not_cut_off(app: Flask) -> None:
    customer = company()
    panel = Panel(app)
    many = [str(customer.id + number) for number in range(1001)]
    panel.post("/customer/action/", {"action": "delete", "rowid": many, "confirmed": "1"})
    assert toasts(panel.get("/customer/").text) == ["Select at most 1000 rows at a time."]
    assert len(stored(Customer)) == 1


def test_an_unknown_action_is_not_found(app: Flask) -> None:
    customer = company()
    panel = Panel(app)
    for name in ("", "nothing", "revoke", "__class__"):
        assert ask(panel, "customer", name, customer).status_code == 404


def test_deleting_a_group_in_use_says_how_many_customers_use_it_and_where_they_go(app: Flask) -> None:
    general, gold = default_group(), add(CustomerGroup(name="Gold"))
    add(new_company("A", group=gold), new_company("B", group=gold))
    panel = Panel(app)
    page = panel.get(f"/customer_group/delete/?id={gold.id}")
    assert f"2 customers move to “{general.name}”." in unescape(page.text)
    assert panel.send(page).status_code == 303
    assert [row.group_id for row in stored(Customer)] == [general.id, general.id]
    assert [row.name for row in stored(CustomerGroup)] == [general.name]


def test_the_default_group_stays_and_says_why(app: Flask) -> None:
    general, gold = default_group(), add(CustomerGroup(name="Gold"))
    panel = Panel(app)
    page = panel.get(f"/customer_group/delete/?id={general.id}").text
    assert "Delete General?" in page
    assert "This is not possible." in page
    assert "It is the default group." in page
    assert 'type="submit" class="btn btn-danger"' not in page
    both = ask(panel, "customer_group", "delete", general, gold)
    assert "The others stay as they are." in both.text
    panel.send(both)
    assert toasts(panel.get("/customer_group/").text) == ["Gold was deleted."]
    assert [row.name for row in stored(CustomerGroup)] == [general.name]
    panel.post(f"/customer_group/delete/?id={general.id}", {"confirmed": "1"})
    assert "It is the default group." in toasts(panel.get("/customer_group/").text)[0]
    assert len(stored(CustomerGroup)) == 1


def test_a_user_who_owns_customers_is_not_deleted_but_deactivated(app: Flask) -> None:
    owner = add_user(name="Olga Owner")
    add(new_company("A", owner=owner), new_company("B", owner=owner))
    panel = Panel(app)
    page = panel.get(f"/user/delete/?id={owner.id}").text
    assert "It is the owner of 2 customers." in page
    asked = ask(panel, "user", "deactivate", owner)
    assert "Deactivate Olga Owner?" in asked.text
    assert stored(User, id=owner.id)[0].active
    panel.send(asked)
    assert not stored(User, id=owner.id)[0].active
    assert toasts(panel.get("/user/").text) == ["1 user was deactivated."]


def test_the_last_administrator_is_neither_deactivated_nor_deleted(app: Flask) -> None:
    panel = Panel(app)
    [me] = stored(User)
    panel.send(ask(panel, "user", "deactivate", me))
    assert "last active administrator" in toasts(panel.get("/user/").text)[0]
    panel.post(f"/user/delete/?id={me.id}", {"confirmed": "1"})
    assert "last active administrator" in toasts(panel.get("/user/").text)[0]
    assert stored(User)[0].active


def test_every_write_offers_undo_and_undo_takes_it_back(app: Flask) -> None:
    customer = company(emails=["a@example.com"], tags="old")
    contact(customer)
    panel = Panel(app)
    writes: list[Callable[[], TestResponse]] = [
        lambda: panel.fill(f"/customer/edit/?id={customer.id}&panel=4", {"tags": "new"}),
        lambda: panel.fill("/contact/new/", {"customer": str(customer.id), "name": "New Person"}),
        lambda: panel.send(panel.get(f"/customer/delete/?id={customer.id}")),
    ]
    for write in writes:
        before = [(row.tags, len(row.emails), row.emails[0].primary) for row in stored(Customer)], len(stored(Contact))
        assert write().status_code == 303
        page = panel.get("/customer/").text
        undo = re.search(r'action="(/change_set/\d+/undo)"', page)
        assert undo
        answer = panel.post(undo[1], {"next": "/customer/?sort=-name"})
        assert answer.location == "/customer/?sort=-name"
        after = [(row.tags, len(row.emails), row.emails[0].primary) for row in stored(Customer)], len(stored(Contact))
        assert after == before
        assert toasts(panel.get("/customer/").text) == ["Undone."]


def test_undoing_twice_says_that_it_was_undone(app: Flask) -> None:
    customer = company(tags="old")
    panel = Panel(app)
    panel.fill(f"/customer/edit/?id={customer.id}&panel=4", {"tags": "new"})
    path = f"/change_set/{last_change()}/undo"
    panel.post(path)
    panel.post(path)
    assert toasts(panel.get("/customer/").text)[-1] == "This was undone already."
    assert stored(Customer)[0].tags == "old"


def test_an_undo_that_would_overwrite_a_later_edit_changes_nothing(app: Flask) -> None:
    customer = company(tags="old")
    panel = Panel(app)
    panel.fill(f"/customer/edit/?id={customer.id}&panel=4", {"tags": "first"})
    path = f"/change_set/{last_change()}/undo"
    panel.fill(f"/customer/edit/?id={customer.id}&panel=4", {"tags": "second"})
    panel.post(path)
    assert "was changed since" in toasts(panel.get("/customer/").text)[-1]
    assert stored(Customer)[0].tags == "second"


@pytest.mark.parametrize("url", ["//evil.test", "http:evil.test", "javascript:alert(1)", "", "/\\evil.test"])
def test_undo_leads_nowhere_else(app: Flask, url: str) -> None:
    customer = company()
    panel = Panel(app)
    panel.fill(f"/customer/edit/?id={customer.id}&panel=4", {"tags": "new"})
    last = last_change()
    answer = panel.post(f"/change_set/{last}/undo", {"next": url})
    assert (answer.status_code, answer.location) == (303, "/")


def test_an_editor_undoes_only_what_they_could_do(app: Flask) -> None:
    gold = add(CustomerGroup(name="Gold"))
    admin, editor = Panel(app), Panel(app, EDITOR)
    admin.fill(f"/customer_group/edit/?id={gold.id}", {"name": "Golden"})
    last = last_change()
    assert editor.post(f"/change_set/{last}/undo").status_code == 403
    assert stored(CustomerGroup, id=gold.id)[0].name == "Golden"


def test_the_confirmation_is_a_part_of_the_page_where_one_is_asked_for(app: Flask) -> None:
    customer = company()
    answer = Panel(app).get(f"/customer/delete/?id={customer.id}", fragment=True)
    assert "<html" not in answer.text
    assert 'name="confirmed" value="1"' in answer.text
    assert titles(answer.text) == []
