"""Transactions read or write, on either database, and SQLite is set up to keep what it is given."""

from __future__ import annotations

from threading import Thread
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import Engine, text
from sqlalchemy.exc import DBAPIError, OperationalError

from models.base import db
from models.engine import PRAGMAS, has_wal_fault, set_mode, transactions

ADD = text("INSERT INTO login_attempt (at, account, network) VALUES (CURRENT_TIMESTAMP, 'a', 'n')")
COUNT = text("SELECT count(*) FROM login_attempt")


@pytest.fixture
def engine(fresh_app: Flask) -> Engine:
    """An engine whose transactions are real."""
    with fresh_app.app_context():
        return db.engine


def test_a_reading_transaction_cannot_write(engine: Engine) -> None:
    with transactions("read"), engine.connect() as connection:
        assert connection.scalar(COUNT) == 0
        with pytest.raises(DBAPIError, match=r"read-?only"):
            connection.execute(ADD)


def test_a_connection_that_has_read_may_write_next(engine: Engine) -> None:
    with transactions("read"), engine.connect() as connection:
        connection.scalar(COUNT)
    with engine.begin() as connection:
        connection.execute(ADD)
    with transactions("read"), engine.connect() as connection:
        assert connection.scalar(COUNT) == 1


def test_one_may_write_unless_somebody_says_otherwise(engine: Engine) -> None:
    modes: list[str] = []

    def work() -> None:
        with engine.begin() as connection:
            connection.execute(ADD)
        modes.append("written")

    set_mode("read")
    try:
        thread = Thread(target=work)  # its context is its own
        thread.start()
        thread.join()
    finally:
        set_mode("write")
    assert modes == ["written"]


def test_readers_go_on_beside_a_writer(engine: Engine) -> None:
    with engine.begin() as writer:
        writer.execute(ADD)
        with transactions("read"), engine.connect() as reader:
            assert reader.scalar(COUNT) == 0


@pytest.mark.databases("sqlite")
def test_a_writer_takes_its_turn_before_it_reads(engine: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(PRAGMAS, "busy_timeout", 50)
    with engine.begin(), pytest.raises(OperationalError, match="locked"):
        engine.connect().begin()


@pytest.mark.databases("sqlite")
@pytest.mark.parametrize(
    ("pragma", "value"),
    [
        ("journal_mode", "wal"),
        ("synchronous", 2),
        ("foreign_keys", 1),
        ("busy_timeout", 15_000),
        ("trusted_schema", 0),
        ("cell_size_check", 1),
        ("journal_size_limit", 64 * 1024 * 1024),
    ],
)
def test_sqlite_is_set_to(engine: Engine, pragma: str, value: Any) -> None:
    with engine.connect() as connection:
        assert connection.scalar(text(f"PRAGMA {pragma}")) == value


@pytest.mark.parametrize("version", [(3, 7, 0), (3, 40, 1), (3, 44, 5), (3, 45, 9), (3, 50, 6), (3, 51, 0), (3, 51, 2)])
def test_wal_is_not_used_on_a_sqlite_that_may_corrupt_it(version: tuple[int, int, int]) -> None:
    assert has_wal_fault(version)


@pytest.mark.parametrize("version", [(3, 44, 6), (3, 44, 9), (3, 50, 7), (3, 51, 3), (3, 53, 4), (4, 0, 0)])
def test_wal_is_used_where_the_fault_is_mended(version: tuple[int, int, int]) -> None:
    assert not has_wal_fault(version)


@pytest.mark.databases("postgresql")
def test_postgresql_gives_up_a_statement_that_takes_too_long(engine: Engine) -> None:
    with engine.connect() as connection:
        assert connection.scalar(text("SHOW statement_timeout")) == "15s"
        assert connection.scalar(text("SHOW lock_timeout")) == "5s"
