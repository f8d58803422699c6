"""Undo takes back all that a change-set did, or nothing, through the same gates and checks."""

from __future__ import annotations

import pytest
from flask import Flask
from sqlalchemy import select

from models.actors import actor_for
from models.base import db
from models.contact import Contact
from models.customer import Customer, CustomerEmail
from models.errors import DomainError, Refused
from models.gate import set_actor
from models.group import CustomerGroup
from models.history import Change, ChangeSet
from models.operations.undo import undo
from models.past import history_of
from models.rules.password import verify_password
from tests.models.undoing import SECRET, delete, everywhere, full, newest, refused, take_back
from tests.models.world import (
    LOOKING,
    begin,
    company,
    owned_by,
    save,
    seller,
    statements,
)
from tests.people import VIEWER, add_user


@pytest.fixture(autouse=True)
def world(app: Flask) -> None:
    begin()


def test_undoing_a_creation_removes_the_row_with_what_came_with_it() -> None:
    before = everywhere()
    save(person_with_all())
    take_back()
    assert everywhere() == before


def person_with_all() -> Customer:
    customer = Customer(company="X", vat_number="IT12345670785", emails=[CustomerEmail(address="x@example.com")])
    customer.contacts = [Contact(name="C")]  # type: ignore[attr-defined]
    return customer


def test_undoing_an_edit_brings_the_values_back() -> None:
    group = CustomerGroup(name="Retail", discount="5.5")
    save(group)
    customer = company(billing_country="FR", employees=3)
    before = everywhere()["customer"][0]
    customer.group, customer.employees, customer.billing_country, customer.tags = group, None, "BE", "a, b"
    db.session.commit()
    take_back()
    after = everywhere()["customer"][0]
    assert after | {"updated_at": 0} == before | {"updated_at": 0}
    assert customer.group.is_default
    assert customer.version == 3


def test_undoing_a_deletion_brings_every_row_back_column_by_column() -> None:
    customer = full(newsletter=True, tags="a", billing_country="DE")
    before, versions = everywhere(), [customer.version, *(each.version for each in customer.emails)]
    delete(customer)
    assert everywhere()["customer"] == everywhere()["contact"] == []
    take_back()
    assert everywhere() == before
    again = db.session.scalars(select(Customer)).one()
    assert verify_password(again.password, SECRET)
    assert [again.version, *(each.version for each in again.emails)] == [each + 1 for each in versions]


def test_undoing_a_bulk_deletion_brings_all_back() -> None:
    customers = [full(name) for name in ("Ada", "Mary", "Zoë")]
    before = everywhere()
    delete(*customers)
    take_back()
    assert everywhere() == before


def test_an_undo_is_a_change_set_that_can_be_undone() -> None:
    customer = full()
    before = everywhere()
    key = delete(customer)
    after = everywhere()
    first = take_back(key)
    second = take_back(first)
    assert everywhere() == after
    take_back(second)
    assert everywhere() == before
    [made] = db.session.scalars(select(ChangeSet).where(ChangeSet.id == first), execution_options=LOOKING)
    assert made.undo_of_id == key


def test_edits_and_creation_are_taken_back_one_after_the_other() -> None:
    before = everywhere()
    keys = []
    customer = company()
    keys.append(newest())
    for city in ("Como", "Lecco"):
        customer.billing_city = city
        db.session.commit()
        keys.append(newest())
    for key in reversed(keys):
        take_back(key)
    assert everywhere() == before


def test_the_history_shows_what_was_undone() -> None:
    customer = company()
    customer.billing_city = "Como"
    db.session.commit()
    key = newest()
    made = take_back(key)
    db.session.expire_all()
    sets = history_of(db.session, customer)
    assert [(each.id, each.undone_by and each.undone_by.id) for each in sets][:2] == [(made, None), (key, made)]


def test_what_was_undone_cannot_be_undone_again() -> None:
    customer = company()
    customer.billing_city = "Como"
    db.session.commit()
    key = newest()
    take_back(key)
    refused(key, "already")
    assert customer.billing_city is None


@pytest.mark.parametrize("key", [0, -1, 4711, 2**31, 2**63, 10**30])
def test_there_is_nothing_to_undo_behind_an_unknown_key(key: int) -> None:
    with pytest.raises(DomainError, match="nothing to undo"):
        undo(db.session, key)


def test_who_may_only_look_undoes_nothing() -> None:
    customer = company()
    customer.employees = 7
    db.session.commit()
    edited, deleted = newest(), delete(full())
    created = customer.id
    for key in (edited, deleted):
        set_actor(db.session, actor_for(db.session, add_user(VIEWER)))
        with pytest.raises(Refused):
            undo(db.session, key)
        db.session.rollback()
    begin()
    assert db.session.get_one(Customer, created).employees == 7


def test_sellers_undo_what_is_theirs_alone() -> None:
    anna, bert = seller(name="Anna"), seller(name="Bert")
    keys = []
    for someone in (anna, bert):
        begin()
        customer = owned_by(someone, someone.name)
        customer.employees = 7
        db.session.commit()
        keys.append(newest())
        keys.append(delete(customer))
    for someone, edit, deletion in ((anna, keys[2], keys[3]), (bert, keys[0], keys[1])):
        set_actor(db.session, someone)
        for key in (edit, deletion):
            with pytest.raises(DomainError):
                undo(db.session, key)
            db.session.rollback()
    for someone, deletion in ((anna, keys[1]), (bert, keys[3])):
        set_actor(db.session, someone)
        take_back(deletion)
        assert [each.name for each in db.session.scalars(select(Customer))] == [someone.name]


def test_an_undo_says_who_did_it() -> None:
    key = delete(company())
    anna = add_user(name="Anna")
    set_actor(db.session, actor_for(db.session, anna))
    made = take_back(key)
    row = db.session.scalars(select(ChangeSet).where(ChangeSet.id == made), execution_options=LOOKING).one()
    assert (row.actor_name, row.undo_of_id) == ("Anna", key)


def test_undoing_a_bulk_deletion_takes_as_few_questions_as_a_few_rows() -> None:
    counts = []
    for many in (2, 20):
        key = delete(*(full(f"A{many}x{number}") for number in range(many)))
        db.session.expunge_all()
        with statements() as sent:
            undo(db.session, key)
        counts.append(sum(each.startswith("SELECT") for each in sent))
        db.session.commit()
    assert counts[0] == counts[1] < 30


def test_every_row_that_comes_back_is_in_the_history_of_the_undo() -> None:
    customer = full()
    key = delete(customer)
    made = take_back(key)
    counts = [
        len(db.session.scalars(select(Change.id).where(Change.change_set_id == each), execution_options=LOOKING).all())
        for each in (key, made)
    ]
    assert counts == [7, 7]
