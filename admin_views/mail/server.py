"""The mail server that the settings name, or what they lack."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from models.errors import DomainError
from models.i18n import N_
from models.operations.letters import read_address
from models.operations.smtp import NONE, SECURITIES, STARTTLS, TLS, Server

PORTS = {STARTTLS: 587, TLS: 465, NONE: 25}
NO_HOST = N_("SMTP_HOST is not set: it names the mail server, such as mail.example.com.")
NO_SENDER = N_("SMTP_FROM is not set: it is the address that emails come from, such as Sales <sales@example.com>.")
NO_ADDRESS = N_("%(name)s is not an email address: %(value)s")
NO_SECURITY = N_("SMTP_SECURITY is %(value)s; it can be starttls, tls or none.")
NO_TIMEOUT = N_("SMTP_TIMEOUT is a number of seconds above zero.")


def mail_server(config: Mapping[str, Any]) -> Server | None:
    """Return the mail server, or None while a setting is missing or wrong."""
    if next(mail_faults(config), None) is not None:
        return None
    security, reply_to = config["SMTP_SECURITY"] or STARTTLS, config["SMTP_REPLY_TO"]
    return Server(
        host=config["SMTP_HOST"],
        port=config["SMTP_PORT"] or PORTS[security],
        sender=read_address(config["SMTP_FROM"]),
        security=security,
        user=config["SMTP_USER"],
        password=config["SMTP_PASSWORD"],
        reply_to=read_address(reply_to) if reply_to else None,
        timeout=config["SMTP_TIMEOUT"],
    )


def mail_faults(config: Mapping[str, Any]) -> Iterator[DomainError]:
    """Yield what the settings lack for emails to be sent, and what is wrong with them."""
    if not config["SMTP_HOST"]:
        yield DomainError(NO_HOST)
    if not config["SMTP_FROM"]:
        yield DomainError(NO_SENDER)
    for name in ("SMTP_FROM", "SMTP_REPLY_TO"):
        if config[name] and not _is_address(config[name]):
            yield DomainError(NO_ADDRESS, None, name=name, value=config[name])
    if config["SMTP_SECURITY"] and config["SMTP_SECURITY"] not in SECURITIES:
        yield DomainError(NO_SECURITY, None, value=config["SMTP_SECURITY"])
    if config["SMTP_TIMEOUT"] <= 0:
        yield DomainError(NO_TIMEOUT)


def _is_address(text: str) -> bool:
    try:
        read_address(text)
    except ValueError:
        return False
    return True
