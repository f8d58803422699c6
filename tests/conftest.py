"""What every test may ask for: an app on each database, a client, a served app, a page in the browser.

`app` is shared and every test's changes are rolled back; `fresh_app` has a database of its own with real transactions.
"""

from __future__ import annotations

import atexit
import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from contextvars import Context
from pathlib import Path
from shutil import rmtree
from tempfile import mkdtemp
from typing import Any, cast

import pytest
from flask import Flask
from flask.testing import FlaskClient
from flask_migrate import upgrade
from jinja2 import FileSystemBytecodeCache
from sqlalchemy import Connection, Engine
from werkzeug.test import TestResponse

from app import create_app
from models.base import db
from models.rules.password_hash import configure
from tests.databases import Database, PostgreSQL, SQLite

pytest_plugins = ["pytester", "tests.browser", "tests.skips", "tests.trust"]

# The shell's settings are not the tests'.
for name in (
    "DATABASE_URL",
    "PORT",
    "DEMO",
    "SECRET_KEY",
    "FLASK_DEBUG",
    "CLIENTELA_ADMIN_EMAIL",
    "CLIENTELA_ADMIN_PASSWORD",
    *(f"SMTP_{each}" for each in ("HOST", "PORT", "SECURITY", "USER", "PASSWORD", "FROM", "REPLY_TO", "TIMEOUT")),
):
    os.environ.pop(name, None)

DATABASES = ("sqlite", "postgresql")
TEMPLATES = FileSystemBytecodeCache()  # compiled once for all apps, and anew where a template has changed
FILES = Path(mkdtemp(prefix="clientela-files-"))
atexit.register(rmtree, FILES, ignore_errors=True)
os.environ["FILES_FOLDER"] = str(FILES)  # also for the programs that tests start
CONFIG: Mapping[str, Any] = {
    "TESTING": True,
    "SECRET_KEY": "only for tests, and long enough for the start-up checks",
    "ARGON2": {"memory_cost": 8, "time_cost": 1, "parallelism": 1},  # the cheapest there is
}


class Client(FlaskClient):
    """A client whose requests share nothing with the test but the database: an own context, `g` and session each."""

    def open(self, *args: Any, **options: Any) -> TestResponse:
        """Send a request, as `FlaskClient.open` does, in an empty context."""
        return Context().run(super().open, *args, **options)


def make_app(url: str) -> Flask:
    """Return the app on a database."""
    app = create_app({**CONFIG, "SQLALCHEMY_DATABASE_URI": url})
    app.test_client_class = Client
    app.jinja_env.bytecode_cache = TEMPLATES
    return app


def migrate(url: str) -> None:
    """Bring an empty database to the newest revision, and leave no connection behind."""
    app = make_app(url)
    with app.app_context():
        upgrade()
    dispose(app)


def dispose(app: Flask) -> None:
    """Close the app's connections."""
    with app.app_context():
        db.session.remove()
        for engine in db.engines.values():
            engine.dispose()


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Run a test that uses a database on both, or on SQLite alone in the browser, unless it says otherwise."""
    if "database" in metafunc.fixturenames:
        marker = metafunc.definition.get_closest_marker("databases")
        default = DATABASES[:1] if "page" in metafunc.fixturenames else DATABASES
        metafunc.parametrize("database", marker.args if marker else default, indirect=True, scope="session")


@pytest.fixture(scope="session")
def sqlite() -> Iterator[SQLite]:
    """SQLite files of this worker."""
    files = SQLite(migrate)
    yield files
    files.stop()


@pytest.fixture(scope="session")
def postgresql() -> Iterator[PostgreSQL]:
    """The PostgreSQL cluster of this worker."""
    cluster = PostgreSQL(migrate)
    yield cluster
    cluster.stop()


@pytest.fixture(scope="session")
def database(request: pytest.FixtureRequest) -> Database:
    """One of the databases, by name."""
    found: Database = request.getfixturevalue(request.param)
    return found


@pytest.fixture(scope="session")
def app(database: Database) -> Iterator[Flask]:
    """The app on a migrated database, shared by this worker's tests: each one's changes are rolled back."""
    app = make_app(database.copy())
    yield app
    dispose(app)


@pytest.fixture(autouse=True)
def _isolate(request: pytest.FixtureRequest) -> None:
    """Roll back after every test that uses the shared app, whether it says so or not; hash as cheaply as it does.

    What a hash costs is said once for a process, so an app with other settings that a test made said it anew.
    """
    configure(**CONFIG["ARGON2"])
    if "app" in request.fixturenames:
        request.getfixturevalue("rollback")


@pytest.fixture
def rollback(app: Flask) -> Iterator[None]:
    """Run a test within `rolled_back`."""
    with rolled_back(app):
        yield


@contextmanager
def rolled_back(app: Flask) -> Iterator[None]:
    """Work in the app's context and one transaction; every commit in it is a savepoint, undone at its end."""
    with app.app_context():
        # Flask-SQLAlchemy ignores Session(bind=), so the connection takes the engine's place.
        engines = cast(dict[str | None, Engine | Connection], db.engines)
        engine = engines[None]
        with db.engine.connect() as connection:
            outer = connection.begin()
            db.session.remove()
            engines[None] = connection
            db.session.configure(join_transaction_mode="create_savepoint")
            yield
            db.session.remove()
            engines[None] = engine
            db.session.configure(join_transaction_mode="conditional_savepoint")
            outer.rollback()


@pytest.fixture
def fresh_app(database: Database) -> Iterator[Flask]:
    """An app on a database of its own, with real transactions: for several connections, threads and the browser."""
    app = make_app(database.copy())
    yield app
    dispose(app)


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    """A client that is not signed in."""
    return app.test_client()
