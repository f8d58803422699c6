"""What has moved on since stays as it is: an undo says why, and changes nothing."""

from __future__ import annotations

import pytest
from flask import Flask
from sqlalchemy import select
from time_machine import travel

from models.base import db
from models.contact import Contact
from models.customer import Customer, CustomerEmail
from models.errors import DomainError
from models.group import CustomerGroup
from models.history import DeletedSecret
from models.operations.undo import undo
from models.rules.password import verify_password
from models.user import User
from tests.models.undoing import SECRET, delete, full, newest, refused, take_back
from tests.models.world import (
    LOOKING,
    begin,
    company,
    everything,
    person,
    save,
    with_email,
)


@pytest.fixture(autouse=True)
def world(app: Flask) -> None:
    begin()


def test_an_edit_that_somebody_went_on_with_stays() -> None:
    customer = company(billing_city="Como", employees=1)
    customer.billing_city = "Lecco"
    db.session.commit()
    key = newest()
    customer.billing_city = "Varese"
    db.session.commit()
    refused(key, "Ghisallo.*changed since")


def test_an_edit_of_other_fields_is_no_conflict() -> None:
    customer = company(billing_city="Como")
    customer.billing_city = "Lecco"
    db.session.commit()
    key = newest()
    customer.employees = 7
    db.session.commit()
    take_back(key)
    assert (customer.billing_city, customer.employees) == ("Como", 7)


@pytest.mark.parametrize("what", ["edited", "given a contact", "given an email", "deleted"])
def test_a_created_customer_stays_once_it_was(what: str) -> None:
    customer = with_email("a@example.com")
    key = newest()
    match what:
        case "edited":
            customer.employees = 7
        case "given a contact":
            db.session.add(Contact(customer=customer, name="C"))
        case "given an email":
            customer.emails.append(CustomerEmail(address="b@example.com"))
        case _:
            db.session.delete(customer)
    db.session.commit()
    refused(key, "not there any more" if what == "deleted" else "changed since")


def test_a_created_group_stays_once_customers_are_in_it() -> None:
    group = CustomerGroup(name="Retail")
    save(group)
    key = newest()
    company(group=group)
    refused(key, "Retail.*in use")


def test_a_created_user_stays_once_they_own_customers() -> None:
    user = User(name="Anna", email="anna@example.com")
    save(user)
    key = newest()
    company(owner=user)
    with pytest.raises(DomainError, match="owner of 1 customer"):
        undo(db.session, key)


def test_a_row_edited_and_then_deleted_is_gone() -> None:
    customer = company()
    customer.employees = 7
    db.session.commit()
    key = newest()
    delete(customer)
    refused(key, "Ghisallo.*not there any more")


def test_a_contact_does_not_come_back_without_its_customer() -> None:
    customer = person()
    contact = Contact(customer=customer, name="C")
    save(contact)
    key = delete(contact)
    delete(customer)
    with pytest.raises(DomainError):
        undo(db.session, key)


def test_a_login_that_somebody_else_has_now_does_not_come_back() -> None:
    customer = full("Ada")
    key = delete(customer)
    with_email("ADA@example.com", first="Mary", can_login=True, password=SECRET)
    refused(key, "Ada Byron.*“Can log in to the site” is taken")


def test_a_code_that_somebody_else_has_now_does_not_come_back() -> None:
    customer = company(code="A-1")
    customer.code = "A-2"
    db.session.commit()
    key = newest()
    company("Other", code="A-1")
    refused(key, "Ghisallo.*“Code” is taken")


def test_a_password_is_not_brought_back_because_nobody_keeps_it() -> None:
    customer = with_email("a@example.com", password=SECRET)
    customer.password = "secret-456"
    db.session.commit()
    refused(newest(), "Nobody keeps old passwords")


def test_a_first_password_is_taken_away_again() -> None:
    customer = with_email("a@example.com")
    before = everything(Customer)[0]
    customer.can_login, customer.password = True, SECRET
    db.session.commit()
    take_back()
    assert everything(Customer)[0] | {"updated_at": 0} == before | {"updated_at": 0}


def test_a_deletion_comes_back_without_a_password_after_thirty_days() -> None:
    with travel("2026-03-01T10:00:00Z", tick=False):
        key = delete(with_email("a@example.com", password=SECRET))
    with travel("2026-04-01T10:00:00Z", tick=False):
        take_back(key)
    assert [each["password"] for each in everything(Customer)] == [None]


def test_secrets_are_forgotten_once_their_row_is_back() -> None:
    key = delete(full())
    take_back(key)
    assert db.session.scalars(select(DeletedSecret), execution_options=LOOKING).all() == []
    take_back()
    take_back()
    assert verify_password(db.session.scalars(select(Customer)).one().password, SECRET)
