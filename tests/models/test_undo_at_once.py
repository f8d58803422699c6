"""Undo among others who write at the same moment, and with many rows."""

from __future__ import annotations

import time
from threading import Barrier, Thread

import pytest
from flask import Flask
from sqlalchemy import func, select, update
from sqlalchemy.orm.exc import StaleDataError

from models.base import db
from models.contact import Contact
from models.customer import Customer, CustomerEmail, CustomerKind, CustomerPhone
from models.errors import Conflict
from models.history import changes_since
from models.operations.undo import undo
from tests.models.undoing import delete, everywhere, newest, take_back
from tests.models.world import LOOKING, begin, company, save

MANY = 500
SECONDS = 20  # of this process alone; it takes two or three


def test_of_two_who_undo_the_same_at_the_same_moment_one_does_it(fresh_app: Flask) -> None:
    with fresh_app.app_context():
        begin()
        customer = company()
        customer.billing_city = "Como"
        db.session.commit()
        key = newest()
    together, outcomes = Barrier(2), list[str]()
    threads = [Thread(target=try_to_undo, args=(fresh_app, key, together, outcomes)) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(outcomes) == ["conflict", "undone"]


def try_to_undo(app: Flask, key: int, together: Barrier, outcomes: list[str]) -> None:
    with app.app_context():
        begin()
        together.wait()
        try:
            undo(db.session, key)
            db.session.commit()
            outcomes.append("undone")
        except Conflict:
            outcomes.append("conflict")
        finally:
            db.session.remove()


def test_who_had_the_row_open_is_told(app: Flask) -> None:
    begin()
    customer = company(billing_city="Como")
    customer.billing_city = "Lecco"
    db.session.commit()
    opened = customer.version
    take_back()
    assert customer.version > opened
    assert set(changes_since(db.session, customer, opened)) == {"billing_city"}
    take_back(delete(customer))
    assert db.session.scalars(select(Customer.version)).one() > opened + 1


def test_of_two_who_write_the_same_row_the_second_is_refused(app: Flask) -> None:
    begin()
    customer = company()
    assert customer.version == 1
    elsewhere = update(Customer).values(version=2).execution_options(synchronize_session=False)
    db.session.execute(elsewhere, execution_options=LOOKING)
    customer.billing_city = "Como"
    with pytest.raises(StaleDataError):
        db.session.flush()


def test_hundreds_of_customers_go_and_come_back_in_seconds(app: Flask) -> None:
    begin()
    save(*(crowd(number) for number in range(MANY)))
    before, started = everywhere(), time.process_time()
    delete(*db.session.scalars(select(Customer)).all())
    assert db.session.scalar(select(func.count(Contact.id))) == 0
    take_back()
    assert time.process_time() - started < SECONDS
    assert everywhere() == before


def crowd(number: int) -> Customer:
    emails = [CustomerEmail(address=f"{number}@example.com", primary=True)]
    phones = [CustomerPhone(number="+39 333 123 4567", primary=True)]
    customer = Customer(
        kind=CustomerKind.PRIVATE, first_name=f"Ada {number}", last_name="B", emails=emails, phones=phones
    )
    customer.contacts = [Contact(name=f"Contact {each}") for each in range(3)]  # type: ignore[attr-defined]
    return customer
