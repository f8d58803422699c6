"""Ten wrong passwords in five minutes, then patience."""

from __future__ import annotations

from contextlib import suppress
from datetime import UTC, datetime, timedelta
from threading import Thread

import pytest
import time_machine
from flask import Flask
from sqlalchemy import select

from app import create_app
from models.auth import LoginAttempt
from models.base import db
from models.operations.sign_in import sign_in
from models.operations.throttle import DOOR, MOST, Throttled, WrongPassword, counted_try, network_of
from tests.people import PASSWORD, add_user

CHEAP = {"SECRET_KEY": "x" * 32, "ARGON2": {"memory_cost": 8, "time_cost": 1, "parallelism": 1}}
NOON = datetime(2026, 11, 21, 12, tzinfo=UTC)


def fail(email: str, ip: str, device: str = "") -> None:
    with pytest.raises(WrongPassword):
        sign_in(db.session, email, "not the password", ip, "", device)


def address(number: int) -> str:
    return f"192.0.2.{number}"


def test_the_eleventh_try_at_an_account_waits_wherever_it_comes_from(app: Flask) -> None:
    user = add_user()
    with time_machine.travel(NOON, tick=False) as clock:
        for number in range(MOST):
            fail(user.email, address(number))
        with pytest.raises(Throttled) as refusal:
            sign_in(db.session, user.email, PASSWORD, address(99), "")
        assert refusal.value.retry_after == 300
        clock.shift(timedelta(minutes=5))
        assert sign_in(db.session, user.email, PASSWORD, address(99), "").user_id == user.id


def test_one_network_tries_ten_passwords_whosever_they_are(app: Flask) -> None:
    user = add_user()
    for number in range(MOST):
        fail(f"nobody{number}@example.com", address(1))
    with pytest.raises(Throttled):
        sign_in(db.session, user.email, PASSWORD, address(1), "")
    assert sign_in(db.session, user.email, PASSWORD, address(2), "")


def test_people_get_in_with_their_own_browser_while_strangers_use_up_the_tries(app: Flask) -> None:
    user = add_user()
    for number in range(MOST):
        fail(user.email, address(number))
    with pytest.raises(Throttled):
        sign_in(db.session, user.email, PASSWORD, address(99), "")
    assert sign_in(db.session, user.email, PASSWORD, address(99), "", device="their laptop")


def test_waiting_does_not_get_longer_by_trying_on(app: Flask) -> None:
    user = add_user()
    with time_machine.travel(NOON, tick=False) as clock:
        for number in range(MOST):
            fail(user.email, address(number))
        clock.shift(timedelta(minutes=4))
        for _ in range(3):
            with pytest.raises(Throttled) as refusal:
                sign_in(db.session, user.email, PASSWORD, address(99), "")
        assert refusal.value.retry_after == 60
        clock.shift(timedelta(minutes=1))
        assert sign_in(db.session, user.email, PASSWORD, address(99), "")


def test_the_right_password_does_not_count(app: Flask) -> None:
    user = add_user()
    for _ in range(MOST + 2):
        assert sign_in(db.session, user.email, PASSWORD, address(1), "")


def test_signing_in_does_not_wipe_out_the_wrong_tries_before(app: Flask) -> None:
    user = add_user()
    for _ in range(MOST - 1):
        fail(user.email, address(1))
    assert sign_in(db.session, user.email, PASSWORD, address(1), "")
    fail(user.email, address(1))
    with pytest.raises(Throttled):
        sign_in(db.session, user.email, PASSWORD, address(1), "")


def test_old_tries_are_swept_away_and_say_nothing_of_what_was_typed(app: Flask) -> None:
    with time_machine.travel(NOON, tick=False) as clock:
        fail("my password by mistake", address(1))
        clock.shift(timedelta(minutes=5))
        fail("nobody@example.com", address(2))
        rows = db.session.scalars(select(LoginAttempt), execution_options=DOOR).all()
    assert [row.network for row in rows] == [address(2)]
    assert all("@" not in row.account for row in rows)


def test_a_hundred_tries_at_once_do_not_slip_through_together(fresh_app: Flask) -> None:
    passed: list[int] = []

    def try_once(number: int) -> None:
        with (
            fresh_app.app_context(),
            suppress(WrongPassword, Throttled),
            counted_try(db.session, "victim", address(number)),
        ):
            passed.append(number)
            raise WrongPassword("wrong")

    for start in range(0, 30, 6):
        threads = [Thread(target=try_once, args=[start + number]) for number in range(6)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    with fresh_app.app_context():
        kept = len(db.session.scalars(select(LoginAttempt), execution_options=DOOR).all())
    assert 0 < len(passed) == kept <= MOST


@pytest.mark.parametrize(
    ("ip", "network"),
    [
        ("192.0.2.7", "192.0.2.7"),
        ("::ffff:192.0.2.7", "192.0.2.7"),
        ("2001:db8:1:2:3::4", "2001:db8:1:2::/64"),
        ("", ""),
        ("unix:", "unix:"),
    ],
)
def test_a_household_with_ipv6_is_one_network(ip: str, network: str) -> None:
    assert network_of(ip) == network


def test_a_restart_forgives_nothing(fresh_app: Flask) -> None:
    with fresh_app.app_context():
        for number in range(MOST):
            fail("nobody@example.com", address(number))
        db.session.remove()
    another = create_app({**CHEAP, "SQLALCHEMY_DATABASE_URI": fresh_app.config["SQLALCHEMY_DATABASE_URI"]})
    with another.app_context():
        with pytest.raises(Throttled):
            sign_in(db.session, "nobody@example.com", PASSWORD, address(99), "")
        db.session.remove()
        db.engine.dispose()
