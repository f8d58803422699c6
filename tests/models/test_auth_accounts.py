"""Accounts: the first administrator, one's own password, and somebody who can always manage the panel."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from models.actors import actor_for
from models.base import db
from models.errors import DomainError, Refused
from models.gate import acting_as, set_actor
from models.history import Change
from models.operations.accounts import change_own_password, create_administrator, generated_password
from models.operations.sign_in import sign_in
from models.operations.throttle import MOST, Throttled, WrongPassword
from models.operations.verifying import DOOR
from models.permissions import SYSTEM
from models.rules.password import PasswordHashing, Sealed, needs_rehash
from models.user import User
from tests.models.world import begin
from tests.people import ADMINISTRATOR, EDITOR, PASSWORD, VIEWER, add_user, let_have

NEW = "seven owls over a copper roof"


def let_in(user: User, password: str) -> bool:
    try:
        return sign_in(db.session, user.email, password, "192.0.2.1", "").user_id == user.id
    except WrongPassword:
        return False


def stored(user: User) -> User:
    return db.session.scalars(select(User).where(User.id == user.id), execution_options=DOOR).one()


def test_the_first_administrator_gets_a_password_that_works(app: Flask) -> None:
    begin()
    user, password = create_administrator(db.session, "Boss@Example.com", None, "Anna Rossi")
    db.session.commit()
    assert ([each.role.name for each in user.roles], user.active, len(password)) == ([ADMINISTRATOR], True, 29)
    assert let_in(user, password)


def test_a_given_password_must_be_a_good_one(app: Flask) -> None:
    with pytest.raises(DomainError) as refusal:
        create_administrator(db.session, "boss@example.com", "boss@example.com", "Anna Rossi")
    assert refusal.value.field == "password"


def test_no_two_generated_passwords_are_alike() -> None:
    assert len({generated_password() for _ in range(1000)}) == 1000


def test_a_fresh_database_has_nobody_who_could_sign_in(app: Flask) -> None:
    assert db.session.scalars(select(User), execution_options=DOOR).all() == []


def test_people_sign_in_whatever_the_case_of_their_email(app: Flask) -> None:
    user = add_user(email="Élodie.Straße@example.com")
    assert sign_in(db.session, " éLODIE.STRASSE@EXAMPLE.COM ", PASSWORD, "192.0.2.1", "").user_id == user.id


@pytest.mark.parametrize(
    "email", ["", "\x00", "nobody@example.com", "\ud800@example.com", "a" * 100_000, "' OR 1=1 --"]
)
def test_whatever_is_typed_as_email_is_just_wrong(app: Flask, email: str) -> None:
    with pytest.raises(WrongPassword):
        sign_in(db.session, email, PASSWORD, "192.0.2.1", "")


@pytest.mark.parametrize(
    "password", ["", "\x00", PASSWORD + " ", PASSWORD[:-1], PASSWORD.upper(), "\ud800", "é" * 100_000]
)
def test_another_password_is_wrong(app: Flask, password: str) -> None:
    assert not let_in(add_user(), password)


def test_who_is_not_active_or_has_no_password_gets_the_answer_for_nobody(app: Flask) -> None:
    add_user()
    people = [add_user(active=False).email, add_user(password=None).email, "nobody@example.com"]
    said = set()
    for email in people:
        with pytest.raises(WrongPassword) as refusal:
            sign_in(db.session, email, PASSWORD, "192.0.2.1", "")
        said.add((str(refusal.value), refusal.value.field))
    assert len(said) == 1


def test_signing_in_seals_an_old_password_at_todays_cost_without_a_trace_in_the_history(app: Flask) -> None:
    old = Sealed(PasswordHashing(memory_cost=16, time_cost=2).hash(PASSWORD))
    user = add_user(password=old)
    before = stored(user)
    version, updated = before.version, before.updated_at
    assert needs_rehash(old)
    assert let_in(user, PASSWORD)
    after = stored(user)
    assert after.password
    assert not needs_rehash(after.password)
    assert (after.version, after.updated_at) == (version, updated)
    assert let_in(user, PASSWORD)


def test_people_change_their_own_password_whatever_their_role(app: Flask) -> None:
    user = add_user(VIEWER)
    set_actor(db.session, actor_for(db.session, user))
    change_own_password(db.session, user.id, PASSWORD, NEW, "192.0.2.1")
    db.session.commit()
    assert (let_in(user, PASSWORD), let_in(user, NEW)) == (False, True)
    assert stored(user).password_changed_at


def test_a_changed_password_is_in_the_history_without_its_hash(app: Flask) -> None:
    user = add_user(VIEWER)
    set_actor(db.session, actor_for(db.session, user))
    change_own_password(db.session, user.id, PASSWORD, NEW, "192.0.2.1")
    db.session.commit()
    mine = select(Change).where(Change.entity == "user", Change.row_id == user.id).order_by(Change.id)
    changes = db.session.scalars(mine, execution_options=DOOR).all()
    assert changes[-1].after
    assert changes[-1].after["password"] is None
    assert all("argon2" not in str((change.before, change.after)) for change in changes)


REFUSED = {
    "the present one is wrong": ("not the password", NEW, "current"),
    "the new one is the present one": (PASSWORD, PASSWORD, "password"),
    "the new one is short": (PASSWORD, "short", "password"),
    "the new one is the email": (PASSWORD, "anna@example.com", "password"),
}


@pytest.mark.parametrize("case", REFUSED)
def test_a_password_stays_when(app: Flask, case: str) -> None:
    current, new, field = REFUSED[case]
    user = add_user(email="anna@example.com")
    set_actor(db.session, actor_for(db.session, user))
    with pytest.raises(DomainError) as refusal:
        change_own_password(db.session, user.id, current, new, "192.0.2.1")
    db.session.rollback()
    assert refusal.value.field == field
    assert let_in(user, PASSWORD)


def test_an_open_session_cannot_guess_the_password_without_end(app: Flask) -> None:
    user = add_user()
    set_actor(db.session, actor_for(db.session, user))
    for number in range(MOST):
        with pytest.raises(WrongPassword):
            change_own_password(db.session, user.id, f"guess {number}", NEW, f"192.0.2.{number}")
    with pytest.raises(Throttled):
        change_own_password(db.session, user.id, PASSWORD, NEW, "192.0.2.99")


def demote(user: User) -> None:
    let_have(user, EDITOR)
    db.session.flush()


def deactivate(user: User) -> None:
    user.active = False
    db.session.flush()


WAYS_OUT: dict[str, Callable[[User], None]] = {"roles": demote, "active": deactivate}


@pytest.mark.parametrize("way", WAYS_OUT)
def test_the_last_administrator_cannot_be(app: Flask, way: str) -> None:
    user = add_user()
    add_user(EDITOR)
    add_user(active=False)
    with acting_as(db.session, SYSTEM), pytest.raises(Refused) as refusal:
        WAYS_OUT[way](user)
    db.session.rollback()
    assert refusal.value.field == way
    assert "Anna Rossi" in str(refusal.value)


def test_the_last_administrator_cannot_be_deleted(app: Flask) -> None:
    user = add_user()
    with acting_as(db.session, SYSTEM):
        db.session.delete(user)
        with pytest.raises(Refused):
            db.session.flush()


def test_two_administrators_cannot_go_together(app: Flask) -> None:
    first, second = add_user(), add_user()
    with acting_as(db.session, SYSTEM):
        let_have(first, VIEWER)
        db.session.delete(second)
        with pytest.raises(Refused):
            db.session.flush()


@pytest.mark.parametrize("way", WAYS_OUT)
def test_an_administrator_may_go_where_another_stays(app: Flask, way: str) -> None:
    user = add_user()
    add_user()
    with acting_as(db.session, SYSTEM):
        WAYS_OUT[way](user)


def test_the_last_administrator_may_hand_over(app: Flask) -> None:
    user, heir = add_user(), add_user(EDITOR)
    with acting_as(db.session, SYSTEM):
        let_have(heir, ADMINISTRATOR)
        let_have(user, EDITOR)
        db.session.flush()


def test_the_last_administrator_may_change_their_name(app: Flask) -> None:
    with acting_as(db.session, SYSTEM):
        change(add_user(), name="Anna Bianchi")


def change(user: User, **values: Any) -> None:
    for key, value in values.items():
        setattr(user, key, value)
    db.session.flush()


def test_an_administrator_who_has_no_password_yet_does_not_count(app: Flask) -> None:
    user = add_user()
    add_user(password=None, name="Who cannot sign in")
    with acting_as(db.session, SYSTEM), pytest.raises(Refused, match="Anna Rossi is the last"):
        demote(user)
