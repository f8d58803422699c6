"""Sessions are kept on the server, and end there."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import time_machine
from flask import Flask
from sqlalchemy import event, func, select

from models.auth import AuthSession
from models.base import db
from models.gate import acting_as
from models.operations.sessions import (
    DOOR,
    end_other_sessions,
    end_session,
    open_session,
    renew,
    resume,
    sessions_of,
    sign_out,
)
from models.permissions import SYSTEM
from models.rules.password import Sealed
from models.user import User
from tests.people import EDITOR, HASH, VIEWER, add_user, let_have

NOON = datetime(2026, 11, 21, 12, tzinfo=UTC)


def begin(user: User) -> str:
    return open_session(db.session, user.id, "192.0.2.1", "Chrome on Linux")


def alive(token: str, now: datetime | None = None) -> bool:
    return resume(db.session, token, now or datetime.now(UTC)) is not None


def test_a_session_is_found_by_its_token_with_its_user(app: Flask) -> None:
    user = add_user(name="Jonas Weber")
    found = resume(db.session, begin(user), datetime.now(UTC))
    assert found
    mine = found.session
    assert (mine.user.name, mine.ip, mine.agent) == ("Jonas Weber", "192.0.2.1", "Chrome on Linux")


def test_the_database_does_not_hold_the_token(app: Flask) -> None:
    token = begin(add_user())
    row = db.session.scalars(select(AuthSession), execution_options=DOOR).one()
    assert len(token) >= 43
    assert token not in {row.id_hash, row.agent, row.ip}


@pytest.mark.parametrize("token", ["", "unknown", "\x00", "é" * 1000])
def test_an_invented_token_opens_nothing(app: Flask, token: str) -> None:
    begin(add_user())
    assert not alive(token)


def test_half_an_hour_without_a_request_ends_a_session(app: Flask) -> None:
    with time_machine.travel(NOON, tick=False):
        token = begin(add_user())
    assert alive(token, NOON + timedelta(minutes=29, seconds=59))
    assert not alive(token, NOON + timedelta(minutes=29, seconds=59) + timedelta(minutes=30))


def test_twelve_hours_end_a_session_however_busy_it_is(app: Flask) -> None:
    with time_machine.travel(NOON, tick=False):
        token = begin(add_user())
    for minutes in range(20, 12 * 60, 20):
        assert alive(token, NOON + timedelta(minutes=minutes))
    assert alive(token, NOON + timedelta(hours=12, seconds=-1))
    assert not alive(token, NOON + timedelta(hours=12))


def test_resuming_reads_once_and_writes_at_most_once_a_minute(app: Flask) -> None:
    with time_machine.travel(NOON, tick=False):
        token = begin(add_user())
    assert statements(lambda: alive(token, NOON + timedelta(seconds=60))) == ["WITH"]
    assert statements(lambda: alive(token, NOON + timedelta(seconds=61))) == ["WITH", "UPDATE"]
    assert statements(lambda: alive(token, NOON + timedelta(seconds=62))) == ["WITH"]


def statements(work: Callable[[], object]) -> list[str]:
    """Return the verbs of the statements that the work sends, without those of transactions."""
    sent: list[str] = []

    def note(connection: Any, cursor: Any, statement: str, *rest: Any) -> None:
        sent.append(statement.split(maxsplit=1)[0])

    engine = db.engine.engine
    event.listen(engine, "before_cursor_execute", note)
    work()
    event.remove(engine, "before_cursor_execute", note)
    return [verb for verb in sent if verb not in {"BEGIN", "PRAGMA", "SAVEPOINT", "ROLLBACK", "RELEASE"}]


def test_signing_out_ends_the_session_and_no_other(app: Flask) -> None:
    user = add_user()
    here, there = begin(user), begin(user)
    sign_out(db.session, here)
    assert (alive(here), alive(there)) == (False, True)


def test_a_renewed_session_goes_on_under_another_token(app: Flask) -> None:
    old = begin(add_user())
    found = resume(db.session, old, datetime.now(UTC))
    assert found
    new = renew(db.session, found.session.id)
    db.session.commit()
    assert (alive(old), alive(new)) == (False, True)


def test_people_end_their_own_sessions_only(app: Flask) -> None:
    mine, theirs = add_user(), add_user()
    token = begin(theirs)
    [session] = sessions_of(db.session, theirs.id, datetime.now(UTC))
    assert not end_session(db.session, mine.id, session.id)
    assert alive(token)
    assert end_session(db.session, theirs.id, session.id)
    db.session.commit()
    assert not alive(token)


def test_all_other_sessions_end_at_once(app: Flask) -> None:
    user, somebody = add_user(), add_user()
    here, there, beside = begin(user), begin(user), begin(somebody)
    found = resume(db.session, here, datetime.now(UTC))
    assert found
    assert end_other_sessions(db.session, user.id, found.session.id) == 1
    db.session.commit()
    assert (alive(here), alive(there), alive(beside)) == (True, False, True)


CHANGES = {"password": Sealed(HASH.replace("p=1", "p=2")), "active": False}


@pytest.mark.parametrize("change", CHANGES)
def test_a_change_of_the_user_ends_their_sessions(app: Flask, change: str) -> None:
    add_user(name="who stays an administrator")
    user, somebody = add_user(), add_user()
    token, beside = begin(user), begin(somebody)
    change_user(user, **{change: CHANGES[change]})
    assert (alive(token), alive(beside)) == (False, True)


def test_another_role_ends_the_sessions_of_a_user(app: Flask) -> None:
    add_user(name="who stays an administrator")
    user, somebody = add_user(), add_user()
    token, beside = begin(user), begin(somebody)
    with acting_as(db.session, SYSTEM):
        let_have(db.session.merge(user), VIEWER)
        db.session.commit()
    assert (alive(token), alive(beside)) == (False, True)


def test_a_new_name_ends_no_session(app: Flask) -> None:
    user = add_user()
    token = begin(user)
    change_user(user, name="Anna Bianchi")
    assert alive(token)


def test_a_change_that_is_taken_back_ends_no_session(app: Flask) -> None:
    add_user()
    user = add_user()
    token = begin(user)
    with acting_as(db.session, SYSTEM):
        let_have(db.session.merge(user), EDITOR)
        db.session.flush()
        db.session.rollback()
    assert alive(token)


def test_people_stay_where_they_change_their_own_password(app: Flask) -> None:
    user = add_user()
    here, there = begin(user), begin(user)
    found = resume(db.session, here, datetime.now(UTC))
    assert found
    db.session.info["auth_session"] = found.session.id
    change_user(user, password=CHANGES["password"])
    assert (alive(here), alive(there)) == (True, False)


def test_deleting_a_user_ends_their_sessions(app: Flask) -> None:
    add_user()
    user = add_user()
    token = begin(user)
    with acting_as(db.session, SYSTEM):
        db.session.delete(db.session.merge(user))
        db.session.commit()
    assert not alive(token)
    assert db.session.scalar(select(func.count()).select_from(AuthSession), execution_options=DOOR) == 0


def change_user(user: User, **values: Any) -> None:
    with acting_as(db.session, SYSTEM):
        row = db.session.merge(user)
        for key, value in values.items():
            setattr(row, key, value)
        db.session.commit()
