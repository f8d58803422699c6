"""People for the tests: users that exist, and clients in which they have signed in."""

from __future__ import annotations

import re
from collections.abc import Mapping
from itertools import count
from typing import Any

from flask.testing import FlaskClient
from sqlalchemy import select
from werkzeug.test import TestResponse

from models.base import db
from models.gate import acting_as
from models.permissions import SYSTEM, Grants
from models.rights import Personal
from models.role import LEVEL_KEYS, Role, RoleGrant
from models.rules.password import PasswordHashing, Sealed
from models.unit import BusinessUnit
from models.user import User, UserRole, UserUnit
from seed.reference_rows import shipped_roles

PASSWORD = "grey lantern over nine rivers"
HASH = PasswordHashing(memory_cost=8, time_cost=1).hash(PASSWORD)  # the cheapest there is
ADMINISTRATOR, EDITOR, VIEWER = "Administrator", "Editor", "Viewer"
_numbers = count(1)


def shipped_role(name: str) -> Role:
    """Return a role that new panels have, stored if it was not."""
    stored = db.session.scalars(select(Role).where(Role.name == name)).first()
    return stored or next(role for role in shipped_roles() if role.name == name)


def new_role(grants: Mapping[str, Grants], name: str = "", personal: Personal = Personal.SHOWN) -> Role:
    """Return a role with these grants, not stored yet; it shows personal data unless it is said."""
    return Role(name=name or f"role {next(_numbers)}", grants=as_rows(grants), personal=personal)


def as_rows(grants: Mapping[str, Grants]) -> list[RoleGrant]:
    """Return grants as the rows of a role."""
    keyed = {entity: {LEVEL_KEYS[each]: level for each, level in levels.items()} for entity, levels in grants.items()}
    return [RoleGrant(entity=entity, **levels) for entity, levels in keyed.items()]


def let_have(user: User, role: str) -> None:
    """Give a user another role in place of those they have; the caller writes it."""
    user.roles.clear()
    user.roles.append(UserRole(role=shipped_role(role)))


def regrant(name: str, grants: Mapping[str, Grants]) -> None:
    """Let a shipped role grant something else from now on."""
    with acting_as(db.session, SYSTEM):
        role = shipped_role(name)
        role.grants.clear()
        db.session.add(role)
        db.session.flush()
        role.grants.extend(as_rows(grants))
        db.session.commit()


def add_user(role: str | Mapping[str, Grants] = ADMINISTRATOR, *units: BusinessUnit, **values: Any) -> User:
    """Add a user who can sign in with `PASSWORD`, with a shipped role or one of these grants, in these units."""
    values = {"name": "Anna Rossi", "email": f"anna{next(_numbers)}@example.com", "password": Sealed(HASH), **values}
    with acting_as(db.session, SYSTEM):
        has = shipped_role(role) if isinstance(role, str) else new_role(role)
        user = User(**values, roles=[UserRole(role=has)], units=[UserUnit(unit=unit) for unit in units])
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
