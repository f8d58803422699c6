"""Contacts, notes, groups and users, completed and checked."""

from __future__ import annotations

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from time_machine import travel

from models.actors import actor_for
from models.base import db
from models.contact import Contact
from models.customer import Customer
from models.errors import DomainErrors
from models.gate import set_actor
from models.group import CustomerGroup
from models.note import Note
from models.user import User
from seed.reference_rows import load_reference
from tests.models.world import begin, default_group, person, refusals, save, statements
from tests.people import EDITOR, add_user


@pytest.fixture(autouse=True)
def world(app: Flask) -> None:
    begin()


def test_of_a_contact_only_the_name_is_required() -> None:
    customer = person()
    assert set(refusals(Contact(customer=customer, email="c@example.com"))) == {"name"}
    save(Contact(customer=customer, name="Chiara"))
    assert [each.name for each in customer.contacts] == ["Chiara"]  # type: ignore[attr-defined]


def test_a_contact_belongs_to_a_customer() -> None:
    assert set(refusals(Contact(name="Chiara"))) == {"customer"}
    assert set(refusals(Contact(name="Chiara", customer_id=4711))) == {"customer"}


def test_contacts_may_share_an_email_with_anybody() -> None:
    customer = person()
    save(*(Contact(customer=customer, name=each, email="same@example.com") for each in "ab"))
    assert len(customer.contacts) == 2  # type: ignore[attr-defined]


def test_a_note_keeps_its_author_and_knows_when_it_was_edited() -> None:
    customer = person().id
    anna, bert = (add_user(EDITOR, name=each) for each in ("Anna", "Bert"))
    as_anna, as_bert = actor_for(db.session, anna), actor_for(db.session, bert)
    set_actor(db.session, as_anna)
    with travel("2026-03-01T10:00:00Z", tick=False):
        note = Note(customer_id=customer, body="Likes saddles")
        save(note)
    assert note.author
    assert note.author.name == "Anna"
    assert note.created_at == note.updated_at
    key = note.id
    set_actor(db.session, as_bert)
    note = db.session.scalars(select(Note).where(Note.id == key)).one()
    note.body = "Likes leather saddles"
    save(note)
    assert note.author
    assert note.author.name == "Anna"
    assert note.updated_at > note.created_at


def test_a_note_says_something() -> None:
    assert set(refusals(Note(customer=person(), body=" \n "))) == {"body"}


def test_a_group_needs_a_name_of_its_own() -> None:
    assert set(refusals(CustomerGroup())) == {"name"}
    save(CustomerGroup(name="Retail"))
    db.session.add(CustomerGroup(name="Retail"))
    with pytest.raises(IntegrityError):
        db.session.flush()


def test_there_is_one_default_group() -> None:
    db.session.add(CustomerGroup(name="Retail", is_default=True))
    with pytest.raises(IntegrityError):
        db.session.flush()


def test_the_default_group_cannot_be_deleted_on_any_way() -> None:
    group = default_group()
    db.session.delete(group)
    with pytest.raises(DomainErrors) as refusal:
        db.session.flush()
    assert [(each.subject, str(each)) for each in refusal.value.errors] == [(group, "It is the default group.")]


def test_reference_rows_are_made_once() -> None:
    load_reference(db.session)
    assert len(db.session.scalars(select(CustomerGroup)).all()) == 1


def test_a_user_needs_a_name_and_an_email() -> None:
    assert set(refusals(User())) == {"name", "email"}


def test_a_users_password_is_long_and_hard_to_guess() -> None:
    for weak in ("fourteen chars", "passwordpassword"):
        with pytest.raises(ValueError, match=r"at least 15|easy to guess"):
            User(password=weak)


def test_many_rows_are_settled_with_as_few_questions_as_a_few() -> None:
    counts = []
    for many in (3, 30):
        customers = [person(f"Ada {number}") for number in range(many)]
        keys = [each.id for each in customers]
        db.session.expunge_all()
        with statements() as sent:
            for customer in db.session.scalars(select(Customer).where(Customer.id.in_(keys))).all():
                customer.billing_city = "Como"
            db.session.add_all([Contact(customer_id=key, name="Chiara") for key in keys])
            db.session.add_all([Note(customer_id=key, body="Likes saddles") for key in keys])
            db.session.flush()
        counts.append(sum(each.startswith("SELECT") for each in sent))
    assert counts == [5, 5]
