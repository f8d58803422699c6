"""In which language and time zone a person reads: English for now, and the zone of their browser."""

from __future__ import annotations

from functools import cache
from zoneinfo import ZoneInfo, available_timezones

from flask import Flask, has_request_context, request
from flask_babel import Babel

UTC_NAME = "UTC"


def init_locale(app: Flask) -> None:
    """Show moments in the reader's zone; days are written as most of the world does."""
    app.config.setdefault("BABEL_DEFAULT_LOCALE", "en_GB")
    Babel(app, timezone_selector=zone_name)


def zone_name() -> str:
    """Return the zone that the browser told in its cookie, if there is such a zone; UTC otherwise."""
    told = request.cookies.get("zone", "") if has_request_context() else ""
    return told if told in _zones() else UTC_NAME


def zone() -> ZoneInfo:
    """Return the reader's time zone."""
    return ZoneInfo(zone_name())


@cache
def _zones() -> set[str]:
    """Return the names of all zones, looked up once: the system keeps each in a file."""
    return available_timezones()
