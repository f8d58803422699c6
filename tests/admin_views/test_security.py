"""What every answer carries, and how the panel says that something went wrong."""

from __future__ import annotations

import json
import logging
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from flask import Flask, abort
from flask.logging import default_handler
from flask.testing import FlaskClient
from sqlalchemy.exc import OperationalError

from admin_views.door.sessions import public
from admin_views.security import asset
from models.errors import Conflict, DomainError, Refused
from tests.panel import Panel
from tests.people import PASSWORD, add_user, sign_in

EVERYWHERE = {
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), microphone=(), geolocation=(), payment=()",
}
CSP = (
    "default-src 'none'; script-src 'nonce-{}'; style-src 'self'; img-src 'self' data:; font-src 'self'; "
    "connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'; object-src 'none'"
)
ASKED = ["/", "/login", "/me/", "/nowhere", "/static/panel.css", "/static/nowhere.js", "/static/../app.py"]


@contextmanager
def view(app: Flask, work: Callable[[], Any]) -> Iterator[None]:
    """Let the page /login do something else for a while."""
    before = app.view_functions["auth.login"]
    app.view_functions["auth.login"] = public(work)
    app.config["PROPAGATE_EXCEPTIONS"] = False
    try:
        yield
    finally:
        app.view_functions["auth.login"] = before
        app.config["PROPAGATE_EXCEPTIONS"] = None


def raising(error: Exception) -> Callable[[], Any]:
    """Return a view that raises."""

    def work() -> None:
        raise error

    return work


@pytest.mark.parametrize("path", ASKED)
@pytest.mark.parametrize("method", ["GET", "HEAD", "POST", "OPTIONS"])
def test_every_answer_carries_the_headers(client: FlaskClient, path: str, method: str) -> None:
    answer = client.open(path, method=method, buffered=True)
    nonce = re.search(r"'nonce-([^']+)'", answer.headers["Content-Security-Policy"])
    assert nonce
    assert answer.headers["Content-Security-Policy"] == CSP.format(nonce[1])
    assert {key: answer.headers[key] for key in EVERYWHERE} == EVERYWHERE
    assert re.fullmatch("[0-9a-f]{16}", answer.headers["X-Request-ID"])
    assert "Strict-Transport-Security" not in answer.headers


def test_https_stays_https(client: FlaskClient) -> None:
    answer = client.get("/login", base_url="https://localhost")
    assert answer.headers["Strict-Transport-Security"] == "max-age=63072000; includeSubDomains"


def test_each_answer_has_a_nonce_of_its_own_on_every_script(client: FlaskClient) -> None:
    nonces = set()
    for _ in range(3):
        answer = client.get("/login")
        [nonce] = set(re.findall(r'<script nonce="([^"]+)"', answer.text))
        assert answer.text.count("<script") == answer.text.count(f'<script nonce="{nonce}"')
        assert f"'nonce-{nonce}'" in answer.headers["Content-Security-Policy"]
        nonces.add(nonce)
    assert len(nonces) == 3


def test_private_pages_are_not_kept_and_depend_on_the_cookie(client: FlaskClient) -> None:
    sign_in(client, add_user())
    answer = client.get("/me/")
    assert answer.headers["Cache-Control"] == "no-store"
    assert "Cookie" in answer.headers["Vary"]


def test_files_of_the_program_are_kept_for_good_under_an_address_that_changes_with_them(
    app: Flask, client: FlaskClient
) -> None:
    with app.test_request_context():
        address = asset("vendor/tabler.min.css")
    assert re.fullmatch(r"/static/vendor/tabler\.min\.css\?v=[0-9a-f]{12}", address)
    answer = client.get(address, buffered=True)
    assert answer.headers["Cache-Control"] == "public, max-age=31536000, immutable"
    assert "Cookie" not in answer.headers.get("Vary", "")
    assert "Set-Cookie" not in answer.headers
    assert client.get("/static/vendor/tabler.min.css", buffered=True).headers["Cache-Control"] == "no-cache"
    assert client.get("/static/nowhere.css?v=1").headers["Cache-Control"] == "no-store"


@pytest.mark.parametrize("name", ["nowhere.css", "../../app.py", "/etc/passwd"])
def test_a_file_that_is_not_there_has_no_fingerprint(app: Flask, name: str) -> None:
    with app.test_request_context():
        assert "?v=" not in asset(name)


@pytest.mark.parametrize("host", ["evil.test", "localhost.evil.test", "evil.test:80", "", "a b", "127.0.0.1@evil.test"])
@pytest.mark.parametrize("path", ["/", "/login", "/nowhere"])
def test_a_host_that_is_not_ours_is_refused(client: FlaskClient, host: str, path: str) -> None:
    answer = client.get(path, headers={"Host": host}, base_url="http://localhost")
    assert answer.status_code == 400
    assert "evil.test" not in answer.text
    assert "Location" not in answer.headers


def test_a_forwarded_host_is_not_believed(client: FlaskClient) -> None:
    headers = {"X-Forwarded-Host": "evil.test", "X-Forwarded-Proto": "https", "Forwarded": "host=evil.test"}
    assert client.get("/", headers=headers).location == "/login"


