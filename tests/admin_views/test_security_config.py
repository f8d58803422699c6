"""The settings: what is set without asking, and what keeps the panel from starting where others can reach it."""

from __future__ import annotations

import os
import stat
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from click import ClickException
from flask import Flask

from admin_views.config import database_url, is_public, kept_key, load_config
from admin_views.mail.server import mail_server
from admin_views.production import WeakSettings, check_production

EVERYWHERE = "0.0.0.0"  # noqa: S104
KEY = "T4kd0Wq_8sLrXz5vNcB1-eYhJ7uM3gPa"
GOOD: dict[str, Any] = {
    "HOST": EVERYWHERE,
    "SECRET_KEY": KEY,
    "TRUSTED_HOSTS": ["crm.example.com"],
    "PROXY_HOPS": 1,
}


@pytest.fixture(autouse=True)
def _no_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("HOST", "DATABASE_URL", "SECRET_KEY", "TRUSTED_HOSTS", "PROXY_HOPS", "PLAIN_HTTP"):
        monkeypatch.delenv(name, raising=False)


@pytest.fixture
def bare(tmp_path: Path) -> Flask:
    """An app with an empty instance folder, and nothing else."""
    return Flask("clientela", instance_path=str(tmp_path / "instance"))


def configured(app: Flask, **given: Any) -> Flask:
    load_config(app, given)
    check_production(app.config, app.config["HOST"])
    return app


def refusal(app: Flask, **given: Any) -> str:
    with pytest.raises(WeakSettings) as refused:
        configured(app, **{**GOOD, **given})
    return refused.value.message


def test_without_settings_the_panel_is_for_this_machine(bare: Flask) -> None:
    config = configured(bare).config
    assert (config["PRODUCTION"], config["SESSION_COOKIE_NAME"], config["SESSION_COOKIE_SECURE"]) == (
        False,
        "sid",
        False,
    )
    assert config["TRUSTED_HOSTS"] == ["localhost", "127.0.0.1"]
    assert config["SQLALCHEMY_DATABASE_URI"] == f"sqlite:///{bare.instance_path}/clientela.sqlite"


def test_the_key_is_made_once_and_for_nobody_else(bare: Flask) -> None:
    key = configured(bare).config["SECRET_KEY"]
    path = Path(bare.instance_path) / "secret_key"
    assert len(key) >= 43
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700
    assert kept_key(path.parent) == key
    assert [each.name for each in path.parent.iterdir()] == ["secret_key"]


def test_a_given_key_is_not_written_down(bare: Flask) -> None:
    assert configured(bare, SECRET_KEY=KEY).config["SECRET_KEY"] == KEY
    assert not Path(bare.instance_path).exists()


def test_files_are_for_this_user_alone(bare: Flask, tmp_path: Path) -> None:
    configured(bare)
    (tmp_path / "export.csv").write_text("x")
    assert stat.S_IMODE((tmp_path / "export.csv").stat().st_mode) == 0o600


def test_in_production_the_session_cookie_is_bound_to_host_and_https(bare: Flask) -> None:
    config = configured(bare, **GOOD).config
    assert (config["SESSION_COOKIE_NAME"], config["SESSION_COOKIE_SECURE"]) == ("__Host-sid", True)
    assert (config["SESSION_COOKIE_HTTPONLY"], config["SESSION_COOKIE_SAMESITE"]) == (True, "Lax")
    assert (config["SESSION_COOKIE_PATH"], config["SESSION_COOKIE_DOMAIN"]) == ("/", None)


def test_plain_http_can_be_wanted(bare: Flask) -> None:
    config = configured(bare, **{**GOOD, "PROXY_HOPS": 0}, PLAIN_HTTP=True).config
    assert (config["SESSION_COOKIE_NAME"], config["SESSION_COOKIE_SECURE"]) == ("sid", False)


