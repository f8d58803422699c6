"""What others change between the page that asks and the act is looked at again first; the other rows go on."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from flask import Flask

from models.contact import Contact
from models.customer import Customer
from models.document import Document
from models.document_line import DocumentLine
from models.payment import Payment
from models.rules.document_kinds import DocumentKind, DocumentStatus
from tests.admin_views.test_actions import ask, toasts
from tests.models.papers import draft, issued, line, open_shop
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
    assert said == ["Anna Rossi deleted “Customer 0”, just now.", "1 customer was deactivated."]


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


def test_lines_that_were_typed_while_others_issued_the_document_are_shown(app: Flask) -> None:
    document = draft(open_shop(), DocumentKind.INVOICE)
    me, other = Panel(app), Panel(app)
    page = me.get(f"/document/edit/?id={document.id}&panel=1")
    other.fill(f"/document/issue/?id={document.id}")
    answer = me.send(page, {f"lines-{document.lines[0].id}-description": "Silk of another colour"})
    assert answer.status_code == 422
    assert (
        "It has been issued: only its status, its payments and your own remarks can change. You typed:" in answer.text
    )
    assert "Silk of another colour" in answer.text


def test_one_payment_that_two_people_record_is_told_to_the_second(app: Flask) -> None:
    document = issued(open_shop(), DocumentKind.INVOICE, line(quantity="9"))
    me, other = Panel(app), Panel(app)
    path = f"/document/edit/?id={document.id}&panel=2"
    page = me.get(path)
    paid = {"payments-keys": ["new1"], "payments-new1-date": "2026-11-20", "payments-new1-amount": "20"}
    assert other.fill(path, {**paid, "payments-new1-note": "theirs"}).status_code == 303
    answer = me.send(page, paid)
    assert "Anna Rossi has added “" in answer.text
    assert (answer.status_code, len(stored(Payment))) == (422, 1)
    assert me.send(answer).status_code == 303
    assert [each.amount for each in stored(Payment)] == [20, 20]


def test_lines_that_others_moved_stay_where_they_were_put_and_new_ones_among_them(app: Flask) -> None:
    document = draft(open_shop(), DocumentKind.QUOTE, *(line(word) for word in ("one", "two", "three")))
    path, keys = f"/document/edit/?id={document.id}&panel=1", [str(each.id) for each in document.lines]
    unnumbered = {f"lines-{key}-at": None for key in keys}
    me, other = Panel(app), Panel(app)
    page = me.get(path)
    new = {
        "lines-new1-description": "four",
        "lines-new1-quantity": "1",
        "lines-new1-unit": "C62",
        "lines-new1-price": "1",
        "lines-new1-discount": "0",
        "lines-new1-vat_rate": str(document.lines[0].vat_rate.id),
    }
    assert other.fill(path, {"lines-keys": [keys[2], keys[0], "new1", keys[1]], **new, **unnumbered}).status_code == 303
    assert me.send(page, {f"lines-{keys[0]}-price": "99"}).status_code == 303
    rows = sorted(stored(DocumentLine), key=lambda each: each.position)
    assert [(each.description, each.price) for each in rows] == [("three", 10), ("one", 99), ("four", 1), ("two", 10)]
    answer = me.send(page, {"lines-keys": [keys[1], keys[0], keys[2]], **unnumbered})
    assert "Somebody else has put these in another order meanwhile." in answer.text
    assert me.send(answer).status_code == 303
    order = [each.description for each in sorted(stored(DocumentLine), key=lambda each: each.position)]
    assert order.index("two") < order.index("one") < order.index("three")
