"""Anonymising a customer leaves no trace of the people, in no table and not in the past; the books stay as they are."""

from __future__ import annotations

from datetime import date

import pytest
from flask import Flask
from sqlalchemy import select

from models.account import Account
from models.base import Base, db
from models.call import Call
from models.contact import Contact
from models.customer import Customer, CustomerEmail, CustomerKind, CustomerPhone, Status
from models.document import Document
from models.document_line import DocumentLine
from models.errors import Conflict, Refused
from models.gate import acting_as, set_actor
from models.history import ERASE, Change, DeletedSecret
from models.message import Message
from models.note import Note
from models.operations.erasing import anonymise, plan
from models.operations.undo import undo
from models.permissions import SYSTEM, Permission
from models.search import matching
from models.task import Task
from tests.models.canaries import DIGITS, MARK, TAX_CODE, canary, document, full, tables
from tests.models.world import (
    LOOKING,
    OWN,
    SEE,
    begin,
    company,
    everything,
    owned_by,
    person,
    save,
    seller,
    statements,
    stored,
)


@pytest.fixture(autouse=True)
def world(app: Flask) -> None:
    begin()


def erase(row: Base) -> None:
    anonymise(db.session, row)
    db.session.commit()


def test_no_table_knows_a_person_any_more() -> None:
    customer = full()
    before = tables(MARK, DIGITS, TAX_CODE)
    assert {"customer", "customer_email", "customer_phone", "contact", "note", "message", "account"} <= before.keys()
    assert {"change", "search_entry"} <= before.keys()
    erase(customer)
    assert tables(MARK, DIGITS, TAX_CODE) == {}


def test_what_was_done_with_a_person_stays_and_names_nobody() -> None:
    customer = full()
    save(Call(customer=customer), Task(customer=customer, subject=canary("task")))
    assert "call" in tables(MARK)
    erase(customer)
    assert [each["subject"] for model in (Call, Task) for each in everything(model)] == ["(removed)"] * 2
    assert tables(MARK) == {}


def test_what_stays_says_so() -> None:
    customer = full()
    erase(customer)
    assert (customer.name, customer.first_name, customer.last_name) == (
        f"Anonymised customer #{customer.id}", "(removed)", "(removed)",
    )  # fmt: skip
    assert customer.account.name == f"Anonymised account #{customer.account.id}"
    assert (customer.status, customer.can_login, customer.password, customer.newsletter) == (
        Status.INACTIVE, False, None, False,
    )  # fmt: skip
    assert (customer.billing_country, customer.billing_province, customer.shipping_province) == ("IT", "MI", None)
    assert [each["body"] for each in everything(Note)] == ["(removed)"]
    assert [everything(model) for model in (CustomerEmail, CustomerPhone, Contact, Message)] == [[]] * 4
    assert not db.session.scalars(select(DeletedSecret), execution_options=LOOKING).all()


def test_a_company_keeps_its_name_and_its_vat_number() -> None:
    customer = full(CustomerKind.COMPANY)
    erase(customer)
    assert (customer.name, customer.company, customer.vat_number) == (
        canary("company"), canary("company"), "IT12345670785",
    )  # fmt: skip
    kept = {"customer": {"name", "company", "code", "website"}, "account": {"name"}, "search_entry": {"body", "folded"}}
    found = tables(MARK, DIGITS)
    assert found.pop("change") == {"title", "after"}
    assert found == kept
    told = select(Change).where(Change.entity == "customer")
    for change in db.session.scalars(told, execution_options=LOOKING):
        said = str(change.before) + str(change.after)
        assert not [word for word in ("first", "last", "street", "city", "tag") if canary(word) in said]


def test_what_a_company_was_called_before_is_forgotten() -> None:
    customer = person(canary("first"), canary("last"))
    customer.kind, customer.company, customer.vat_number = CustomerKind.COMPANY, "Aurora", "IT12345670785"
    customer.first_name = customer.last_name = None
    db.session.commit()
    customer.account.name = "Aurora"
    db.session.commit()
    erase(customer)
    assert customer.name == "Aurora"
    assert tables(MARK) == {}


def test_the_books_stay_as_they_are() -> None:
    customer = full()
    row = document(customer)
    before, lines = stored(Document, row.id), everything(DocumentLine)
    assert before
    erase(customer)
    after = stored(Document, row.id)
    assert after
    assert {key for key in before if before[key] != after[key]} == {"remarks", "version", "updated_at"}
    assert everything(DocumentLine) == lines
    assert set(tables(MARK)) <= {"document", "document_line", "search_entry", "change"}
    said = db.session.scalars(select(Change), execution_options=LOOKING).all()
    assert not [(each.entity, each.before, each.after) for each in said if MARK in f"{each.before} {each.after}"]
    assert {each.entity for each in said if MARK in each.title} == {"document_line"}


