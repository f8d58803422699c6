"""What must hold before others may reach the panel."""

from __future__ import annotations

import stat
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from click import ClickException
from sqlalchemy import URL, make_url

from admin_views.mail.server import mail_faults
from models.operations.smtp import NONE

KEY_BYTES = 32
DIFFERENT_BYTES = 10  # a random key of 32 characters has about 25 different ones; "change me, change me…" has 8
ON_THIS_MACHINE = {None, "", "localhost", "127.0.0.1", "::1"}


class WeakSettings(ClickException):
    """The panel does not start: its settings are not fit for a public address. Commands print it as it is."""


def check_production(config: Mapping[str, Any], host: str) -> None:
    """Raise `WeakSettings` naming every weak setting if the panel can be reached from elsewhere."""
    found = list(weaknesses(config)) if config["PRODUCTION"] else []
    if found:
        heading = f"Clientela does not start on {host}, where others can reach it:"
        raise WeakSettings("\n".join([heading, *(f"  - {weakness}" for weakness in found)]))


def weaknesses(config: Mapping[str, Any]) -> Iterator[str]:
    """Yield, for each weak setting, what is wrong and what to do."""
    yield from _weak_key(config["SECRET_KEY"] or "")
    yield from _weak_switches(config)
    yield from _weak_address(config)
    yield from _weak_mail(config)
    yield from _weak_database(make_url(config["SQLALCHEMY_DATABASE_URI"]))


def _weak_key(key: str) -> Iterator[str]:
    if len(key.encode()) < KEY_BYTES:
        yield f"SECRET_KEY has {len(key.encode())} bytes and needs {KEY_BYTES}: openssl rand -base64 32 makes one."
    elif len(set(key)) < DIFFERENT_BYTES:
        yield "SECRET_KEY is not random: openssl rand -base64 32 makes one."


def _weak_switches(config: Mapping[str, Any]) -> Iterator[str]:
    if config.get("DEBUG"):
        yield "DEBUG is on, which lets visitors run code: unset FLASK_DEBUG."
    if config.get("TESTING"):
        yield "TESTING is on: it is for tests."
    if not config.get("WTF_CSRF_ENABLED", True):
        yield "WTF_CSRF_ENABLED is off: other sites could make people's browsers write here."


def _weak_address(config: Mapping[str, Any]) -> Iterator[str]:
    hosts = config["TRUSTED_HOSTS"]
    if not hosts:
        yield "TRUSTED_HOSTS is not set: name the hosts that people type, such as crm.example.com."
    if any(host in {"*", "."} for host in hosts):
        yield "TRUSTED_HOSTS trusts every host: name those that people type."
    if config["PROXY_HOPS"] < 1 and not config["PLAIN_HTTP"]:
        yield (
            "Nothing says that HTTPS stands before the panel: set PROXY_HOPS=1 behind a proxy that speaks it, "
            "or PLAIN_HTTP=1 to let passwords cross the network unencrypted."
        )


def _weak_mail(config: Mapping[str, Any]) -> Iterator[str]:
    if not config["SMTP_HOST"]:
        return
    yield from map(str, mail_faults(config))
    if config["SMTP_SECURITY"] == NONE and config["SMTP_USER"] and config["SMTP_HOST"] not in ON_THIS_MACHINE:
        yield "SMTP_SECURITY=none sends the mail server's password across the network unencrypted: use starttls or tls."


def _weak_database(url: URL) -> Iterator[str]:
    if url.get_backend_name() == "sqlite":
        yield from (f"{path} can be read by others: chmod 600 {path}" for path in _files(url) if _is_open(path))
    elif url.host not in ON_THIS_MACHINE and url.query.get("sslmode") != "verify-full":
        yield "DATABASE_URL reaches another machine without checking whom it talks to: add ?sslmode=verify-full."


def _files(url: URL) -> Iterator[Path]:
    """Yield the files of a SQLite database that exist."""
    names = [f"{url.database}{suffix}" for suffix in ("", "-wal", "-journal")] if url.database else []
    yield from (Path(name) for name in names if Path(name).is_file())


def _is_open(path: Path) -> bool:
    return bool(path.stat().st_mode & (stat.S_IRWXG | stat.S_IRWXO))
