"""The demo for those who look at it: loaded once, and as it was for every test."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from flask import Flask

from models.base import db
from models.gate import set_actor
from models.permissions import SYSTEM
from seed.demo import load_demo
from tests.conftest import dispose, make_app, rolled_back
from tests.databases import Database

SOME = 150  # customers: enough that something of everything is among them


@pytest.fixture(scope="session")
def loaded(database: Database) -> Iterator[Flask]:
    """The app on a database with the demo, shared by this worker's tests."""
    app = make_app(database.copy())
    with app.app_context():
        set_actor(db.session, SYSTEM)
        load_demo(db.session, SOME)
        db.session.commit()
        db.session.remove()
    yield app
    dispose(app)


@pytest.fixture
def demo(loaded: Flask) -> Iterator[Any]:
    """A session that works on the demo as the program itself; what a test changes in it is rolled back."""
    with rolled_back(loaded):
        set_actor(db.session, SYSTEM)
        yield db.session
