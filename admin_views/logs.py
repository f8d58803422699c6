"""The log: one line of JSON for an event, on standard error, with the request it belongs to and without secrets."""

from __future__ import annotations

import logging
import secrets
from collections.abc import MutableMapping
from typing import Any

import structlog
from flask import Flask, g, has_request_context
from flask.logging import default_handler

SECRET = ("password", "token", "secret", "cookie", "authorization", "email", "phone")
MASK = "***"

Event = MutableMapping[str, Any]


def init_logs(app: Flask) -> None:
    """Write what the app logs as JSON."""
    default_handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=[structlog.stdlib.ExtraAdder(), structlog.processors.TimeStamper("iso", utc=True)],
            processors=[
                structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                structlog.stdlib.add_log_level,
                name_request,
                structlog.processors.format_exc_info,
                redact,
                structlog.processors.JSONRenderer(),
            ],
        )
    )
    app.logger.setLevel(logging.INFO)


def request_id() -> str:
    """Return the name of this request, by which its error page is found in the log."""
    if "request_id" not in g:
        g.request_id = secrets.token_hex(8)
    return str(g.request_id)


def name_request(logger: object, name: str, event: Event) -> Event:
    """Add the id that the error page shows, and who was at it."""
    if has_request_context():
        event["request"] = request_id()
        event["user"] = g.visitor.id if g.get("visitor") else None
    return event


def redact(logger: object, name: str, event: Event) -> Event:
    """Mask what nobody should read in a log, whoever put it there."""
    return {key: MASK if any(word in key.lower() for word in SECRET) else value for key, value in event.items()}
