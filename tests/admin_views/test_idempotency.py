"""A page that makes something makes it once: by two clicks, sent again, or from a page gone back to."""

from __future__ import annotations

from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select
from werkzeug.test import TestResponse

from models.base import db
from models.contact import Contact
from models.customer import Customer, CustomerEmail
from models.document import Document
from models.note import Note
from models.operations.idempotency import KEPT, OWN
from models.payment import Payment
from models.rules.document_kinds import DocumentKind
from models.sent_form import SentForm
from tests.admin_views.test_actions import toasts
from tests.models.papers import issued, line, open_shop
from tests.panel import Forms, Panel, company, default_group, stored

PRIVATE = {"kind": "private", "first_name": "Marta", "last_name": "Bianchi"}


@pytest.fixture(autouse=True)
def _reference(app: Flask) -> None:
    default_group()


def again(panel: Panel, page: TestResponse, typed: dict[str, Any], *, fragment: bool = False) -> list[TestResponse]:
    """Send the form of a page twice."""
    return [panel.send(page, typed, fragment=fragment) for _ in range(2)]


def test_a_form_that_is_sent_twice_makes_one_row_and_is_answered_alike(app: Flask) -> None:
    panel = Panel(app)
    first, second = again(panel, panel.get("/customer/new/"), PRIVATE)
    [customer] = stored(Customer)
    assert first.location == second.location == f"/customer/details/?id={customer.id}"
    said = panel.get(second.location)
    assert toasts(said.text) == ["Marta Bianchi was created."] * 2
    undo = next(form for form in Forms(said.text).all if form.action.endswith("/undo"))
    panel.post(undo.action)
    assert stored(Customer) == []


def test_each_page_that_is_opened_has_a_key_of_its_own(app: Flask) -> None:
    panel = Panel(app)
    for _ in range(2):
        panel.fill("/customer/new/", PRIVATE)
    assert len(stored(Customer)) == 2


def test_a_key_is_of_use_to_nobody_else(app: Flask) -> None:
    panel, other = Panel(app), Panel(app)
    page = panel.get("/customer/new/")
    for each in (panel, other):
        assert each.send(page, {**PRIVATE, "csrf_token": each.token}).status_code == 303
    assert len(stored(Customer)) == 2


def test_what_was_typed_anew_after_going_back_is_kept_and_shown_before_it_makes_another(app: Flask) -> None:
    panel = Panel(app)
    page = panel.get("/customer/new/")
    panel.send(page, PRIVATE)
    answer = panel.send(page, {**PRIVATE, "first_name": "Luca"})
    assert answer.status_code == 422
    assert "“Marta Bianchi” was made from this form before. Save again to make another one." in answer.text
    assert Forms(answer.text).only.values["first_name"] == "Luca"
    assert len(stored(Customer)) == 1
    assert panel.send(answer).status_code == 303
    assert [each.first_name for each in stored(Customer)] == ["Marta", "Luca"]


def test_what_was_made_and_taken_back_can_be_made_anew(app: Flask) -> None:
    panel = Panel(app)
    page = panel.get("/customer/new/")
    panel.send(page, PRIVATE)
    panel.fill(f"/customer/delete/?id={stored(Customer)[0].id}")
    answer = panel.send(page, PRIVATE)
    assert (answer.status_code, stored(Customer)) == (422, [])
    assert "what it made is no longer there" in answer.text
    assert panel.send(answer).status_code == 303
    assert len(stored(Customer)) == 1


def test_a_form_that_was_refused_has_made_nothing_and_can_be_sent_again(app: Flask) -> None:
    panel = Panel(app)
    answer = panel.fill("/customer/new/", {**PRIVATE, "website": "none"})
    assert answer.status_code == 422
    assert panel.send(answer, {"website": ""}).status_code == 303
    assert len(stored(Customer)) == 1


@pytest.mark.parametrize(
    ("entity", "typed", "model"), [("contact", {"name": "Marta"}, Contact), ("note", {"body": "x"}, Note)]
)
def test_rows_of_grids_and_feeds_are_made_once(app: Flask, entity: str, typed: dict[str, str], model: Any) -> None:
    panel = Panel(app)
    page = panel.get(f"/{entity}/new/?customer={company().id}", fragment=True)
    assert [each.status_code for each in again(panel, page, typed, fragment=True)] == [200, 200]
    assert len(stored(model)) == 1


def test_rows_that_are_added_to_a_part_are_added_once(app: Flask) -> None:
    panel = Panel(app)
    page = panel.get(f"/customer/edit/?id={company(emails=['a@example.com']).id}&panel=0")
    key = str(stored(CustomerEmail)[0].id)
    typed = {"emails-keys": [key, "new1"], f"emails-{key}-address": "a@example.com"}
    typed |= {"emails-new1-address": "b@example.com"}
    assert {each.status_code for each in again(panel, page, typed, fragment=True)} <= {200, 204}
    assert [each.address for each in stored(CustomerEmail)] == ["a@example.com", "b@example.com"]


def test_a_payment_is_made_once(app: Flask) -> None:
    document = issued(open_shop(), DocumentKind.INVOICE, line(quantity="9"))
    panel = Panel(app)
    page = panel.get(f"/document/edit/?id={document.id}&panel=2")
    again(panel, page, {"payments-keys": ["new1"], "payments-new1-date": "2026-11-20", "payments-new1-amount": "20"})
    assert [each.amount for each in stored(Payment)] == [20]
    more = {"payments-keys": ["new1"], "payments-new1-date": "2026-11-20", "payments-new1-amount": "30"}
    answer = panel.send(page, more)
    assert answer.status_code == 422
    assert "What it added is shown; save again to add more." in answer.text
    assert sorted(Forms(answer.text).only.values.getlist("payments-keys"))[:1] == [str(stored(Payment)[0].id)]
    assert panel.send(answer).status_code == 303
    assert [each.amount for each in stored(Payment)] == [20, 30]


def test_a_document_is_copied_and_brought_on_once_for_each_page(app: Flask) -> None:
    order = issued(open_shop(), DocumentKind.ORDER, line(quantity="10"))
    panel = Panel(app)
    record = panel.get(f"/document/details/?id={order.id}")
    copy = next(form.action for form in Forms(record.text).all if "/duplicate/" in form.action)
    first, second = panel.post(copy), panel.post(copy)
    assert first.location == second.location
    page = panel.get(f"/document/convert/?id={order.id}&to=invoice")
    answers = again(panel, page, {name: "4" for name in Forms(page.text).only.values if name.startswith("take")})
    assert answers[0].location == answers[1].location
    assert len(stored(Document)) == 3


def test_a_note_that_a_form_was_sent_does_not_stay_for_long(app: Flask) -> None:
    panel = Panel(app)
    panel.fill("/customer/new/", PRIVATE)
    [sent] = notes()
    sent.at -= KEPT
    db.session.commit()
    panel.fill("/customer/new/", PRIVATE)
    [left] = notes()
    assert left is not sent


def notes() -> list[SentForm]:
    return list(db.session.scalars(select(SentForm), execution_options=OWN))
