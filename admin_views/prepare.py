"""What a database needs before the panel is served: its tables, its reference data, an administrator."""

from __future__ import annotations

import os
from pathlib import Path
from typing import NamedTuple

import click
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from flask import current_app
from flask_babel import gettext
from flask_migrate import upgrade
from sqlalchemy import URL, select

from models.administrators import administrators
from models.base import db
from models.customer import Customer
from models.errors import DomainError
from models.gate import set_actor
from models.i18n import N_
from models.operations.accounts import create_administrator
from models.permissions import SYSTEM
from models.rules.email import email_key
from models.search import sync_search
from models.user import User
from seed.demo import CUSTOMERS, load_demo
from seed.reference_rows import load_reference

EMAIL, PASSWORD = "CLIENTELA_ADMIN_EMAIL", "CLIENTELA_ADMIN_PASSWORD"
FIRST_EMAIL = "admin@clientela.example"
EMAIL_TAKEN = N_("There is a user with the email %(email)s already. Choose another email.")


class Credentials(NamedTuple):
    """How an administrator signs in; no password where it was given, and so is known."""

    email: str
    password: str | None


def prepare() -> Credentials | None:
    """Bring the database up to date, fill a new one, and make the first administrator, whose credentials are returned.

    All or nothing after the migrations; on a database that has been prepared it changes no row. DomainError for a bad
    CLIENTELA_ADMIN_EMAIL or CLIENTELA_ADMIN_PASSWORD.
    """
    migrate()
    set_actor(db.session, SYSTEM)
    empty = is_empty()
    load_reference(db.session)
    credentials = None if has_administrator() else first_administrator()
    if empty and os.environ.get("DEMO") != "0":
        click.echo(gettext("Filling the new database with a demo, which takes some seconds; DEMO=0 leaves it out."))
        load_demo(db.session, current_app.config.get("DEMO_CUSTOMERS", CUSTOMERS))
    db.session.commit()
    return credentials


def migrate() -> None:
    """Bring tables and search index to the newest revision."""
    make_folder(db.engine.url)
    if not is_migrated():
        upgrade()
    else:
        with db.engine.begin() as connection:
            sync_search(connection)


def make_folder(url: URL) -> None:
    """Make the folder of an embedded database, for this user alone."""
    if url.get_backend_name() == "sqlite" and url.database:
        Path(url.database).parent.mkdir(mode=0o700, parents=True, exist_ok=True)


def is_migrated() -> bool:
    """Return whether the database is at the newest revision."""
    scripts = ScriptDirectory.from_config(current_app.extensions["migrate"].migrate.get_config())
    with db.engine.connect() as connection:
        return set(MigrationContext.configure(connection).get_current_heads()) == set(scripts.get_heads())


def is_empty() -> bool:
    """Return whether nobody has ever worked with this database: it has neither users nor customers."""
    return not any(db.session.scalars(select(model.id).limit(1)).first() for model in (User, Customer))


def has_administrator() -> bool:
    """Return whether somebody can sign in and manage the panel."""
    return db.session.scalars(administrators().limit(1)).first() is not None


def first_administrator() -> Credentials:
    """Add an administrator with the email and password of the environment, or a generated password."""
    given = os.environ.get(PASSWORD) or None
    email, password = add_administrator(os.environ.get(EMAIL) or FIRST_EMAIL, given, gettext("Administrator"))
    return Credentials(email, None if given else password)


def add_administrator(email: str, password: str | None, name: str) -> tuple[str, str]:
    """Add an administrator and return email and password; DomainError if they will not do. The caller commits."""
    if find_user(email):
        raise DomainError(EMAIL_TAKEN, "email", email=email)
    user, password = create_administrator(db.session, email, password, name)
    return user.email, password


def find_user(email: str) -> User | None:
    """Return the user who signs in with this email, if there is one."""
    return db.session.scalars(select(User).where(User.login_key == email_key(email))).first()
