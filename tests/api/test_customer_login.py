"""A customer logs in to the site: the right ones are named, all others refused in one and the same way."""

from __future__ import annotations

import pytest
from flask import Flask
from sqlalchemy import select, update
from werkzeug.test import TestResponse

from models.base import db
from models.customer import Customer, Status
from models.gate import ungated
from models.history import ChangeSet
from models.operations.customer_login import MOST_OF_PROGRAM
from models.operations.deletion import delete_rows
from models.rules.password import PasswordHashing, Sealed, needs_rehash
from tests.api.shop import EMAIL, REFUSED, SECRET, Shop, customer, new_customer
from tests.panel import add, stored

PAST = ungated("a test looks past the gate")
CHANGING = {"X-Request-ID", "Content-Security-Policy", "Date"}  # by design different in every answer


def whole(answer: TestResponse) -> tuple[object, ...]:
    headers = sorted((key, value) for key, value in answer.headers if key not in CHANGING)
    return answer.status, tuple(headers), answer.get_data()


def test_the_right_email_and_password_tell_which_customer_it_is(app: Flask) -> None:
    someone, shop = customer(), Shop(app)
    answer = shop.log_in(ip="203.0.113.7")
    assert (answer.status_code, answer.get_json()) == (200, {"customer_id": someone.id})


@pytest.mark.parametrize("email", [EMAIL.lower(), EMAIL.upper(), f"  {EMAIL} "])
def test_how_the_email_is_written_does_not_matter(app: Flask, email: str) -> None:
    customer()
    assert Shop(app).log_in(email).status_code == 200


def test_every_refusal_is_the_same_to_the_byte(app: Flask) -> None:
    shop = Shop(app)
    customer()
    customer("off@post.example", can_login=False)
    customer("blocked@post.example", status=Status.BLOCKED)
    customer("inactive@post.example", status=Status.INACTIVE)
    typed = [(EMAIL, "another"), ("nobody@post.example", SECRET), ("", ""), ("not an email", SECRET), ("a\0b", "c\0d")]
    typed += [(f"{who}@post.example", SECRET) for who in ("off", "blocked", "inactive")]
    answers = {whole(shop.log_in(*each)) for each in typed}
    assert len(answers) == 1
    assert shop.log_in(EMAIL, "another").status_code == 403
    assert shop.log_in(EMAIL, "another").get_json()["detail"] == REFUSED


def test_switching_the_login_off_refuses_at_once(app: Flask) -> None:
    someone, shop = customer(), Shop(app)
    assert shop.log_in().status_code == 200
    [someone] = stored(Customer, id=someone.id)
    someone.can_login = False
    add(someone)
    assert shop.log_in().status_code == 403


def test_the_switch_itself_is_asked_and_not_what_follows_from_it(app: Flask) -> None:
    someone, shop = customer(), Shop(app)
    off = update(Customer).where(Customer.id == someone.id).values(can_login=False)
    db.session.execute(off, execution_options=PAST)
    db.session.commit()
    assert shop.log_in().status_code == 403


@pytest.mark.parametrize("status", [Status.BLOCKED, Status.INACTIVE])
def test_blocking_somebody_refuses_at_once(app: Flask, status: Status) -> None:
    someone, shop = customer(), Shop(app)
    [someone] = stored(Customer, id=someone.id)
    someone.status = status
    add(someone)
    assert shop.log_in().status_code == 403


def test_who_is_deleted_is_nobody(app: Flask) -> None:
    someone, shop = customer(), Shop(app)
    delete_rows(db.session, stored(Customer, id=someone.id))
    db.session.commit()
    assert shop.log_in().status_code == 403


def test_only_the_primary_email_logs_in(app: Flask) -> None:
    someone, shop = customer(), Shop(app)
    [someone] = stored(Customer, id=someone.id)
    someone.emails.append(type(someone.emails[0])(address="second@post.example"))
    add(someone)
    assert shop.log_in("second@post.example").status_code == 403


def test_a_password_hashed_cheaply_is_hashed_anew_without_a_trace_in_the_history(app: Flask) -> None:
    old = PasswordHashing(memory_cost=16, time_cost=2).hash(SECRET)
    someone, shop = add(new_customer(password=None, can_login=False)), Shop(app)
    values = {"password": Sealed(old), "can_login": True, "login_key": EMAIL.lower()}
    db.session.execute(update(Customer).where(Customer.id == someone.id).values(values), execution_options=PAST)
    [before] = stored(Customer, id=someone.id)
    known = before.version, before.updated_at, len(stored_changes())
    assert needs_rehash(old)
    assert shop.log_in().status_code == 200
    [after] = stored(Customer, id=someone.id)
    assert not needs_rehash(after.password)
    assert (after.version, after.updated_at, len(stored_changes())) == known


def test_a_login_leaves_no_trace_in_the_history(app: Flask) -> None:
    customer()
    shop, before = Shop(app), len(stored_changes())
    shop.log_in()
    shop.log_in(EMAIL, "wrong")
    assert len(stored_changes()) == before


def test_a_program_may_be_wrong_more_often_than_a_customer(app: Flask) -> None:
    shop = Shop(app)
    for number in range(30):
        assert shop.log_in(f"nobody{number}@post.example", ip=f"203.0.113.{number}").status_code == 403
    assert MOST_OF_PROGRAM > 30


def stored_changes() -> list[ChangeSet]:
    return list(db.session.scalars(select(ChangeSet), execution_options=PAST))
