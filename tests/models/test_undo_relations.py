"""An undo finds the way back to groups, parents, authors and owners."""

from __future__ import annotations

import pytest
from flask import Flask
from sqlalchemy import select

from models.actors import actor_for
from models.base import db
from models.contact import Contact
from models.customer import Customer, CustomerEmail
from models.errors import Conflict
from models.gate import set_actor
from models.group import CustomerGroup
from models.note import Note
from models.operations.undo import undo
from tests.models.undoing import delete, everywhere, refused, take_back
from tests.models.world import (
    ALL,
    OWN,
    actor,
    begin,
    company,
    everything,
    person,
    save,
    with_email,
)
from tests.people import EDITOR, add_user


@pytest.fixture(autouse=True)
def world(app: Flask) -> None:
    begin()


def test_customers_of_a_deleted_group_are_moved_back_to_it() -> None:
    group = CustomerGroup(name="Retail", discount="12.5")
    customers = [company(str(number), group=group) for number in range(3)]
    before = everywhere()
    key = delete(group)
    assert {each.group.is_default for each in customers} == {True}
    take_back(key)
    after = everywhere()
    assert after["customer_group"] == before["customer_group"]
    assert {each["group_id"] for each in after["customer"]} == {group.id}
    assert {each.group.name for each in customers} == {"Retail"}


def test_a_group_comes_back_only_if_its_customers_are_still_where_they_were_moved() -> None:
    group, other = CustomerGroup(name="Retail"), CustomerGroup(name="Other")
    customer = company(group=group)
    save(other)
    key = delete(group)
    customer.group = other
    db.session.commit()
    refused(key, "changed since")


def test_a_deleted_author_comes_back_to_the_notes() -> None:
    anna = add_user(EDITOR, name="Anna")
    note = Note(customer=person(), body="x", author=anna)
    save(note)
    key = delete(anna)
    assert [each["author_id"] for each in everything(Note)] == [None]
    take_back(key)
    assert note.author
    assert note.author.name == "Anna"


def test_a_moved_contact_goes_back() -> None:
    first, second = person("Ada"), person("Mary")
    contact = Contact(customer=first, name="C")
    save(contact)
    contact.customer = second
    db.session.commit()
    take_back()
    assert (contact.customer, first.contacts, second.contacts) == (first, [contact], [])  # type: ignore[attr-defined]


def test_what_had_no_owner_comes_back_without_one() -> None:
    customer = person()
    assert customer.owner is None
    save(Note(customer=customer, body="x"))
    before = everywhere()
    key = delete(customer)
    set_actor(db.session, actor_for(db.session, add_user(name="Somebody")))
    undo(db.session, key)
    db.session.commit()
    assert everywhere()["customer"] == before["customer"]
    assert everywhere()["note"] == before["note"]


def test_a_row_made_and_gone_within_one_change_set_is_nothing() -> None:
    before = everywhere()
    customer = Customer(company="X", vat_number="IT12345670785")
    db.session.add(customer)
    db.session.flush()
    db.session.delete(customer)
    db.session.commit()
    take_back()
    assert everywhere() == before


def test_a_row_edited_and_deleted_within_one_change_set_comes_back_as_it_was_at_first() -> None:
    customer = company(billing_city="Como")
    before = everything(Customer)[0]
    customer.billing_city = "Lecco"
    db.session.flush()
    db.session.delete(customer)
    db.session.commit()
    take_back()
    assert everything(Customer)[0] | {"updated_at": 0} == before | {"updated_at": 0}


def test_a_taken_out_email_comes_back_with_its_mark() -> None:
    customer = with_email("a@example.com", "b@example.com")
    before = everything(CustomerEmail)
    customer.emails[1].primary = True
    customer.emails.pop(0)
    db.session.commit()
    take_back()
    assert everything(CustomerEmail) == before
    db.session.expire_all()
    assert [(each.address, each.primary) for each in customer.emails] == [
        ("a@example.com", True),
        ("b@example.com", False),
    ]


def test_a_key_is_never_used_again_so_that_a_row_can_come_back_to_it() -> None:
    gone = person("Ada")
    key, before = gone.id, everything(Customer)
    deletion = delete(gone)
    other = person("Mary")
    assert other.id > key
    take_back(deletion)
    assert everything(Customer) == [*before, *(row for row in everything(Customer) if row["id"] == other.id)]
    assert person("Zoë").id > other.id


def test_who_deleted_a_group_is_not_told_the_names_of_hidden_customers_by_undoing_it() -> None:
    group = CustomerGroup(name="Retail")
    company("Secret Srl", group=group)
    set_actor(db.session, actor(add_user(EDITOR), {"customer": OWN, "customer_group": ALL}))
    key = delete(db.session.scalars(select(CustomerGroup).where(CustomerGroup.name == "Retail")).one())
    with pytest.raises(Conflict) as refusal:
        undo(db.session, key)
    assert "Secret" not in str(refusal.value)
