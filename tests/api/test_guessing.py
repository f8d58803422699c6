"""Guessing passwords through the shop: slowed down by account and network for all workers, and told nothing by time."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from statistics import median
from time import thread_time

import pytest
import time_machine
from flask import Flask
from sqlalchemy import insert

from app import create_app
from models.api_token import ApiToken
from models.auth import LoginAttempt
from models.base import db
from models.customer import Status
from models.operations.customer_login import MOST_OF_PROGRAM
from models.operations.sign_in import sign_in
from models.operations.throttle import MOST
from models.rules.password_hash import configure
from tests.api.shop import EMAIL, SECRET, Shop, customer
from tests.conftest import CONFIG
from tests.panel import stored
from tests.people import PASSWORD, add_user

NOON = datetime(2026, 11, 21, 12, tzinfo=UTC)
CLOSE = 0.2  # of the time that a login takes


def test_the_eleventh_wrong_password_of_an_account_waits_wherever_it_comes_from(app: Flask) -> None:
    customer()
    shop = Shop(app)
    with time_machine.travel(NOON, tick=False) as clock:
        for number in range(MOST):
            assert shop.log_in(password="wrong", ip=f"203.0.113.{number}").status_code == 403
        answer = shop.log_in(ip="198.51.100.1")
        assert (answer.status_code, answer.headers["Retry-After"]) == (429, "300")
        assert shop.log_in(ip=None).status_code == 429
        clock.shift(timedelta(minutes=5))
        assert shop.log_in().status_code == 200


def test_being_slowed_down_does_not_tell_whether_there_is_such_an_account(app: Flask) -> None:
    customer()
    customer("off@post.example", can_login=False)
    shop, answers = Shop(app), set()
    with time_machine.travel(NOON, tick=False):
        for email in (EMAIL, "off@post.example", "nobody@post.example"):
            statuses = [shop.log_in(email, "wrong").status_code for _ in range(MOST)]
            last = shop.log_in(email, SECRET)
            answers.add((tuple(statuses), last.status_code, last.headers["Retry-After"], last.data))
    assert len(answers) == 1


@pytest.mark.parametrize(("near", "far"), [("203.0.113.7", "203.0.113.8"), ("2001:db8:1:2::{}", "2001:db8:1:3::1")])
def test_a_network_tries_ten_passwords_whosever_they_are(app: Flask, near: str, far: str) -> None:
    customer()
    shop = Shop(app)
    for number in range(MOST):
        assert shop.log_in(f"nobody{number}@post.example", ip=near.format(number)).status_code == 403
    assert shop.log_in(ip=near.format(99)).status_code == 429
    assert shop.log_in(ip=far).status_code == 200


def test_an_address_counts_the_same_however_it_is_written(app: Flask) -> None:
    customer()
    shop = Shop(app)
    for number in range(MOST):
        assert shop.log_in(f"nobody{number}@post.example", ip="::ffff:203.0.113.7").status_code == 403
    assert shop.log_in(ip="203.0.113.7").status_code == 429
    assert shop.log_in(ip="::ffff:203.0.113.8").status_code == 200


def test_without_an_address_one_customer_does_not_keep_another_out(app: Flask) -> None:
    customer()
    customer("other@post.example")
    shop = Shop(app)
    for _ in range(MOST):
        assert shop.log_in(password="wrong").status_code == 403
    assert shop.log_in().status_code == 429
    assert shop.log_in("other@post.example").status_code == 200


def test_guessing_on_the_site_keeps_nobody_out_of_the_panel(app: Flask) -> None:
    email, shop = add_user().email, Shop(app)
    for _ in range(MOST):
        shop.log_in(email, "wrong", ip="203.0.113.7")
    assert shop.log_in(email, "wrong", ip="203.0.113.7").status_code == 429
    assert sign_in(db.session, email, PASSWORD, "203.0.113.7", "")


def test_the_right_password_is_never_counted(app: Flask) -> None:
    customer()
    shop = Shop(app)
    assert {shop.log_in(ip="203.0.113.7").status_code for _ in range(MOST + 2)} == {200}


def test_a_stolen_token_tries_so_many_passwords_and_no_more(app: Flask) -> None:
    customer()
    stolen, other = Shop(app, "Stolen"), Shop(app, "Other")
    [program] = stored_ids("Stolen")
    counted = sha256(f"program {program}".encode()).hexdigest()
    tried = [{"account": counted, "network": counted}] * (MOST_OF_PROGRAM - 1)
    db.session.connection().execute(insert(LoginAttempt), tried)
    db.session.commit()
    assert stolen.log_in("nobody@post.example", ip="203.0.113.1").status_code == 403
    assert stolen.log_in(ip="203.0.113.2").status_code == 429
    assert other.log_in(ip="203.0.113.2").status_code == 200


def test_an_account_that_waits_does_not_use_up_the_programs_tries(app: Flask) -> None:
    customer()
    shop = Shop(app)
    for _ in range(MOST + 20):
        shop.log_in(password="wrong")
    [program] = stored_ids("Shop")
    counted = sha256(f"program {program}".encode()).hexdigest()
    attempts = db.session.connection().execute(LoginAttempt.__table__.select()).all()
    assert [attempt.account for attempt in attempts].count(counted) == MOST


def test_the_tries_are_counted_for_all_workers_together(fresh_app: Flask) -> None:
    another = create_app({**CONFIG, "SQLALCHEMY_DATABASE_URI": fresh_app.config["SQLALCHEMY_DATABASE_URI"]})
    with fresh_app.app_context():
        customer()
        shop = Shop(fresh_app)
        db.session.remove()
    workers = shop, Shop(another, token=shop.token)
    statuses = [workers[number % 2].log_in(password="wrong").status_code for number in range(MOST)]
    assert statuses == [403] * MOST
    assert [worker.log_in().status_code for worker in workers] == [429, 429]
    with another.app_context():
        db.engine.dispose()


@pytest.fixture
def dear() -> Iterator[None]:
    """Hashes that take some ten milliseconds, so that leaving one out would show."""
    configure(memory_cost=8192, time_cost=2)
    yield
    configure(**CONFIG["ARGON2"])


@pytest.mark.usefixtures("dear")
def test_all_refusals_take_the_same_time(app: Flask) -> None:
    customer()
    customer("off@post.example", can_login=False)
    customer("blocked@post.example", status=Status.BLOCKED)
    emails = EMAIL, "off@post.example", "blocked@post.example", "nobody@post.example"
    shop, taken = Shop(app), defaultdict[str, list[float]](list)
    shop.log_in("first@post.example", "wrong")  # whatever is done once
    for _ in range(MOST):
        for email in emails:
            begin = thread_time()
            assert shop.log_in(email, "wrong").status_code == 403
            taken[email].append(thread_time() - begin)
    usual = median(taken[EMAIL])
    assert usual > 0.005  # seconds: a hash was computed
    assert all(abs(median(times) - usual) < CLOSE * usual for times in taken.values()), taken


def stored_ids(name: str) -> list[int]:
    return [token.id for token in stored(ApiToken, name=name)]
