"""The commands: a database is prepared once, the administrator gets in, and nothing is done twice."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from click.testing import Result
from flask import Flask
from sqlalchemy import Connection, delete, func, select

from admin_views.cli import register_commands
from models.base import Record, db
from models.customer import Customer
from models.gate import set_actor
from models.group import CustomerGroup
from models.operations.sign_in import sign_in
from models.operations.throttle import WrongPassword
from models.permissions import SYSTEM
from models.role import Role
from models.search import SearchEntry
from models.user import User
from seed.demo.staff import PEOPLE
from seed.reference_rows import shipped_roles
from tests.conftest import dispose, make_app
from tests.people import ADMINISTRATOR

FEW = 10
SHOWN = re.compile(r"Password: (\S+) \(shown only now\)")


@pytest.fixture
def panel(fresh_app: Flask) -> Flask:
    register_commands(fresh_app)
    fresh_app.config["DEMO_CUSTOMERS"] = FEW
    return fresh_app


@pytest.fixture
def new_panel(tmp_path: Path) -> Iterator[Flask]:
    """The panel on a database that does not even have a folder."""
    app = make_app(f"sqlite:///{tmp_path / 'folder' / 'new.sqlite'}")
    register_commands(app)
    app.config["DEMO_CUSTOMERS"] = FEW
    yield app
    dispose(app)


def run(panel: Flask, *arguments: str, **options: Any) -> Result:
    return panel.test_cli_runner().invoke(args=["clientela", *arguments], **options)


def done(panel: Flask, *arguments: str, **options: Any) -> str:
    result = run(panel, *arguments, **options)
    assert result.exit_code == 0, result.output
    return result.output


def refused(panel: Flask, *arguments: str, **options: Any) -> str:
    result = run(panel, *arguments, **options)
    assert result.exit_code == 1, result.output
    assert "Traceback" not in result.output
    return result.output


def generated(output: str) -> str:
    [password] = SHOWN.findall(output)
    return str(password)


def counted(panel: Flask, model: Any) -> int:
    with panel.app_context(), db.engine.connect() as connection:
        return connection.execute(select(func.count()).select_from(model)).scalar_one()


def gets_in(panel: Flask, email: str, password: str) -> bool:
    with panel.app_context():
        try:
            return bool(sign_in(db.session, email, password, "127.0.0.1", "a test"))
        except WrongPassword:
            return False


def content(panel: Flask) -> dict[str, list[tuple[Any, ...]]]:
    """Return every row of every table."""
    with panel.app_context(), db.engine.connect() as connection:
        return {name: rows(connection, name) for name in Record.metadata.tables}


def rows(connection: Connection, name: str) -> list[tuple[Any, ...]]:
    table = Record.metadata.tables[name]
    return [tuple(row) for row in connection.execute(select(table).order_by(*table.primary_key.columns))]


def test_the_first_setup_makes_tables_a_demo_and_an_administrator(new_panel: Flask) -> None:
    password = generated(done(new_panel, "setup"))
    assert counted(new_panel, Customer) == FEW
    assert len(password) >= 15
    assert gets_in(new_panel, "admin@clientela.example", password)


def test_the_second_setup_says_and_changes_nothing(panel: Flask) -> None:
    done(panel, "setup")
    before = content(panel)
    assert done(panel, "setup") == ""
    assert content(panel) == before


def test_without_the_demo_there_is_the_default_group_and_nothing_else(
    panel: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DEMO", "0")
    done(panel, "setup")
    assert (counted(panel, Customer), counted(panel, CustomerGroup), counted(panel, User)) == (0, 1, 1)


def test_a_database_that_somebody_works_with_never_gets_the_demo(panel: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DEMO", "0")
    done(panel, "setup")
    monkeypatch.delenv("DEMO")
    done(panel, "setup")
    assert counted(panel, Customer) == 0


def test_the_environment_may_name_the_administrator(panel: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DEMO", "0")
    monkeypatch.setenv("CLIENTELA_ADMIN_EMAIL", "Marta@Panel.example")
    monkeypatch.setenv("CLIENTELA_ADMIN_PASSWORD", "otter lamp canyon 12")
    output = done(panel, "setup")
    assert "Marta@panel.example" in output
    assert "otter" not in output
    assert gets_in(panel, "marta@panel.example", "otter lamp canyon 12")


@pytest.mark.parametrize(
    ("variable", "value", "sentence"),
    [
        ("CLIENTELA_ADMIN_PASSWORD", "short", "CLIENTELA_ADMIN_PASSWORD: This password has 5 characters"),
        ("CLIENTELA_ADMIN_PASSWORD", "administrator123", "CLIENTELA_ADMIN_PASSWORD: This password is easy to guess"),
        ("CLIENTELA_ADMIN_EMAIL", "marta", "CLIENTELA_ADMIN_EMAIL: An email address has one @ sign"),
    ],
)
def test_a_bad_administrator_is_refused_by_name_before_anything_is_kept(
    panel: Flask, monkeypatch: pytest.MonkeyPatch, variable: str, value: str, sentence: str
) -> None:
    monkeypatch.setenv(variable, value)
    assert sentence in refused(panel, "setup")
    assert (counted(panel, Customer), counted(panel, User)) == (0, 0)


@pytest.mark.quick(database=["sqlite"])  # the demo is the same on the other one, as its own tests tell
def test_the_administrator_may_be_one_of_the_demo(panel: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CLIENTELA_ADMIN_EMAIL", "anna.rossi@clientela.example")
    assert gets_in(panel, "anna.rossi@clientela.example", generated(done(panel, "setup")))
    assert counted(panel, User) == len(PEOPLE)


def test_there_is_no_second_first_administrator(panel: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DEMO", "0")
    done(panel, "setup")
    monkeypatch.setenv("CLIENTELA_ADMIN_EMAIL", "other@panel.example")
    assert done(panel, "setup") == ""
    assert counted(panel, User) == 1


def test_an_administrator_can_be_added_later(panel: Flask) -> None:
    password = generated(done(panel, "create-admin", "nora@panel.example", "--name", "Nora Berg"))
    assert gets_in(panel, "nora@panel.example", password)
    with panel.app_context():
        set_actor(db.session, SYSTEM)
        user = db.session.scalars(select(User)).one()
        assert (user.name, [each.role.name for each in user.roles]) == ("Nora Berg", [ADMINISTRATOR])


def test_an_administrator_may_come_before_the_rest_of_a_new_panel(panel: Flask) -> None:
    done(panel, "create-admin", "nora@panel.example")
    assert done(panel, "setup") == ""
    assert counted(panel, Role) == len(shipped_roles())


def test_a_password_can_be_typed_and_is_then_not_shown(panel: Flask) -> None:
    typed = "otter lamp canyon 12"
    output = done(panel, "create-admin", "nora@panel.example", "--ask", input=f"{typed}\n{typed}\n")
    assert typed not in output
    assert gets_in(panel, "nora@panel.example", typed)


def test_an_email_in_use_makes_no_second_administrator(panel: Flask) -> None:
    done(panel, "create-admin", "nora@panel.example")
    assert "a user with the email NORA@panel.example" in refused(panel, "create-admin", "NORA@panel.example")
    assert counted(panel, User) == 1


def test_a_lost_password_is_replaced(panel: Flask) -> None:
    lost = generated(done(panel, "create-admin", "nora@panel.example"))
    found = generated(done(panel, "set-password", "Nora@panel.example"))
    assert gets_in(panel, "nora@panel.example", found)
    assert not gets_in(panel, "nora@panel.example", lost)


def test_nobody_gets_the_password_of_a_user_who_does_not_exist(panel: Flask) -> None:
    assert "There is no user with the email nora@panel.example." in refused(panel, "set-password", "nora@panel.example")


@pytest.mark.quick(database=["sqlite"])  # the demo is the same on the other one, as its own tests tell
def test_a_colleague_of_the_demo_gets_in_once_they_have_a_password(panel: Flask) -> None:
    done(panel, "setup")
    assert gets_in(
        panel, "anna.rossi@clientela.example", generated(done(panel, "set-password", "anna.rossi@clientela.example"))
    )


@pytest.mark.quick(database=["sqlite"])  # the demo is the same on the other one, as its own tests tell
def test_a_user_who_is_not_active_is_said_to_stay_out(panel: Flask) -> None:
    done(panel, "setup")
    deactivate(panel, "anna.rossi@clientela.example")
    output = done(panel, "set-password", "anna.rossi@clientela.example")
    assert "cannot sign in until" in output
    assert not gets_in(panel, "anna.rossi@clientela.example", generated(output))


def deactivate(panel: Flask, email: str) -> None:
    with panel.app_context():
        set_actor(db.session, SYSTEM)
        db.session.scalars(select(User).where(User.email == email)).one().active = False
        db.session.commit()


def test_reindexing_finds_what_the_index_has_lost(panel: Flask) -> None:
    done(panel, "setup")
    before = counted(panel, SearchEntry)
    with panel.app_context(), db.engine.begin() as connection:
        connection.execute(delete(SearchEntry).where(SearchEntry.entity == "contact"))
    done(panel, "reindex")
    assert counted(panel, SearchEntry) == before


def test_the_check_passes_once_somebody_can_manage_the_panel(panel: Flask) -> None:
    assert "Nobody can manage the panel" in refused(panel, "check")
    done(panel, "create-admin", "nora@panel.example")
    assert "in order" in done(panel, "check")


def test_the_check_asks_for_missing_migrations(new_panel: Flask, tmp_path: Path) -> None:
    (tmp_path / "folder").mkdir()
    assert "not at the newest revision" in refused(new_panel, "check")
