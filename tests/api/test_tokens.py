"""The door of the API: a token that works opens it, until it is revoked; nothing else does, and nothing tells it."""

from __future__ import annotations

import json
import logging
import re
from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from flask import Flask
from flask.logging import default_handler
from sqlalchemy import text

from models.api_token import IS_ALIVE, IS_REVOKED, ApiToken, TokenStatus
from models.base import db
from models.errors import DomainError
from models.history import ChangeSet
from models.operations.deletion import delete_rows
from models.operations.undo import undo
from models.rules.api_token import seal_token
from tests.api.shop import LOGIN, Shop, customer, new_token
from tests.panel import Panel, add, stored

NOON = datetime(2026, 11, 21, 12, tzinfo=UTC)


def revoke(name: str = "Shop") -> ApiToken:
    [token] = stored(ApiToken, name=name)
    token.status = TokenStatus.REVOKED
    return add(token)  # type: ignore[no-any-return]


def test_a_token_has_256_random_bits_behind_a_name_that_scanners_know(app: Flask) -> None:
    tokens = {new_token(f"Shop {number}").plain for number in range(20)}
    assert len(tokens) == 20
    assert all(re.fullmatch("clientela_[0-9a-f]{64}", token) for token in tokens)


def test_only_the_hash_of_a_token_is_kept(app: Flask) -> None:
    plain = new_token().plain
    [token] = stored(ApiToken)
    assert (token.token, token.hint) == (seal_token(plain), f"{plain[:16]}…")
    assert token.plain == ""
    for table in db.metadata.sorted_tables:
        rows = db.session.connection().execute(text(f'SELECT * FROM "{table.name}"')).all()
        assert plain not in str(rows), table.name


@pytest.mark.parametrize("shown", ["", "x", "clientela_" + "0" * 64, "clientela_é", "a b", "0" * 5000])
def test_nothing_but_a_token_opens_the_door(app: Flask, shown: str) -> None:
    customer()
    answer = Shop(app).ask(LOGIN, {"email": "a", "password": "b"}, token=shown)
    assert answer.status_code == 401
    assert answer.headers["WWW-Authenticate"] == 'Bearer realm="Clientela", error="invalid_token"'


def test_who_shows_nothing_is_told_what_to_show(app: Flask) -> None:
    answer = app.test_client().post(LOGIN, json={})
    assert (answer.status_code, answer.mimetype) == (401, "application/problem+json")
    assert answer.headers["WWW-Authenticate"] == 'Bearer realm="Clientela"'


def test_a_token_is_shown_as_a_bearer_and_in_no_other_way(app: Flask) -> None:
    customer()
    shop = Shop(app)
    for headers in ({"Authorization": f"Basic {shop.token}"}, {"Authorization": shop.token}, {"X-Api-Key": shop.token}):
        assert shop.client.post(LOGIN, json={}, headers=headers).status_code == 401
    assert shop.client.post(f"{LOGIN}?access_token={shop.token}", json={}).status_code == 401


def test_a_revoked_token_is_refused_with_the_next_request(app: Flask) -> None:
    customer()
    shop, other = Shop(app), Shop(app, "Another")
    assert shop.log_in().status_code == 200
    with time_machine.travel(NOON, tick=False):
        assert revoke().revoked_at == NOON
    assert shop.log_in().status_code == 401
    assert other.log_in().status_code == 200


def test_a_revocation_is_for_good(app: Flask) -> None:
    Shop(app)
    token = revoke()
    token.status = TokenStatus.ACTIVE
    with pytest.raises(DomainError, match=IS_REVOKED):
        db.session.commit()
    db.session.rollback()
    last = db.session.info["last_change_set"]
    with pytest.raises(DomainError, match=IS_REVOKED):
        undo(db.session, last)


def test_what_works_is_revoked_before_it_is_deleted_so_that_an_undo_brings_nothing_back(app: Flask) -> None:
    customer()
    shop = Shop(app)
    with pytest.raises(DomainError, match=IS_ALIVE):
        delete_rows(db.session, stored(ApiToken))
    db.session.rollback()
    revoke()
    delete_rows(db.session, stored(ApiToken))
    db.session.commit()
    undo(db.session, db.session.info["last_change_set"])
    db.session.commit()
    assert [token.status for token in stored(ApiToken)] == [TokenStatus.REVOKED]
    assert shop.log_in().status_code == 401


def test_a_token_tells_when_it_was_last_used_once_a_minute_and_outside_the_history(app: Flask) -> None:
    customer()
    shop = Shop(app)
    changes = len(db.session.connection().execute(ChangeSet.__table__.select()).all())
    used = []
    with time_machine.travel(NOON, tick=False) as clock:
        for seconds in (0, 30, 31):
            clock.shift(timedelta(seconds=seconds))
            shop.log_in()
            [token] = stored(ApiToken)
            used.append((token.last_used_at - NOON).seconds)
    assert used == [0, 0, 61]
    assert (token.version, token.updated_at < NOON or token.updated_at > NOON) == (1, True)
    assert len(db.session.connection().execute(ChangeSet.__table__.select()).all()) == changes


def test_a_cookie_of_the_panel_opens_nothing_and_none_is_set(app: Flask) -> None:
    customer()
    panel, shop = Panel(app), Shop(app)
    assert panel.client.post(LOGIN, json={"email": "a", "password": "b"}).status_code == 401
    answer = shop.log_in()
    assert "Set-Cookie" not in answer.headers
    assert "Cookie" not in answer.headers.get("Vary", "")
    assert answer.headers["Cache-Control"] == "no-store"
    shop.client = panel.client
    assert shop.log_in().status_code == 200  # without the panel's CSRF token, which is for browsers
    assert panel.get("/me/").status_code == 200


def test_the_log_tells_which_program_asked_and_no_secret(app: Flask, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    customer()
    shop = Shop(app)
    shop.log_in()
    shop.log_in(password="a secret mistake")
    shop.change("nine swans")
    shop.ask(LOGIN, {}, token=f"{shop.token}0")
    assert default_handler.formatter is not None
    lines = [default_handler.formatter.format(record) for record in caplog.records]
    own = [json.loads(line) for line in lines if line.startswith("{")]
    events = [line["event"] for line in own if line.get("program") == "Shop"]
    assert events == ["customer logged in", "customer login refused", "customer changed their password"]
    for secret in (shop.token, seal_token(shop.token), "a secret mistake", "seven geese", "nine swans", "post.example"):
        assert not [line for line in lines if secret in line]
