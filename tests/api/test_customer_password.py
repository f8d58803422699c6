"""A customer changes the password on the site: whoever knows the old one, to one that the policy admits."""

from __future__ import annotations

from contextlib import suppress
from threading import Barrier, Thread
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select, text

from models.base import db
from models.customer import Customer, CustomerEmail, Status
from models.gate import acting_as, set_actor, ungated
from models.history import Change
from models.operations.api_access import Program
from models.operations.customer_login import Credentials, change_password
from models.operations.throttle import WrongPassword
from models.operations.verifying import verified
from models.permissions import SYSTEM
from models.rules.password_hash import verify_password
from tests.api.shop import EMAIL, SECRET, Shop, customer, new_token
from tests.panel import Panel, add, stored

PAST = ungated("a test looks past the gate")
NEW = "nine swans"


def test_the_new_password_logs_in_and_the_old_one_does_not(app: Flask) -> None:
    someone, shop = customer(), Shop(app)
    assert shop.change(NEW).get_json() == {"customer_id": someone.id}
    assert shop.log_in(password=NEW).status_code == 200
    assert shop.log_in().status_code == 403


def test_the_history_names_the_token_and_not_the_password(app: Flask) -> None:
    someone, shop = customer(), Shop(app, name="Web shop")
    assert shop.change(NEW).status_code == 200
    page = Panel(app).get(f"/customer/history/?id={someone.id}").text
    assert "Web shop (API)" in page
    changes = db.session.scalars(
        select(Change).where(Change.entity == "customer").order_by(Change.id), execution_options=PAST
    ).all()
    kept = [(each.before, each.after) for each in changes]
    after = kept[-1][1] or {}
    assert after.keys() == {"password", "password_changed_at"}
    assert after["password"] is None
    assert not [each for each in kept if SECRET in str(each) or NEW in str(each) or "argon2" in str(each)]


def test_nothing_else_of_the_customer_changes(app: Flask) -> None:
    someone, shop = customer(), Shop(app)
    before = columns(someone.id)
    assert shop.change(NEW).status_code == 200
    after = columns(someone.id)
    assert {key for key in before if before[key] != after[key]} == {
        "password", "password_changed_at", "updated_at", "version"
    }  # fmt: skip


@pytest.mark.parametrize(
    ("new", "said"),
    [
        ("fives", "This password has 5 characters and needs at least 6. Make it longer."),
        ("seventeen letters", "This password has 17 characters and at most 16 fit. Shorten it."),
        ("", "This password has 0 characters and needs at least 6. Make it longer."),
    ],
)
def test_the_policy_is_told_in_its_own_words(app: Flask, new: str, said: str) -> None:
    customer()
    answer = Shop(app).change(new)
    assert answer.status_code == 422
    assert answer.get_json()["errors"] == [{"member": "new_password", "detail": said}]


@pytest.mark.parametrize(
    "new", ["€€€€€€", "𝔘𝔫𝔦𝔠𝔬𝔡𝔢𝔘𝔫𝔦𝔠𝔬𝔡𝔢𝔘𝔫", "e\N{COMBINING ACUTE ACCENT}" * 16, "  six  ", "🦢🦢🦢🦢🦢🦢"]
)
def test_characters_are_counted_and_all_of_them_count(app: Flask, new: str) -> None:
    customer()
    shop = Shop(app)
    assert shop.change(new).status_code == 200
    assert shop.log_in(password=new).status_code == 200
    assert shop.log_in(password=new[:-1]).status_code == 403
    assert shop.log_in(password=new + " ").status_code == 403


@pytest.mark.parametrize("new", ["five\0nul", "escape\x1b"])
def test_control_characters_are_refused(app: Flask, new: str) -> None:
    customer()
    shop = Shop(app)
    assert shop.change(new).status_code == 422
    assert shop.log_in().status_code == 200


def test_a_refused_wish_tells_nothing_of_the_account(app: Flask) -> None:
    customer()
    shop = Shop(app)
    answers = {shop.change("short", current, email).data for current in (SECRET, "wrong") for email in (EMAIL, "x@y.z")}
    assert len(answers) == 1


@pytest.mark.parametrize("values", [{"can_login": False}, {"status": Status.BLOCKED}, {"status": Status.INACTIVE}])
def test_who_may_not_log_in_changes_no_password(app: Flask, values: dict[str, Any]) -> None:
    someone, shop = customer(**values), Shop(app)
    assert shop.change(NEW).status_code == 403
    assert verify_password(stored(Customer, id=someone.id)[0].password, SECRET)


def test_a_wrong_password_changes_nothing_and_counts_like_a_login(app: Flask) -> None:
    customer()
    shop = Shop(app)
    assert {shop.change(NEW, "wrong").status_code for _ in range(10)} == {403}
    assert shop.change(NEW).status_code == 429
    assert shop.log_in().status_code == 429


def test_a_record_that_cannot_be_saved_is_said_to_be_so(app: Flask) -> None:
    someone, shop = customer(), Shop(app)
    someone.emails.append(CustomerEmail(address="second@post.example"))
    add(someone)
    db.session.connection().execute(text('UPDATE customer_email SET "primary" = :off'), {"off": False})
    db.session.commit()
    answer = shop.change(NEW)
    assert answer.status_code == 409
    assert answer.get_json()["detail"].startswith("Something else in this customer's record is wrong")
    assert verify_password(stored(Customer, id=someone.id)[0].password, SECRET)


def test_a_password_that_is_set_in_the_panel_meanwhile_stays(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    someone, shop = customer(), Shop(app)
    key = someone.id

    def verified_then_changed(*given: Any) -> tuple[int, str]:
        found = verified(*given)
        with acting_as(db.session, SYSTEM):
            db.session.get_one(Customer, key).password = "set by Anna"
            db.session.commit()
        return found

    monkeypatch.setattr("models.operations.customer_login.verified", verified_then_changed)
    assert shop.change(NEW).status_code == 403
    assert verify_password(stored(Customer, id=key)[0].password, "set by Anna")


def test_of_two_changes_at_once_one_wins_and_the_other_is_refused(fresh_app: Flask) -> None:
    with fresh_app.app_context():
        key, token = customer().id, new_token().id
        db.session.remove()
    both, done = Barrier(2), []

    def change(new: str) -> None:
        with fresh_app.app_context(), suppress(WrongPassword):
            set_actor(db.session, Program(token, "Shop").actor)
            both.wait()
            change_password(db.session, token, Credentials(EMAIL, SECRET), new)
            done.append(new)

    threads = [Thread(target=change, args=[new]) for new in (NEW, "ten herons")]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    with fresh_app.app_context():
        [kept] = stored(Customer, id=key)
        assert [new for new in (NEW, "ten herons") if verify_password(kept.password, new)] == done
        db.session.remove()


def columns(key: int) -> dict[str, Any]:
    [row] = stored(Customer, id=key)
    return {column.key: getattr(row, column.key) for column in Customer.__table__.columns}
