"""Real databases for the tests: migrated once per worker, then copied for every test that needs its own."""

from __future__ import annotations

import atexit
import os
import secrets
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Callable
from contextlib import suppress
from itertools import count
from pathlib import Path
from typing import Protocol

import psycopg
from psycopg import sql

Migrate = Callable[[str], None]
ROOM = 2**30  # bytes


class Database(Protocol):
    """A kind of database: `template` is migrated and stays untouched, `copy` gives a new one of the same content."""

    def copy(self) -> str:
        """Return the URL of a fresh copy of the template."""


class SQLite:
    """SQLite files in a folder of their own, removed with the process at the latest."""

    def __init__(self, migrate: Migrate) -> None:
        self.folder = Path(tempfile.mkdtemp(prefix="clientela-sqlite-", dir=memory()))
        atexit.register(self.stop)
        self.template = self.folder / "template.sqlite"
        self._numbers = count(1)
        migrate(self._url(self.template))

    def copy(self) -> str:
        """Return the URL of a new file with the template's content; a WAL left behind is copied with it."""
        target = self.folder / f"{next(self._numbers)}.sqlite"
        for suffix in ("", "-wal"):
            if (source := Path(f"{self.template}{suffix}")).exists():
                shutil.copyfile(source, f"{target}{suffix}")
        return self._url(target)

    def stop(self) -> None:
        """Remove the files."""
        shutil.rmtree(self.folder, ignore_errors=True)

    @staticmethod
    def _url(path: Path) -> str:
        return f"sqlite:///{path}"


class PostgreSQL:
    """A private cluster on a free port of 127.0.0.1, without durability, ended with the process that started it."""

    SETTINGS = {
        "listen_addresses": "127.0.0.1",
        "fsync": "off",
        "synchronous_commit": "off",
        "full_page_writes": "off",
        "autovacuum": "off",
        "max_wal_senders": "0",
        "wal_level": "minimal",
        "shared_buffers": "64MB",
    }
    PATIENCE = 120  # seconds until it answers

    def __init__(self, migrate: Migrate) -> None:
        self._programs = programs()
        self._numbers = count(1)
        self._server: subprocess.Popen[bytes] | None = None
        # Not in pytest's folder: PostgreSQL's own user must be able to walk to it.
        self.folder = Path(tempfile.mkdtemp(prefix="clientela-postgresql-"))
        atexit.register(self.stop)
        self.port = free_port()
        self._start()
        self._create("template_clientela", "template0")
        migrate(self._url("template_clientela"))

    def copy(self) -> str:
        """Return the URL of a new database with the template's content."""
        name = f"copy_{next(self._numbers)}"
        self._create(name, "template_clientela")
        return self._url(name)

    def stop(self) -> None:
        """End the server at once and remove its files."""
        if self._server:
            self._server.send_signal(signal.SIGQUIT)
            self._server.wait(timeout=30)
            self._server = None
        shutil.rmtree(self.folder, ignore_errors=True)

    def _start(self) -> None:
        if os.geteuid() == 0:
            shutil.chown(self.folder, "postgres")
        data = str(self.folder / "data")
        if not Path(data).exists():
            initdb = [str(self._programs / "initdb"), "--auth=trust", "--username=clientela", "--no-sync"]
            initdb += ["--encoding=UTF8", "--locale=C.UTF-8", "--pgdata", data]
            subprocess.run([*as_postgres(), *initdb], cwd=self.folder, check=True, capture_output=True)
        settings = [part for name, value in self.SETTINGS.items() for part in ("-c", f"{name}={value}")]
        server = [str(self._programs / "postgres"), "-D", data, "-k", str(self.folder), "-p", str(self.port), *settings]
        with (self.folder / "log").open("wb") as log:
            self._server = subprocess.Popen([*as_postgres(), *server], cwd=self.folder, stdout=log, stderr=log)
        self._await_server(self._server)

    def _await_server(self, server: subprocess.Popen[bytes]) -> None:
        deadline = time.monotonic() + self.PATIENCE
        while True:
            try:
                return psycopg.connect(self._dsn("postgres")).close()
            except psycopg.OperationalError:
                if server.poll() is not None or time.monotonic() > deadline:
                    raise RuntimeError((self.folder / "log").read_text(encoding="utf-8")) from None
                time.sleep(0.05)

    def _create(self, name: str, template: str) -> None:
        with psycopg.connect(self._dsn("postgres"), autocommit=True) as connection:
            command = sql.SQL("CREATE DATABASE {} TEMPLATE {}")
            connection.execute(command.format(sql.Identifier(name), sql.Identifier(template)))

    def _dsn(self, name: str) -> str:
        return f"postgresql://clientela@127.0.0.1:{self.port}/{name}"

    def _url(self, name: str) -> str:
        return self._dsn(name).replace("postgresql:", "postgresql+psycopg:", 1)


def memory() -> str | None:
    """Return a folder in memory where there is one with room: every commit would wait for a disk to be done with it."""
    shared = Path("/dev/shm")  # noqa: S108  only a folder of our own within it is used
    has_room = os.access(shared, os.W_OK) and shutil.disk_usage(shared).free > ROOM
    return str(shared) if has_room else None


def programs() -> Path:
    """Return the folder of PostgreSQL's programs: version 15 where there is one, else the newest."""
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin"), key=lambda path: int(path.parent.name))
    if not found:
        raise FileNotFoundError("PostgreSQL is not installed; tests/setup.sh says how.")
    return next((path for path in found if path.parent.name == "15"), found[-1])


def as_postgres() -> list[str]:
    """Return the command that runs a program as postgres if this is root, and ends it if this process dies."""
    user = ["--reuid=postgres", "--regid=postgres", "--init-groups"] if os.geteuid() == 0 else []
    return ["setpriv", "--pdeathsig=QUIT", *user]


def free_port() -> int:
    """Return a TCP port of 127.0.0.1 that is free, and that no system hands out to whoever asks for any port."""
    while True:
        port = 20_000 + secrets.randbelow(12_000)  # as nobody else draws it: `random` is seeded alike in every worker
        with socket.socket() as probe, suppress(OSError):
            probe.bind(("127.0.0.1", port))
            return port