def test_a_draft_loses_its_free_text() -> None:
    customer = full()
    row = document(customer, issued=False, date=date(2026, 3, 1))
    total = row.total
    erase(customer)
    assert (row.note, row.remarks, row.lines[0].description, row.total) == (None, None, "(removed)", total)
    assert tables(MARK) == {}


def test_an_account_that_others_belong_to_stays_until_they_are_anonymous_too() -> None:
    first, other = person(canary("a"), canary("b")), None
    other = person(canary("a"), canary("b"), account=first.account)
    account = first.account
    assert plan(db.session, first).shared == [account]
    erase(first)
    assert account.name == f"{canary('a')} {canary('b')}"
    erase(other)
    assert account.name == f"Anonymised account #{account.id}"
    assert tables(MARK) == {}


def test_a_contact_who_has_moved_on_is_left_alone() -> None:
    customer, other = full(), company()
    moved = customer.contacts[0]  # type: ignore[attr-defined]
    moved.customer = other
    db.session.commit()
    erase(customer)
    assert moved.name == canary("contact1")
    assert "contact" not in {change.entity for change in erased_changes() if change.row_id == moved.id}


def erased_changes() -> list[Change]:
    changes = db.session.scalars(select(Change), execution_options=LOOKING)
    return [each for each in changes if "erased" in str(each.before)]


def test_search_finds_them_no_more() -> None:
    customer = full()
    assert found() == [customer.id]
    erase(customer)
    assert found() == []


def found() -> list[int]:
    """Return the customers that a search finds by any of the words."""
    condition = matching(Customer, MARK)
    assert condition is not None
    return list(db.session.scalars(select(Customer.id).where(condition)))


def test_nothing_brings_back_what_was_erased() -> None:
    customer = full()
    erase(customer)
    before = everything(Customer), everything(Contact)
    theirs = select(Change.change_set_id).where(Change.root_entity.in_(["customer", "account"])).distinct()
    keys = db.session.scalars(theirs, execution_options=LOOKING).all()
    assert len(keys) > 5
    said = []
    for key in keys:
        with pytest.raises(Conflict) as refusal:
            undo(db.session, key)
        said.append(str(refusal.value))
        db.session.rollback()
    assert any("was anonymised, and what was erased does not come back" in each for each in said)
    assert (everything(Customer), everything(Contact)) == before
    assert tables(MARK) == {}


def test_the_act_is_in_the_history() -> None:
    customer = full()
    erase(customer)
    told = select(Change.title).where(Change.action == ERASE, Change.entity == "customer")
    assert db.session.scalars(told, execution_options=LOOKING).all() == [f"Anonymised customer #{customer.id}"]


def test_whoever_may_not_delete_may_not_anonymise() -> None:
    anna = seller({"customer": OWN | {Permission.DELETE: OWN[Permission.VIEW].NONE}, "channel": SEE})
    key = owned_by(anna).id
    set_actor(db.session, anna)
    mine = db.session.get_one(Customer, key)
    with pytest.raises(Refused):
        anonymise(db.session, mine)


def test_whoever_may_delete_need_not_reach_the_account_nor_what_is_guarded() -> None:
    anna = seller({"customer": OWN, "channel": SEE, "customer_group": SEE})
    with acting_as(db.session, SYSTEM):
        customer = person(canary("a"), canary("b"), owner_id=anna.user_id, rating="hot")
        save(Note(customer=customer, body=canary("note")))
        key = customer.id
    set_actor(db.session, anna)
    erase(db.session.get_one(Customer, key))
    set_actor(db.session, SYSTEM)
    assert db.session.scalars(select(Account)).one().name.startswith("Anonymised")
    assert tables(MARK) == {}


def test_it_takes_no_more_statements_for_more_children() -> None:
    counts = []
    for many in (2, 20):
        customer = person(f"P{many}", "Q")
        save(*(Contact(customer=customer, name=f"C{n}") for n in range(many)))
        save(*(Note(customer=customer, body=f"N{n}") for n in range(many)))
        with statements() as sent:
            erase(customer)
        counts.append(len([each for each in sent if not each.startswith("UPDATE note")]))
    assert counts[0] == counts[1] < 55