def test_a_request_that_is_too_large_is_refused(client: FlaskClient) -> None:
    answer = client.post("/login", data={"email": "a" * 3_000_000})
    assert answer.status_code == 413
    assert "too large" in answer.text


@pytest.mark.parametrize("code", [400, 401, 403, 404, 405, 409, 410, 413, 418, 429, 500, 501, 503])
def test_each_error_has_a_page_with_the_id_of_the_request(app: Flask, client: FlaskClient, code: int) -> None:
    with view(app, lambda: abort(code, "internal: SELECT 1 FROM /srv/panel")):
        answer = client.get("/login")
    assert answer.status_code == code
    assert f"<code>{answer.headers['X-Request-ID']}</code>" in answer.text
    assert "<h1>" in answer.text
    assert "SELECT" not in answer.text


def test_a_fault_of_ours_tells_the_log_and_not_the_visitor(app: Flask, client: FlaskClient) -> None:
    with view(app, raising(ZeroDivisionError("SELECT password FROM /srv/panel/instance"))):
        answer = client.get("/login")
    assert answer.status_code == 500
    assert not [
        word for word in ("Traceback", "ZeroDivision", "SELECT", "/srv", ".py", "Werkzeug") if word in answer.text
    ]


@pytest.mark.parametrize(
    ("error", "code"),
    [(Refused("You may not."), 403), (Conflict("Somebody was faster."), 409), (DomainError("This is wrong."), 400)],
)
def test_a_refusal_that_no_form_shows_is_said_on_a_page(
    app: Flask, client: FlaskClient, error: DomainError, code: int
) -> None:
    with view(app, raising(error)):
        answer = client.get("/login")
    assert answer.status_code == code
    assert str(error) in answer.text


def test_a_busy_database_asks_to_come_back(app: Flask, client: FlaskClient) -> None:
    with view(app, raising(OperationalError("SELECT 1", {}, Exception("database is locked")))):
        answer = client.get("/login")
    assert (answer.status_code, answer.headers["Retry-After"]) == (503, "5")
    assert "SELECT" not in answer.text


def test_a_wrong_statement_is_not_a_busy_database(app: Flask, client: FlaskClient) -> None:
    with view(app, raising(OperationalError("SELECT 1", {}, Exception("no such column: x")))):
        assert client.get("/login").status_code == 500


def test_a_fragment_gets_an_alert_and_not_a_page(app: Flask, client: FlaskClient) -> None:
    with view(app, lambda: abort(404)):
        answer = client.get("/login", headers={"HX-Request": "true"})
    assert answer.status_code == 404
    assert 'role="alert"' in answer.text
    assert "<html" not in answer.text


def logged(caplog: pytest.LogCaptureFixture) -> list[dict[str, Any]]:
    """Return what was logged, as it is written."""
    assert default_handler.formatter
    return [json.loads(default_handler.formatter.format(record)) for record in caplog.records]


def test_the_log_is_one_line_of_json_for_an_event(app: Flask, caplog: pytest.LogCaptureFixture) -> None:
    with app.test_request_context():
        app.logger.warning("a\nb\x1b[31m\u2028", extra={"path": "/x\r\ny", "password": "hunter2", "email": "a@b.c"})
        line = default_handler.format(caplog.records[-1])
    assert len(line.splitlines()) == 1
    assert "\x1b" not in line
    assert "hunter2" not in line
    assert "a@b.c" not in line


def test_signing_in_and_failing_to_are_logged_without_what_was_typed(
    client: FlaskClient, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("INFO")
    user = add_user(email="canary@example.com")
    sign_in(client, user, "hunter2hunter2")
    sign_in(client, user)
    lines = logged(caplog)
    assert [line["event"] for line in lines if "sign" in line["event"]] == ["sign-in refused", "signed in"]
    assert all(line["ip"] == "127.0.0.1" and line["level"] for line in lines)
    assert not re.search(f"canary|hunter2|{PASSWORD}|argon2", json.dumps(lines))


def test_the_log_names_the_request_that_the_error_page_names(
    app: Flask, client: FlaskClient, caplog: pytest.LogCaptureFixture
) -> None:
    written: list[str] = []
    handler = Written(written)
    app.logger.addHandler(handler)
    try:
        with view(app, raising(ZeroDivisionError("x"))):
            answer = client.get("/login")
    finally:
        app.logger.removeHandler(handler)
    [event] = [json.loads(line) for line in written if "ZeroDivisionError" in line]
    assert event["request"] == answer.headers["X-Request-ID"]


class Written(logging.Handler):
    """Keeps lines as they are written, at the moment of the event."""

    def __init__(self, lines: list[str]) -> None:
        super().__init__()
        self.lines = lines

    def emit(self, record: logging.LogRecord) -> None:
        """Keep the line."""
        self.lines.append(default_handler.format(record))


def test_the_page_for_a_busy_database_asks_it_nothing(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    panel, busy = Panel(app), raising(OperationalError("SELECT 1", {}, Exception("database is locked")))
    monkeypatch.setattr("admin_views.door.account._page", lambda *args: busy())
    monkeypatch.setattr("admin_views.panel.menu", lambda *args: busy())
    app.config["PROPAGATE_EXCEPTIONS"] = False
    try:
        assert panel.get("/me/").status_code == 503
    finally:
        app.config["PROPAGATE_EXCEPTIONS"] = None
