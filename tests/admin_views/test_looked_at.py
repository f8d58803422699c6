"""What others change between the page that asks and the act is looked at again first; the other rows go on."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from flask import Flask

from models.contact import Contact
from models.customer import Customer
from models.document import Document
from models.rules.document_kinds import DocumentKind, DocumentStatus
from tests.admin_views.test_actions import ask, toasts
from tests.models.papers import draft, issued, open_shop
from tests.panel import Panel, add, company, contact, new_company, note_on, stored

MORE = 4
CHANGES: dict[str, Callable[[Panel, Customer], object]] = {
    "Tags: empty → theirs": lambda panel, row: panel.fill(
        f"/customer/edit/?id={row.id}&panel={MORE}", {"tags": "theirs"}
    ),
    "Created: contact “Luca”": lambda panel, row: panel.fill(f"/contact/new/?customer={row.id}", {"name": "Luca"}),
    "Notes: empty → theirs": lambda panel, row: panel.fill(
        f"/contact/edit/?id={stored(Contact)[0].id}&customer={row.id}", {"notes": "theirs"}
    ),
    "Deleted: contact “Marta Bianchi”": lambda panel, row: panel.fill(
        f"/contact/delete/?id={stored(Contact)[0].id}&customer={row.id}"
    ),
}


@pytest.mark.parametrize("told", CHANGES)
def test_what_was_changed_since_it_was_asked_is_told_before_it_is_deleted(app: Flask, told: str) -> None:
    row = company()
    contact(row)
    me, other = Panel(app), Panel(app)
    page = me.get(f"/customer/delete/?id={row.id}")
    CHANGES[told](other, row)
    answer = me.send(page)
    assert answer.status_code == 409
    assert "Anna Rossi changed “Aurora Srl” meanwhile, just now. Look at it again." in answer.text
    assert told in answer.text
    assert len(stored(Customer)) == 1
    assert me.send(answer).status_code == 303
    assert stored(Customer) == []


def test_of_a_selection_what_others_changed_stays_and_is_asked_again_and_the_rest_goes(app: Flask) -> None:
    rows = add(*(new_company(f"Customer {number}") for number in range(3)))
    me, other = Panel(app), Panel(app)
    page = ask(me, "customer", "delete", *rows)
    other.fill(f"/customer/edit/?id={rows[1].id}&panel={MORE}", {"tags": "theirs"})
    answer = me.send(page)
    assert [row.name for row in stored(Customer)] == ["Customer 1"]
    assert "Delete Customer 1?" in answer.text
    assert toasts(answer.text) == ["2 customers were deleted."]
    assert me.send(answer).status_code == 303
    assert stored(Customer) == []


def test_of_a_selection_what_others_deleted_is_told(app: Flask) -> None:
    rows = add(*(new_company(f"Customer {number}") for number in range(2)))
    me, other = Panel(app), Panel(app)
    page = ask(me, "customer", "deactivate", *rows)
    other.fill(f"/customer/delete/?id={rows[0].id}")
    me.send(page)
    said = toasts(me.get("/customer/").text)
    assert said == ["1 of them is no longer there, or out of your sight.", "1 customer was deactivated."]


def test_what_was_changed_is_deactivated_only_after_another_look(app: Flask) -> None:
    row = company()
    me, other = Panel(app), Panel(app)
    page = me.get(f"/customer/deactivate/?id={row.id}")
    other.fill(f"/customer/edit/?id={row.id}&panel={MORE}", {"tags": "theirs"})
    answer = me.send(page)
    assert (answer.status_code, stored(Customer)[0].status.value) == (409, "active")
    assert me.send(answer).location == f"/customer/details/?id={row.id}"
    assert (stored(Customer)[0].status.value, stored(Customer)[0].tags) == ("inactive", "theirs")


def test_in_another_window_of_ones_own_it_is_oneself_who_did_it(app: Flask) -> None:
    row = company()
    me = Panel(app)
    page = me.get(f"/customer/delete/?id={row.id}")
    me.fill(f"/customer/edit/?id={row.id}&panel={MORE}", {"tags": "mine"})
    assert "You changed “Aurora Srl” in another window, just now." in me.send(page).text


def test_the_second_of_two_clicks_is_answered_as_the_first(app: Flask) -> None:
    row = company()
    panel = Panel(app)
    page = panel.get(f"/customer/delete/?id={row.id}")
    assert [panel.send(page).location for _ in range(2)] == ["/customer/"] * 2
    assert toasts(panel.get("/customer/").text) == ["Aurora Srl was deleted.", "This was done already."]


def test_a_row_of_a_grid_that_was_changed_is_asked_about_in_the_dialog_again(app: Flask) -> None:
    customer = company()
    row = contact(customer)
    me, other = Panel(app), Panel(app)
    page = me.get(f"/contact/delete/?id={row.id}&customer={customer.id}", fragment=True)
    other.fill(f"/contact/edit/?id={row.id}&customer={customer.id}", {"notes": "theirs"})
    answer = me.send(page, fragment=True)
    assert (answer.status_code, answer.headers["HX-Retarget"], len(stored(Contact))) == (409, "#dialog", 1)
    assert me.send(answer, fragment=True).status_code == 200
    assert stored(Contact) == []


def test_a_person_is_anonymised_only_as_they_were_shown(app: Flask) -> None:
    row = company()
    me, other = Panel(app), Panel(app)
    page = me.get(f"/customer/anonymise/?id={row.id}")
    note_on(row, body="A word of theirs.")
    other.fill(f"/customer/edit/?id={row.id}&panel={MORE}", {"tags": "theirs"})
    answer = me.send(page, {"typed": "Aurora Srl"})
    assert "Tags: empty → theirs" in answer.text
    assert stored(Customer)[0].tags == "theirs"
    assert me.send(answer, {"typed": "Aurora Srl"}).status_code == 303
    assert stored(Customer)[0].tags is None


def test_a_draft_is_issued_only_as_it_was_shown(app: Flask) -> None:
    document = draft(open_shop(), DocumentKind.INVOICE)
    me, other = Panel(app), Panel(app)
    page = me.get(f"/document/issue/?id={document.id}")
    key = document.lines[0].id
    other.fill(f"/document/edit/?id={document.id}&panel=1", {f"lines-{key}-price": "99"})
    answer = me.send(page)
    assert (answer.status_code, stored(Document)[0].number) == (409, None)
    assert "changed “Invoice, draft” meanwhile" in answer.text
    assert me.send(answer).status_code == 303
    assert stored(Document)[0].number


def test_a_step_that_others_took_first_is_told_and_another_field_is_no_matter(app: Flask) -> None:
    quote = issued(open_shop(), DocumentKind.QUOTE)
    me, other = Panel(app), Panel(app)
    record = me.get(f"/document/details/?id={quote.id}").text
    steps = {
        each: f"/document/move/?id={quote.id}&to={each}&was={quote.status.value}" for each in ("accepted", "declined")
    }
    assert all(step.replace("&", "&amp;") in record for step in steps.values())
    other.fill(f"/document/edit/?id={quote.id}&panel=4", {"remarks": "theirs"})
    assert other.post(steps["accepted"]).status_code == 303
    answer = me.post(steps["declined"])
    assert (answer.status_code, stored(Document)[0].status) == (409, DocumentStatus.ACCEPTED)
    assert "Anna Rossi changed" in answer.text
