"""Moments are shown, and days are filtered, in the time zone of the reader's browser; numbers as they are read."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from flask import Flask

from admin_views.locale import zone_name
from admin_views.say import plain, say
from models.errors import DomainError

LATE = datetime(2026, 11, 21, 23, 30, tzinfo=UTC)


@pytest.mark.parametrize(
    ("cookie", "shown"),
    [
        ("zone=Europe/Rome", "22 Nov 2026, 00:30"),
        ("zone=America/New_York", "21 Nov 2026, 18:30"),
        ("zone=../../etc/passwd", "21 Nov 2026, 23:30"),
        ("", "21 Nov 2026, 23:30"),
    ],
)
def test_a_moment_is_shown_in_the_readers_zone(app: Flask, cookie: str, shown: str) -> None:
    with app.test_request_context(headers={"Cookie": cookie}):
        assert plain(LATE) == shown


def test_outside_a_request_the_zone_is_utc(app: Flask) -> None:
    assert zone_name() == "UTC"


def test_a_large_number_in_a_refusal_is_grouped(app: Flask) -> None:
    with app.test_request_context():
        assert say(DomainError("It is the channel of %(count)s customers.", count=1030)).endswith(" 1,030 customers.")
