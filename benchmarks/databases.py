"""The databases of the benchmark: filled once, kept in a folder, and used again by the next run."""

from __future__ import annotations

import atexit
import signal
from pathlib import Path

import psycopg
from flask import Flask
from psycopg import sql

from benchmarks.world import fill
from tests.conftest import dispose, make_app, migrate
from tests.databases import PostgreSQL, free_port, programs

MEMORY = {"shared_buffers": "1GB", "maintenance_work_mem": "512MB", "max_wal_size": "8GB"}


class Files:
    """SQLite files that stay."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        folder.mkdir(parents=True, exist_ok=True)

    def app(self, name: str, customers: int, *, alone: bool) -> Flask:
        """Return the app on a filled database, which is filled now if it is not there."""
        path, unfinished = self.folder / f"{name}.sqlite", self.folder / "unfinished.sqlite"
        if not path.exists():
            for each in self.folder.glob("unfinished.*"):
                each.unlink()
            _fill(f"sqlite:///{unfinished}", customers, alone=alone)
            unfinished.rename(path)
        return make_app(f"sqlite:///{path}")


class Cluster(PostgreSQL):
    """A PostgreSQL cluster whose files stay."""

    SETTINGS = {**PostgreSQL.SETTINGS, **MEMORY}
    PATIENCE = 300  # it may have to recover what it was doing when it was ended

    def __init__(self, folder: Path) -> None:
        self._programs, self._server = programs(), None
        self.folder, self.port = folder, free_port()
        folder.mkdir(parents=True, exist_ok=True)
        atexit.register(self.stop)
        self._start()

    def app(self, name: str, customers: int, *, alone: bool) -> Flask:
        """Return the app on a filled database, which is filled now if it is not there."""
        if not self._rows("SELECT 1 FROM pg_database WHERE datname = {}", sql.Literal(name)):
            self._do("DROP DATABASE IF EXISTS unfinished")
            self._create("unfinished", "template0")
            _fill(self._url("unfinished"), customers, alone=alone)
            with psycopg.connect(self._dsn("unfinished"), autocommit=True) as connection:
                connection.execute("VACUUM ANALYZE")  # as the server does by itself within some minutes
            self._do("ALTER DATABASE unfinished RENAME TO {}", sql.Identifier(name))
        return make_app(self._url(name))

    def stop(self) -> None:
        """End the server, which writes down what it holds."""
        if self._server:
            self._server.send_signal(signal.SIGINT)
            self._server.wait(timeout=300)
            self._server = None

    def _rows(self, command: str, *parts: sql.Composable) -> list[object]:
        with psycopg.connect(self._dsn("postgres"), autocommit=True) as connection:
            return list(connection.execute(sql.SQL(command).format(*parts)).fetchall())

    def _do(self, command: str, *parts: sql.Composable) -> None:
        with psycopg.connect(self._dsn("postgres"), autocommit=True) as connection:
            connection.execute(sql.SQL(command).format(*parts))


def _fill(url: str, customers: int, *, alone: bool) -> None:
    migrate(url)
    app = make_app(url)
    with app.app_context():
        fill(customers, alone=alone)
    dispose(app)
