"""What is sent: JSON in UTF-8 with the members that are described; everything else is refused without a page."""

from __future__ import annotations

import json
from collections.abc import Iterator
from io import BytesIO
from typing import Any

import pytest
from flask import Flask

from admin_views.api import MOST_BYTES, blueprint
from tests.api.shop import LOGIN, PASSWORD, PREFIX, Shop, customer, described

RIGHT: dict[str, Any] = {"email": "a@b.example", "password": "secret"}
NO_JSON = [b"", b"{", b"{'email': 1}", b"\xff\xfe{\0}\0", b"\xef\xbb\xbf{}", b"[" * 9000, b"1" * 9000, b"\0", b"NaN,"]
NO_OBJECT = [b"null", b"[]", b'"email"', b"1e999", b"true", b"NaN"]
WRONG: list[tuple[dict[str, Any], str, str]] = [
    ({"password": None}, "password", "This is not a text."),
    ({"password": 123456}, "password", "This is not a text."),
    ({"password": ["secret"]}, "password", "This is not a text."),
    ({"email": {"$ne": ""}}, "email", "This is not a text."),
    ({"email": True}, "email", "This is not a text."),
    ({"email": "a" * 255}, "email", "This is longer than 254 characters."),
    ({"password": "a" * 1025}, "password", "This is longer than 1024 characters."),
    ({"admin": True}, "admin", "This is not known here."),
]
ADDRESSES = ["", "203.0.113", "203.0.113.7/24", "fe80::1%eth0", "localhost", "203.0.113.7 "]


def ask(app: Flask, body: bytes, kind: str = "application/json", name: str = "Shop") -> tuple[int, Any]:
    answer = Shop(app, name).ask(LOGIN, data=body, content_type=kind)
    assert answer.mimetype == "application/problem+json"
    return answer.status_code, answer.get_json()


def ask_past_the_description(app: Flask, body: bytes) -> tuple[int, Any]:
    """Send what a JSON Schema cannot tell from what is right."""
    shop = Shop(app)
    headers = {"Authorization": f"Bearer {shop.token}"}
    answer = shop.client.post(LOGIN, data=body, content_type="application/json", headers=headers)
    return answer.status_code, answer.get_json()


@pytest.mark.parametrize("body", [*NO_JSON, *NO_OBJECT], ids=lambda body: repr(body[:12]))
def test_what_is_no_object_in_json_is_refused(app: Flask, body: bytes) -> None:
    status, problem = ask(app, body)
    assert (status, problem["errors"][0]["member"]) == (400, "")


@pytest.mark.parametrize(("values", "member", "said"), WRONG)
def test_every_member_that_is_wrong_is_named(app: Flask, values: dict[str, Any], member: str, said: str) -> None:
    status, problem = ask(app, json.dumps(RIGHT | values).encode())
    assert (status, problem["errors"]) == (400, [{"member": member, "detail": said}])


def test_all_that_is_wrong_is_told_at_once(app: Flask) -> None:
    status, problem = ask(app, b'{"email": 1, "client_ip": 2, "x": 3}')
    assert (status, [error["member"] for error in problem["errors"]]) == (400, ["email", "client_ip", "password", "x"])


@pytest.mark.parametrize("address", ADDRESSES)
def test_an_address_that_is_none_is_refused_rather_than_counted(app: Flask, address: str) -> None:
    status, problem = ask_past_the_description(app, json.dumps(RIGHT | {"client_ip": address}).encode())
    assert (status, problem["errors"]) == (400, [{"member": "client_ip", "detail": "This is not an IP address."}])


@pytest.mark.parametrize("value", ["203.0.113.7", "2001:db8::7", "::ffff:203.0.113.7", None])
def test_addresses_of_both_kinds_are_taken_and_may_be_left_out(app: Flask, value: str | None) -> None:
    assert Shop(app).ask(LOGIN, {**RIGHT, "client_ip": value}).status_code == 403


def test_half_a_character_is_no_text(app: Flask) -> None:
    status, problem = ask_past_the_description(app, b'{"email": "a@b.example", "password": "\\ud800"}')
    assert (status, problem["errors"]) == (400, [{"member": "password", "detail": "This is not a text."}])


@pytest.mark.parametrize("kind", ["text/plain", "application/x-www-form-urlencoded", "multipart/form-data", ""])
def test_another_type_of_body_is_unsupported(app: Flask, kind: str) -> None:
    assert ask(app, json.dumps(RIGHT).encode(), kind)[0] == 415


def test_a_body_that_is_too_large_is_not_read(app: Flask) -> None:
    assert ask(app, b" " * (MOST_BYTES + 1))[0] == 413
    assert ask(app, json.dumps(RIGHT).encode().ljust(MOST_BYTES), name="Another")[0] == 403


@pytest.mark.parametrize(("size", "status"), [(MOST_BYTES, 403), (MOST_BYTES + 1, 413), (100 * MOST_BYTES, 413)])
def test_nor_is_one_that_does_not_tell_its_size(app: Flask, size: int, status: int) -> None:
    shop, body = Shop(app), BytesIO(json.dumps(RIGHT).encode().ljust(size))
    headers = {"Authorization": f"Bearer {shop.token}", "Transfer-Encoding": "chunked"}
    ended: Any = {"wsgi.input_terminated": True}  # as gunicorn says it
    options: Any = {"headers": headers, "content_type": "application/json", "environ_overrides": ended}
    answer = shop.client.post(LOGIN, input_stream=body, **options)
    assert answer.status_code == status


@pytest.mark.parametrize("method", ["GET", "PUT", "PATCH", "DELETE"])
@pytest.mark.parametrize("path", [LOGIN, PASSWORD])
def test_only_post_is_understood(app: Flask, method: str, path: str) -> None:
    answer = app.test_client().open(path, method=method)
    assert (answer.status_code, answer.mimetype) == (405, "application/problem+json")
    assert "POST" in answer.headers["Allow"]


@pytest.mark.parametrize(
    "path", ["/api", "/api/", PREFIX, f"{LOGIN}/", f"{PREFIX}/customers", "/api/v2/customer-login"]
)
def test_what_is_not_there_is_no_page_either(app: Flask, path: str) -> None:
    for client in (app.test_client(), Shop(app, path).client):
        answer = client.post(path, json={})
        assert (answer.status_code, answer.mimetype) == (404, "application/problem+json")


def test_a_strange_host_is_refused_without_a_page(app: Flask) -> None:
    answer = app.test_client().post(LOGIN, json={}, base_url="http://evil.test")
    assert (answer.status_code, answer.mimetype) == (400, "application/problem+json")


def test_an_error_of_ours_is_no_page_and_tells_nothing(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    customer()
    monkeypatch.setitem(app.config, "PROPAGATE_EXCEPTIONS", False)
    monkeypatch.setattr("admin_views.api.customer_login.log_in", lambda *given: 1 / 0)
    status, problem = ask_past_the_description(app, json.dumps(RIGHT).encode())
    assert (status, problem) == (500, {"type": "about:blank", "title": "Internal Server Error", "status": 500})


def test_the_description_tells_every_address_and_no_other(app: Flask) -> None:
    told = {f"{method.upper()} {PREFIX}{path}" for path, item in paths() for method in item}
    there = {
        f"{method} {rule.rule}"
        for rule in app.url_map.iter_rules()
        for method in (rule.methods or set()) - {"OPTIONS", "HEAD"}
        if rule.endpoint.startswith(f"{blueprint.name}.")
    }
    assert told == there


def paths() -> Iterator[tuple[str, dict[str, Any]]]:
    yield from described().spec.read_value()["paths"].items()
