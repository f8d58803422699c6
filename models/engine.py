"""How the program talks to its database: the pragmas of a connection, and transactions that read or write.

A transaction that only reads is a plain BEGIN and cannot write; one that writes takes SQLite's write lock at once, so
that it never fails half way for somebody else's. Where nobody said which, it may write: commands, migrations, jobs.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any, Literal

from sqlalchemy import Connection, Engine, event

Mode = Literal["read", "write"]

PRAGMAS = {
    "busy_timeout": 15_000,  # milliseconds; SQLite does not queue writers, so one may wait for several
    "synchronous": "FULL",
    "foreign_keys": "ON",
    "trusted_schema": "OFF",
    "cell_size_check": "ON",
    "journal_size_limit": 64 * 1024 * 1024,  # bytes
}

_mode: ContextVar[Mode] = ContextVar("mode", default="write")


def set_mode(mode: Mode) -> None:
    """Let the transactions that begin from now on, in this thread or request, read or write."""
    _mode.set(mode)


@contextmanager
def transactions(mode: Mode) -> Iterator[None]:
    """Let the transactions that begin within this block read or write."""
    token = _mode.set(mode)
    try:
        yield
    finally:
        _mode.reset(token)


def configure_engine(engine: Engine) -> None:
    """Prepare every connection and every transaction of the engine; call it once, before the first connection."""
    if engine.dialect.name == "sqlite":
        event.listen(engine, "connect", _prepare_sqlite)
        event.listen(engine, "begin", _begin_sqlite)
    else:
        event.listen(engine, "begin", _begin_postgresql)


def has_wal_fault(version: tuple[int, ...]) -> bool:
    """Return whether this SQLite can corrupt a database in WAL mode: fixed in 3.51.3, 3.50.7 and 3.44.6.

    Source: https://sqlite.org/changes.html, notes on 3.51.3.
    """
    backported = (3, 44, 6) <= version < (3, 45) or (3, 50, 7) <= version < (3, 51)
    return version < (3, 51, 3) and not backported


def _prepare_sqlite(connection: Any, record: object) -> None:
    connection.isolation_level = None  # BEGIN is ours, below
    for pragma, value in PRAGMAS.items():
        connection.execute(f"PRAGMA {pragma} = {value}")
    _set_journal_mode(connection)


def _set_journal_mode(connection: Any) -> None:
    """Let readers and a writer work side by side, but on a SQLite with the WAL-reset fault."""
    [version] = connection.execute("SELECT sqlite_version()").fetchone()
    wanted = "delete" if has_wal_fault(tuple(map(int, version.split(".")))) else "wal"
    [got] = connection.execute(f"PRAGMA journal_mode = {wanted}").fetchone()
    if got == "wal" != wanted:
        raise sqlite3.NotSupportedError(
            f"SQLite {version} can corrupt this database, which is in WAL mode; update SQLite."
        )


def _begin_sqlite(connection: Connection) -> None:
    reading = _mode.get() == "read"
    connection.exec_driver_sql(f"PRAGMA query_only = {'ON' if reading else 'OFF'}")
    connection.exec_driver_sql("BEGIN" if reading else "BEGIN IMMEDIATE")


def _begin_postgresql(connection: Connection) -> None:
    # psycopg sends it with its BEGIN: no statement more.
    connection.connection.driver_connection.read_only = _mode.get() == "read"  # type: ignore[union-attr]
