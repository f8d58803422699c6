"""The settings: safe defaults, then the environment, then what `create_app` is given."""

from __future__ import annotations

import os
import secrets
from collections.abc import Mapping
from ipaddress import ip_address
from pathlib import Path
from typing import Any

import pysqlite3.dbapi2 as sqlite
from flask import Flask
from sqlalchemy import make_url

from models.auth import LONGEST
from models.file_types import TYPES
from models.rules.password import CUSTOMER

KEY_BYTES = 32
LONGEST_PASSWORD = 256  # characters
LOOPBACK_NAMES = ["localhost", "127.0.0.1"]
ARGON2 = {"memory_cost": 65536, "time_cost": 3, "parallelism": 1}  # memory in KiB

POSTGRESQL: Mapping[str, Any] = {
    "pool_pre_ping": True,
    "pool_recycle": 1800,
    "pool_size": 5,
    "max_overflow": 5,
    "pool_timeout": 10,
    "hide_parameters": True,
    "connect_args": {
        "connect_timeout": 5,
        "options": "-c statement_timeout=15000 -c lock_timeout=5000 -c idle_in_transaction_session_timeout=30000",
    },
}
SQLITE: Mapping[str, Any] = {"module": sqlite, "hide_parameters": True}


def default_config() -> dict[str, Any]:
    """Return the defaults, with what the environment says of host, database, key, trusted hosts and proxy."""
    environ = os.environ
    return {
        "HOST": environ.get("HOST", "127.0.0.1"),
        "SQLALCHEMY_DATABASE_URI": database_url(environ.get("DATABASE_URL", "")),
        "SECRET_KEY": environ.get("SECRET_KEY") or None,
        "SECRET_KEY_FALLBACKS": words(environ.get("SECRET_KEY_FALLBACKS")),
        "TRUSTED_HOSTS": words(environ.get("TRUSTED_HOSTS")),
        "PROXY_HOPS": int(environ.get("PROXY_HOPS") or 0),
        "PLAIN_HTTP": environ.get("PLAIN_HTTP") == "1",
        "COMPANY_LOGO": Path(environ["COMPANY_LOGO"]) if environ.get("COMPANY_LOGO") else None,
        "FILES_FOLDER": environ.get("FILES_FOLDER") or "files",
        "FILE_MEGABYTES": float(environ.get("FILE_MEGABYTES") or 10),
        "FILE_TYPES": words(environ.get("FILE_TYPES")) or sorted(TYPES),
        "SMTP_HOST": environ.get("SMTP_HOST", ""),
        "SMTP_PORT": int(environ.get("SMTP_PORT") or 0),
        "SMTP_SECURITY": environ.get("SMTP_SECURITY", "").lower(),
        "SMTP_USER": environ.get("SMTP_USER", ""),
        "SMTP_PASSWORD": environ.get("SMTP_PASSWORD", ""),
        "SMTP_FROM": environ.get("SMTP_FROM", ""),
        "SMTP_REPLY_TO": environ.get("SMTP_REPLY_TO", ""),
        "SMTP_TIMEOUT": float(environ.get("SMTP_TIMEOUT") or 10),  # seconds
        "ARGON2": ARGON2,
        "CUSTOMER_PASSWORD_MINIMUM": int(environ.get("CUSTOMER_PASSWORD_MINIMUM") or CUSTOMER.minimum),
        "CUSTOMER_PASSWORD_MAXIMUM": int(
            environ.get("CUSTOMER_PASSWORD_MAXIMUM") or CUSTOMER.maximum or LONGEST_PASSWORD
        ),
        "SESSION_COOKIE_HTTPONLY": True,
        "SESSION_COOKIE_SAMESITE": "Lax",
        "SESSION_COOKIE_PATH": "/",
        "MAX_CONTENT_LENGTH": 2 * 1024 * 1024,
        "MAX_FORM_PARTS": 1000,
        "MAX_FORM_MEMORY_SIZE": 500_000,
        "WTF_CSRF_SSL_STRICT": True,
        "WTF_CSRF_TIME_LIMIT": int(LONGEST.total_seconds()),
        "FLASK_ADMIN_RAISE_ON_VIEW_EXCEPTION": False,
        "FLASK_ADMIN_RAISE_ON_INTEGRITY_ERROR": False,
    }