def test_the_environment_is_read(bare: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in {
        "HOST": EVERYWHERE,
        "SECRET_KEY": KEY,
        "TRUSTED_HOSTS": "a.example, b.example",
        "PROXY_HOPS": "1",
    }.items():
        monkeypatch.setenv(name, value)
    assert configured(bare).config["TRUSTED_HOSTS"] == ["a.example", "b.example"]


MAIL = {"SMTP_HOST": "mail.example.com", "SMTP_FROM": "sales@example.com"}
WEAK: dict[str, dict[str, Any]] = {
    "SECRET_KEY has 5 bytes": {"SECRET_KEY": "short"},
    "SECRET_KEY is not random": {"SECRET_KEY": "change me" * 4},
    "DEBUG is on": {"DEBUG": True},
    "TESTING is on": {"TESTING": True},
    "WTF_CSRF_ENABLED is off": {"WTF_CSRF_ENABLED": False},
    "TRUSTED_HOSTS is not set": {"TRUSTED_HOSTS": []},
    "TRUSTED_HOSTS trusts every host": {"TRUSTED_HOSTS": ["*"]},
    "Nothing says that HTTPS": {"PROXY_HOPS": 0},
    "without checking whom it talks to": {"SQLALCHEMY_DATABASE_URI": "postgresql+psycopg://db.example.com/crm"},
    "the mail server's password across the network": MAIL | {"SMTP_SECURITY": "none", "SMTP_USER": "clientela"},
    "SMTP_FROM is not set": MAIL | {"SMTP_FROM": ""},
    "SMTP_FROM is not an email address": MAIL | {"SMTP_FROM": "nobody"},
    "SMTP_SECURITY is ssl": MAIL | {"SMTP_SECURITY": "ssl"},
}


@pytest.mark.parametrize(
    "mail",
    [
        {},
        MAIL,
        MAIL | {"SMTP_USER": "clientela"},
        MAIL | {"SMTP_SECURITY": "none"},
        MAIL | {"SMTP_SECURITY": "none", "SMTP_USER": "clientela", "SMTP_HOST": "localhost"},
    ],
)
def test_the_panel_starts_in_public_with_a_mail_server_that_keeps_its_password_safe(
    bare: Flask, mail: dict[str, Any]
) -> None:
    assert configured(bare, **GOOD, **mail).config["PRODUCTION"]


def test_the_mail_server_is_read_from_the_environment(bare: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    settings = {"HOST": "mail.example.com", "SECURITY": "TLS", "FROM": "Sales <sales@example.com>", "TIMEOUT": "2.5"}
    for name, value in settings.items():
        monkeypatch.setenv(f"SMTP_{name}", value)
    server = mail_server(configured(bare).config)
    assert server is not None
    assert (server.name, server.security, server.timeout) == ("mail.example.com:465", "tls", 2.5)
    assert str(server.sender) == "Sales <sales@example.com>"


@pytest.mark.parametrize("sentence", WEAK)
def test_the_panel_does_not_start_in_public_when(bare: Flask, sentence: str) -> None:
    message = refusal(bare, **WEAK[sentence])
    assert sentence in message
    assert message.count("\n") == 1


def test_the_panel_does_not_start_in_public_with_a_database_that_others_can_read(bare: Flask, tmp_path: Path) -> None:
    path = tmp_path / "open.sqlite"
    path.touch()
    path.chmod(0o644)
    assert f"chmod 600 {path}" in refusal(bare, SQLALCHEMY_DATABASE_URI=f"sqlite:///{path}")


def test_every_weak_setting_is_named_at_once(bare: Flask) -> None:
    message = refusal(bare, SECRET_KEY="short", DEBUG=True, TRUSTED_HOSTS=[], PROXY_HOPS=0)
    assert message.count("\n  - ") == 4


def test_the_refusal_never_says_the_key(bare: Flask) -> None:
    assert "hunter2" not in refusal(bare, SECRET_KEY="hunter2")


def test_commands_print_the_refusal_without_a_traceback() -> None:
    assert issubclass(WeakSettings, ClickException)


def test_names_of_its_own_make_a_panel_behind_a_proxy_public(bare: Flask) -> None:
    assert configured(bare, **{**GOOD, "HOST": "127.0.0.1"}).config["PRODUCTION"]


@pytest.mark.parametrize(
    ("host", "public"),
    [
        *((host, False) for host in ("127.0.0.1", "127.9.9.9", "::1", "localhost")),
        *((host, True) for host in (EVERYWHERE, "::", "192.168.1.4", "crm.example.com", "")),
    ],
)
def test_only_loopback_is_private(host: str, public: bool) -> None:
    assert is_public(host) is public


@pytest.mark.parametrize(
    ("given", "used"),
    [
        ("", "sqlite:///clientela.sqlite"),
        ("postgres://a@b/c", "postgresql+psycopg://a@b/c"),
        ("postgresql://a@b/c", "postgresql+psycopg://a@b/c"),
        ("postgresql+psycopg://a@b/c", "postgresql+psycopg://a@b/c"),
        ("sqlite:////srv/x.sqlite", "sqlite:////srv/x.sqlite"),
    ],
)
def test_a_database_is_reached_with_the_driver_in_use(given: str, used: str) -> None:
    assert database_url(given) == used


def test_each_database_gets_its_own_engine_options(bare: Flask) -> None:
    options = configured(bare).config["SQLALCHEMY_ENGINE_OPTIONS"]
    assert (options["module"].__name__, options["hide_parameters"]) == ("pysqlite3.dbapi2", True)
    bare.config.pop("SQLALCHEMY_ENGINE_OPTIONS")
    options = configured(bare, SQLALCHEMY_DATABASE_URI="postgresql+psycopg:///crm").config["SQLALCHEMY_ENGINE_OPTIONS"]
    assert (options["pool_pre_ping"], options["hide_parameters"]) == (True, True)


def test_the_program_itself_says_what_is_weak_and_ends(tmp_path: Path) -> None:
    settings = {"HOST": EVERYWHERE, "SECRET_KEY": "short", "DATABASE_URL": f"sqlite:///{tmp_path}/x.sqlite"}
    command = [sys.executable, "-m", "flask", "--app", "app", "routes"]
    ended = subprocess.run(command, env={**os.environ, **settings}, capture_output=True, text=True, check=False)
    assert ended.returncode == 1
    assert ended.stderr.startswith(f"Error: Clientela does not start on {EVERYWHERE}")
    assert ended.stderr.count("\n  - ") == 3
    assert "Traceback" not in ended.stderr
