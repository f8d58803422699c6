"""People for the tests: users that exist, and clients in which they have signed in."""

from __future__ import annotations

import re
from itertools import count
from typing import Any

from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from models.base import db
from models.gate import acting_as
from models.permissions import SYSTEM
from models.rules.password import PasswordHashing, Sealed
from models.user import RoleName, User

PASSWORD = "grey lantern over nine rivers"
HASH = PasswordHashing(memory_cost=8, time_cost=1).hash(PASSWORD)  # the cheapest there is
_numbers = count(1)


def add_user(role: RoleName = RoleName.ADMINISTRATOR, **values: Any) -> User:
    """Add a user who can sign in with `PASSWORD`."""
    values = {"name": "Anna Rossi", "email": f"anna{next(_numbers)}@example.com", "password": Sealed(HASH), **values}
    user = User(role=role, **values)
    with acting_as(db.session, SYSTEM):
        db.session.add(user)
        db.session.commit()
    return user


def csrf_token(client: FlaskClient, path: str = "/login") -> str:
    """Return the token that the forms of a page carry."""
    found = re.search(r'name="csrf_token" value="([^"]+)"', client.get(path).text)
    assert found, f"{path} has no form"
    return found[1]


def post(client: FlaskClient, path: str, page: str = "/login", **form: str) -> TestResponse:
    """Send a form as its page does."""
    return client.post(path, data={**form, "csrf_token": csrf_token(client, page)})


def sign_in(client: FlaskClient, user: User, password: str = PASSWORD, path: str = "/login") -> TestResponse:
    """Sign in as people do, through the form at the path."""
    return post(client, path, email=user.email, password=password)