def load_config(app: Flask, given: Mapping[str, Any] | None = None) -> None:
    """Configure the app, given settings winning.

    It is in production where others can reach it: bound to more than this machine, or known by names of its own.
    Files made from now on are for this user alone. Without a key in the environment, the instance folder keeps one.
    """
    os.umask(0o077)
    app.config.from_mapping(default_config())
    app.config.from_mapping(given or {})
    config = app.config
    config["SECRET_KEY"] = config["SECRET_KEY"] or kept_key(Path(app.instance_path))
    config["PRODUCTION"] = is_public(config["HOST"]) or bool(config["TRUSTED_HOSTS"])
    config["SQLALCHEMY_DATABASE_URI"] = absolute(config["SQLALCHEMY_DATABASE_URI"], Path(app.instance_path))
    config["SQLALCHEMY_ENGINE_OPTIONS"] = engine_options(config)
    config["FILES_FOLDER"] = Path(app.instance_path) / config["FILES_FOLDER"]
    _set_cookies(config)
    if not config["PRODUCTION"]:
        config["TRUSTED_HOSTS"] = LOOPBACK_NAMES


def engine_options(config: Mapping[str, Any]) -> dict[str, Any]:
    """Return the options of the engine for the database in use."""
    url = make_url(config["SQLALCHEMY_DATABASE_URI"])
    defaults = SQLITE if url.get_backend_name() == "sqlite" else POSTGRESQL
    return {**defaults, **config.get("SQLALCHEMY_ENGINE_OPTIONS", {})}


def database_url(value: str) -> str:
    """Return the URL with the driver in use; nothing means the embedded database of the instance folder."""
    for short in ("postgres://", "postgresql://"):
        if value.startswith(short):
            return f"postgresql+psycopg://{value.removeprefix(short)}"
    return value or "sqlite:///clientela.sqlite"


def absolute(uri: str, folder: Path) -> str:
    """Return the URL with a relative SQLite file placed in the folder."""
    url = make_url(uri)
    if url.get_backend_name() != "sqlite" or url.database in {None, "", ":memory:"}:
        return uri
    return url.set(database=str(folder / str(url.database))).render_as_string(hide_password=False)


def is_public(host: str) -> bool:
    """Return whether others than this machine can reach a server bound to the host."""
    try:
        return not ip_address(host).is_loopback
    except ValueError:
        return host != "localhost"


def kept_key(folder: Path) -> str:
    """Return the secret key of the folder, written there at the first call for this user alone."""
    path = folder / "secret_key"
    if not path.exists():
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        draft = folder / f"secret_key.{os.getpid()}"
        draft.touch(mode=0o600)
        draft.write_text(secrets.token_urlsafe(KEY_BYTES), encoding="ascii")
        _publish(draft, path)
    return path.read_text(encoding="ascii")


def words(value: str | None) -> list[str]:
    """Return the comma-separated words of a setting."""
    return [word.strip() for word in (value or "").split(",") if word.strip()]


def _publish(draft: Path, path: Path) -> None:
    """Give the finished file its name, unless another process was first."""
    try:
        path.hardlink_to(draft)
    except FileExistsError:
        pass
    finally:
        draft.unlink()


def _set_cookies(config: dict[str, Any]) -> None:
    """Bind the session cookie to HTTPS in production; plain HTTP is for this machine, or said to be wanted."""
    secure = config["PRODUCTION"] and not config["PLAIN_HTTP"]
    config["SESSION_COOKIE_SECURE"] = secure
    config["SESSION_COOKIE_NAME"] = "__Host-sid" if secure else "sid"
    config["PREFERRED_URL_SCHEME"] = "https" if secure else "http"
