"""Who can log in to the site: one customer an email, with an email and a password."""

from __future__ import annotations

from threading import Barrier, Thread

import pytest
from flask import Flask
from sqlalchemy.exc import IntegrityError

from models.base import db
from models.customer import Customer, CustomerEmail
from models.related import holder_of
from models.user import User
from tests.models.world import begin, person, refusals, save, with_email
from tests.people import add_user

SECRET = "secret-123"


@pytest.fixture
def world(app: Flask) -> None:
    begin()


def login(address: str) -> Customer:
    return with_email(address, can_login=True, password=SECRET)


@pytest.mark.usefixtures("world")
def test_logging_in_needs_an_email_and_a_password() -> None:
    customer = person()
    customer.can_login = True
    assert refusals(customer) == {
        "can_login": "A customer who can log in needs an email.",
        "password": "A customer who can log in needs a password.",
    }


@pytest.mark.usefixtures("world")
def test_the_key_is_the_case_folded_primary_email() -> None:
    assert login("Ädä@Example.com").login_key == "ädä@example.com"


@pytest.mark.usefixtures("world")
def test_switching_it_off_frees_the_email_at_once_and_keeps_the_password() -> None:
    customer = login("ada@example.com")
    sealed = customer.password
    customer.can_login = False
    save(customer)
    assert (customer.login_key, customer.password) == (None, sealed)
    assert login("ada@example.com").login_key


@pytest.mark.usefixtures("world")
@pytest.mark.parametrize("other", ["ada@example.com", "ADA@EXAMPLE.COM", "Ada@example.com"])
def test_only_one_of_two_customers_with_the_same_email_logs_in(other: str) -> None:
    first, second = login("ada@example.com"), with_email(other)
    second.can_login, second.password = True, SECRET
    with pytest.raises(IntegrityError):
        db.session.flush()
    db.session.rollback()
    assert holder_of(db.session, Customer, "login_key", "ada@example.com") == first.name
    assert not second.can_login


@pytest.mark.usefixtures("world")
@pytest.mark.parametrize("way", ["the address changes", "another is marked", "the email is written by itself"])
def test_the_key_follows_the_primary_email_whatever_changes_it(way: str) -> None:
    customer = login("ada@example.com")
    customer.emails.append(CustomerEmail(address="new@example.com"))
    save(customer)
    db.session.expire_all()
    old, new = db.session.get_one(Customer, customer.id).emails
    match way:
        case "the address changes":
            old.address = "new@example.com"
        case "another is marked":
            old.primary, new.primary = False, True
        case _:
            db.session.expunge(customer)
            old = db.session.merge(CustomerEmail(id=old.id, address="NEW@example.com", customer_id=customer.id))
            old.primary = True
    db.session.commit()
    assert holder_of(db.session, Customer, "login_key", "new@example.com") == "Ada Byron"


@pytest.mark.usefixtures("world")
def test_a_removed_email_cannot_be_the_one_that_logs_in() -> None:
    customer = login("ada@example.com")
    customer.emails.clear()
    assert refusals(customer) == {"can_login": "A customer who can log in needs an email."}


@pytest.mark.usefixtures("world")
def test_the_users_of_the_panel_are_told_apart_by_email_too() -> None:
    add_user(email="Boss@example.com")
    db.session.add(User(name="Other", email="bOSS@example.com"))
    with pytest.raises(IntegrityError):
        db.session.flush()


def test_of_two_who_claim_an_email_at_the_same_moment_one_gets_it(fresh_app: Flask) -> None:
    with fresh_app.app_context():
        begin()
        keys = [with_email("ada@example.com").id for _ in range(2)]
    together, outcomes = Barrier(2), list[str]()
    threads = [Thread(target=claim, args=(fresh_app, key, together, outcomes)) for key in keys]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(outcomes) == ["got it", "taken"]


def claim(app: Flask, key: int, together: Barrier, outcomes: list[str]) -> None:
    with app.app_context():
        begin()
        together.wait()
        customer = db.session.get_one(Customer, key)
        customer.can_login, customer.password = True, SECRET
        try:
            db.session.commit()
            outcomes.append("got it")
        except IntegrityError:
            outcomes.append("taken")
        finally:
            db.session.remove()
