"""The commands: set up and serve the panel, help people back in, look after the search index."""

from __future__ import annotations

import os
import socket
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import click
from flask import Flask, current_app
from flask.cli import AppGroup
from flask_babel import gettext as _
from sqlalchemy.exc import OperationalError

from admin_views.cli_chain import seal_history, verify_history
from admin_views.file_commands import check_files, sweep_files
from admin_views.history.sealer import Sealer
from admin_views.prepare import (
    EMAIL,
    PASSWORD,
    Credentials,
    add_administrator,
    find_user,
    has_administrator,
    is_migrated,
    prepare,
)
from models.base import db
from models.errors import DomainError
from models.gate import set_actor
from models.operations.accounts import generated_password, sealed_for
from models.permissions import SYSTEM
from models.search import suspend_search, sync_search
from models.types import utcnow
from models.user import User

GUNICORN_CONF = Path(__file__).with_name("gunicorn_conf.py")
VARIABLES = {"email": EMAIL, "password": PASSWORD}
HIGHEST_PORT = 65535

commands = AppGroup("clientela", help="Set up and serve Clientela, and look after it.")
ask = click.option("--ask", is_flag=True, help="Type the password; otherwise one is generated and shown.")


commands.add_command(sweep_files)
commands.add_command(check_files)


def register_commands(app: Flask) -> None:
    """Add `flask clientela …` to the app, and the sealer that a server starts."""
    app.cli.add_command(commands)
    Sealer(app)


@commands.command()
def setup() -> None:
    """Bring the database up to date; fill a new one and make its first administrator.

    DEMO=0 leaves out the demo. CLIENTELA_ADMIN_EMAIL and CLIENTELA_ADMIN_PASSWORD say who the administrator is.
    """
    show(prepared())


@commands.command()
def serve() -> None:
    """Set up, then serve on HOST and PORT (127.0.0.1 and 8000) until Ctrl-C."""
    host, port = current_app.config["HOST"], chosen_port()
    demand_free(host, port)
    credentials = prepared()
    address = f"[{host}]:{port}" if ":" in host else f"{host}:{port}"
    click.echo(_("Clientela is at http://%(address)s until you press Ctrl-C.", address=address))
    show(credentials)
    leave_database()
    command = [sys.executable, "-m", "gunicorn", "--config", str(GUNICORN_CONF), "--bind", address]
    os.execv(sys.executable, command)  # noqa: S606  no shell is wanted: gunicorn takes this process's place


@commands.command("create-admin")
@click.argument("email")
@click.option("--name", default="Administrator", show_default=True, help="The name that others see.")
@ask
def create_admin(email: str, name: str, *, ask: bool) -> None:
    """Add an administrator who signs in with EMAIL."""
    with refusals():
        set_actor(db.session, SYSTEM)
        email, password = add_administrator(email, asked() if ask else None, name)
        db.session.commit()
    show(Credentials(email, None if ask else password))


@commands.command("set-password")
@click.argument("email")
@ask
def set_password(email: str, *, ask: bool) -> None:
    """Give the user with this EMAIL another password; their sessions end."""
    with refusals():
        set_actor(db.session, SYSTEM)
        user = known_user(email)
        password = asked() if ask else generated_password()
        user.password, user.password_changed_at = sealed_for(user, password), utcnow()
        db.session.commit()
    show(Credentials(user.email, None if ask else password))
    if not user.active:
        click.echo(_("This user is not active, and cannot sign in until an administrator changes that."))


@commands.command()
def reindex() -> None:
    """Compare the search index with every row, and mend it."""
    with refusals(), db.engine.begin() as connection:
        suspend_search(connection)
        sync_search(connection)
    click.echo(_("The search index is in step with the data."))


@commands.command()
def check() -> None:
    """Say whether the panel can start; the declarations have been checked when this runs."""
    with refusals():
        set_actor(db.session, SYSTEM)
        if not is_migrated():
            raise click.ClickException(_("The database is not at the newest revision: flask clientela setup"))
        if not has_administrator():
            raise click.ClickException(_("Nobody can manage the panel: flask clientela create-admin EMAIL"))
    click.echo(_("Declarations, settings and database are in order."))


commands.add_command(seal_history)
commands.add_command(verify_history)


def prepared() -> Credentials | None:
    """Prepare the database; what is refused names the variable it came with."""
    with refusals(VARIABLES):
        return prepare()


@contextmanager
def refusals(names: dict[str, str] | None = None) -> Iterator[None]:
    """Turn refusals, and a database that does not answer, into one sentence and a non-zero exit."""
    try:
        yield
    except DomainError as error:
        # One by one, because a sentence is translated before its values are put in.
        sentences = [f"{_named(each, names or {})}{_(each.message, **each.params)}" for each in error.errors]
        raise click.ClickException("\n".join(sentences)) from error
    except OperationalError as error:
        raise click.ClickException(_("The database does not answer: %(reason)s", reason=error.orig)) from error


def chosen_port() -> int:
    """Return the TCP port of the environment, or 8000."""
    value = os.environ.get("PORT") or "8000"
    if not (value.isascii() and value.isdecimal() and 0 < int(value) <= HIGHEST_PORT):
        raise click.ClickException(_("PORT is %(value)s, and has to be a number from 1 to 65535.", value=value))
    return int(value)


def demand_free(host: str, port: int) -> None:
    """Say so now if the panel could not listen there, before anything is done."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    try:
        socket.create_server((host, port), family=family).close()
    except OSError as error:
        message = _(
            "Cannot listen on %(host)s, port %(port)s: %(reason)s. Stop what runs there, or choose another port, as in "
            "make run PORT=8001",
            host=host,
            port=port,
            reason=(error.strerror or str(error)).partition(" (")[0].lower(),
        )
        raise click.ClickException(message) from error


def show(credentials: Credentials | None) -> None:
    """Print how an administrator signs in: the only time that a generated password can be read."""
    if credentials is None:
        return
    click.echo(_("Email: %(email)s", email=credentials.email))
    if credentials.password:
        click.echo(_("Password: %(password)s (shown only now)", password=credentials.password))
    else:
        click.echo(_("Password: the one you chose"))


def asked() -> str:
    """Return a password typed twice, unseen."""
    return str(click.prompt(_("Password"), hide_input=True, confirmation_prompt=True))


def known_user(email: str) -> User:
    """Return the user with this email; a sentence and a non-zero exit if there is none."""
    user = find_user(email)
    if user is None:
        raise click.ClickException(_("There is no user with the email %(email)s.", email=email))
    return user


def leave_database() -> None:
    """Close every connection: the process that takes over opens its own."""
    db.session.remove()
    db.engine.dispose()


def _named(error: DomainError, names: dict[str, str]) -> str:
    return f"{names[error.field]}: " if error.field in names else ""
