"""The cast on its stage: made once for the tests of a file, and as it was for each of them.

A test file says `app, cast = stage.app, stage.cast`.
"""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from flask import Flask
from sqlalchemy import update

from models.auth import AuthSession
from models.base import db
from models.gate import set_actor
from models.permissions import SYSTEM
from models.types import utcnow
from tests.conftest import dispose, make_app
from tests.databases import Database
from tests.rights.cast import PAST, Cast


@pytest.fixture(scope="module")
def app(database: Database) -> Iterator[Flask]:
    """The app on a database in which the cast is stored."""
    app = make_app(database.copy())
    with app.app_context():
        cast = Cast(app)
        set_actor(db.session, SYSTEM)
        for user in cast.users.values():
            db.session.merge(user)
            db.session.refresh(user)
        db.session.expunge_all()
        db.session.remove()
    app.extensions["cast"] = cast, {level: dict(panel.client._cookies or {}) for level, panel in cast.panels.items()}
    yield app
    dispose(app)


@pytest.fixture
def cast(app: Flask) -> Cast:
    """The cast, signed in as at the beginning and seen at this moment."""
    cast, cookies = app.extensions["cast"]
    for level, panel in cast.panels.items():
        panel.client._cookies = dict(cookies[level])
    set_actor(db.session, SYSTEM)
    db.session.execute(update(AuthSession).values(last_seen_at=utcnow()), execution_options=PAST)
    db.session.commit()
    found: Cast = cast
    return found
