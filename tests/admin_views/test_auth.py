"""The door, as a browser meets it."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from statistics import median
from time import thread_time
from urllib.parse import parse_qs, urlencode, urlsplit

import pytest
import time_machine
from flask import Flask
from flask.testing import FlaskClient
from flask_login import current_user
from sqlalchemy import func, select

from models.auth import AuthSession
from models.base import db
from models.engine import transactions
from models.gate import acting_as, actor_of
from models.operations.sessions import DOOR
from models.operations.throttle import MOST
from models.permissions import SYSTEM
from models.rules.password import Sealed
from models.rules.password_hash import configure, hash_password
from models.user import User
from tests.people import EDITOR, PASSWORD, VIEWER, add_user, csrf_token, post, sign_in

ACCOUNT = "/me/"
NOON = datetime(2026, 11, 21, 12, tzinfo=UTC)


def let_in(client: FlaskClient) -> bool:
    return client.get(ACCOUNT).status_code == 200


def sessions() -> int:
    with transactions("read"):
        return db.session.scalar(select(func.count()).select_from(AuthSession), execution_options=DOOR) or 0


@pytest.mark.parametrize("path", ["/", ACCOUNT, "/customer/", "/nowhere/", "/customer/?search=a"])
@pytest.mark.parametrize("method", ["GET", "HEAD", "POST", "PUT", "DELETE"])
def test_strangers_are_sent_to_the_sign_in_whatever_they_ask_for(client: FlaskClient, path: str, method: str) -> None:
    answer = client.open(path, method=method)
    assert answer.status_code == 302
    assert urlsplit(answer.location).path == "/login"


def test_who_signs_in_comes_back_to_where_they_wanted_to_go(client: FlaskClient) -> None:
    user = add_user()
    asked = client.get(ACCOUNT + "?tab=a+b")
    assert sign_in(client, user, "wrong", asked.location).status_code == 422
    [action] = re.findall(r'<form[^>]* action="([^"]+)"', client.get(asked.location).text)
    assert sign_in(client, user, path=action).location == ACCOUNT + "?tab=a+b"


TARGETS = ["//evil.test", "http:evil.test", "/\\evil.test", "%1b///evil.test", "x:alert(1)"]


@pytest.mark.parametrize("target", TARGETS)
def test_who_signs_in_is_never_sent_elsewhere(client: FlaskClient, target: str) -> None:
    user = add_user()
    assert "evil.test" not in client.get("/login", query_string={"next": target}).text
    assert sign_in(client, user, path="/login?" + urlencode({"next": target})).location == "/"
    assert client.get("/login", query_string={"next": target}).location == "/"


def test_a_form_whose_session_is_over_leads_back_to_its_page(client: FlaskClient) -> None:
    form = {"csrf_token": csrf_token(client)}
    answer = client.post("/me/password", data=form, headers={"Referer": "http://localhost/me/?a=1"})
    assert parse_qs(urlsplit(answer.location).query) == {"next": ["/me/?a=1"]}
    answer = client.post("/me/password", data=form, headers={"Referer": "http://evil.test/me/"})
    assert answer.location == "/login"


def test_a_fragment_whose_session_is_over_sends_its_whole_page_to_the_sign_in(client: FlaskClient) -> None:
    headers = {"HX-Request": "true", "HX-Current-URL": "http://localhost/customer/details/?id=5"}
    answer = client.get("/contact/?customer=5", headers=headers)
    assert answer.status_code == 401
    assert answer.headers["HX-Redirect"] == "/login?next=/customer/details/?id%3D5"


@pytest.mark.parametrize("url", ["http://evil.test/customer/", "http://[", "javascript:alert(1)", ""])
def test_a_fragment_of_elsewhere_is_not_come_back_to(client: FlaskClient, url: str) -> None:
    answer = client.get("/contact/", headers={"HX-Request": "true", "HX-Current-URL": url})
    assert answer.headers["HX-Redirect"] == "/login"


def test_the_form_asks_for_what_password_managers_know(client: FlaskClient) -> None:
    page = client.get("/login").text
    assert 'type="password"' in page
    assert 'autocomplete="current-password"' in page
    assert 'autocomplete="username"' in page
    assert "onpaste" not in page


def test_a_request_works_on_behalf_of_its_user(app: Flask, client: FlaskClient) -> None:
    user = add_user(VIEWER, name="Jonas Weber")
    sign_in(client, user)
    seen = []
    app.before_request_funcs[None].append(lambda: seen.append((actor_of(db.session).user_id, current_user.name)))
    try:
        client.get(ACCOUNT)
    finally:
        app.before_request_funcs[None].pop()
    assert seen == [(user.id, "Jonas Weber")]


def test_wrong_unknown_and_inactive_look_alike(client: FlaskClient) -> None:
    answers = set()
    for email in (add_user().email, "nobody@example.com", add_user(active=False).email):
        password = "wrong" if email != "nobody@example.com" else PASSWORD
        answer = post(client, "/login", email=email, password=password)
        text = re.sub(r'(nonce|name="csrf_token" value)="[^"]+"', "", answer.text.replace(email, ""))
        answers.add((answer.status_code, frozenset(answer.headers.keys()), text))
    assert [status for status, *_ in answers] == [422]


def test_wrong_and_unknown_take_the_same_time(app: Flask, client: FlaskClient) -> None:
    configure(memory_cost=8192, time_cost=3, parallelism=1)  # some 15 ms, which would show where it is left out
    known, token = add_user(password=Sealed(hash_password(PASSWORD))).email, csrf_token(client)
    times: dict[bool, list[float]] = {True: [], False: []}
    for number in range(40):
        exists = number % 2 == 0
        form = {"email": known if exists else "nobody@example.com", "password": "wrong", "csrf_token": token}
        begin = thread_time()  # what other programs take of the processor does not count
        client.post("/login", data=form, environ_base={"REMOTE_ADDR": f"192.0.2.{number}"})
        times[exists].append(thread_time() - begin)
    assert abs(median(times[True][:MOST]) - median(times[False][:MOST])) < 0.005  # seconds


def test_what_was_typed_stays_but_for_the_password(client: FlaskClient) -> None:
    answer = post(client, "/login", email='"><b>a@example.com', password="the secret")
    assert 'value="&#34;&gt;&lt;b&gt;a@example.com"' in answer.text
    assert "the secret" not in answer.text
    assert 'role="alert"' in answer.text


def test_too_many_tries_are_told_when_to_come_back(client: FlaskClient) -> None:
    user = add_user()
    for _ in range(MOST):
        assert sign_in(client, user, "wrong").status_code == 422
    answer = sign_in(client, user)
    assert answer.status_code == 429
    assert 0 < int(answer.headers["Retry-After"]) <= 300
    assert not let_in(client)


def test_strangers_do_not_keep_people_out_of_their_own_browser(app: Flask) -> None:
    user, own, strange = add_user(), app.test_client(), app.test_client()
    sign_in(own, user)
    post(own, "/logout", ACCOUNT)
    token = csrf_token(strange)
    for number in range(MOST + 1):
        form = {"email": user.email, "password": "wrong", "csrf_token": token}
        answer = strange.post("/login", data=form, environ_base={"REMOTE_ADDR": f"192.0.2.{number}"})
    assert answer.status_code == 429
    assert sign_in(own, user).status_code == 303
    assert sign_in(app.test_client(), user).status_code == 429


@pytest.mark.parametrize("value", ["", "x", "W10.x", "é", "a.b.c"])
def test_an_invented_device_is_nobodys(app: Flask, value: str) -> None:
    client, user = app.test_client(), add_user()
    client.set_cookie("device", value)
    assert sign_in(client, user).status_code == 303


def test_each_sign_in_has_a_new_id_and_ends_the_one_before(client: FlaskClient) -> None:
    user = add_user()
    sign_in(client, user)
    first = client.get_cookie("sid")
    assert first
    token = csrf_token(client, ACCOUNT)
    client.post("/login", data={"email": user.email, "password": PASSWORD, "csrf_token": token})
    assert let_in(client)
    assert sessions() == 1
    client.set_cookie("sid", first.value)
    assert not let_in(client)


def test_a_cookie_given_before_the_sign_in_is_not_the_one_after_it(client: FlaskClient) -> None:
    csrf_token(client)
    before = client.get_cookie("sid")
    sign_in(client, add_user())
    after = client.get_cookie("sid")
    assert before
    assert after
    assert before.value != after.value


def test_who_logs_out_is_out_also_with_the_cookie_kept(client: FlaskClient) -> None:
    sign_in(client, add_user())
    kept = client.get_cookie("sid")
    assert kept
    answer = post(client, "/logout", ACCOUNT)
    assert (answer.status_code, answer.location) == (303, "/login")
    assert answer.headers["Clear-Site-Data"] == '"cache"'
    client.set_cookie("sid", kept.value)
    assert not let_in(client)
    assert sessions() == 0


def test_a_link_does_not_log_anybody_out(client: FlaskClient) -> None:
    sign_in(client, add_user())
    assert client.get("/logout").status_code == 405
    assert client.post("/logout").status_code == 400
    assert let_in(client)


def test_a_sign_in_without_the_forms_token_is_refused(client: FlaskClient) -> None:
    assert client.post("/login", data={"email": add_user().email, "password": PASSWORD}).status_code == 400
    assert sessions() == 0


def test_a_token_of_another_session_is_worth_nothing(app: Flask, client: FlaskClient) -> None:
    sign_in(client, add_user())
    foreign = csrf_token(app.test_client())
    assert client.post("/me/sessions/end", data={"csrf_token": foreign}).status_code == 400


def test_half_an_hour_of_silence_ends_a_session(client: FlaskClient) -> None:
    with time_machine.travel(NOON, tick=False) as clock:
        sign_in(client, add_user())
        clock.shift(timedelta(minutes=29, seconds=59))
        assert let_in(client)
        clock.shift(timedelta(minutes=30))
        assert not let_in(client)


def test_who_is_deactivated_is_out_with_the_next_request(client: FlaskClient) -> None:
    add_user()
    user = add_user(EDITOR)
    sign_in(client, user)
    deactivate(user.id)
    assert not let_in(client)


def deactivate(user_id: int) -> None:
    with acting_as(db.session, SYSTEM):
        db.session.scalars(select(User).where(User.id == user_id)).one().active = False
        db.session.commit()


def test_reading_a_page_writes_nothing(fresh_app: Flask) -> None:
    with fresh_app.app_context():
        email = add_user().email
        db.session.remove()
    client = fresh_app.test_client()
    post(client, "/login", email=email, password=PASSWORD)
    assert let_in(client)
    assert client.head(ACCOUNT).status_code == 200


def test_the_session_cookie_is_for_this_host_and_not_for_scripts(client: FlaskClient) -> None:
    cookies = sign_in(client, add_user()).headers.getlist("Set-Cookie")
    assert len(cookies) == 2
    assert all("HttpOnly" in cookie and "SameSite=Lax" in cookie and "Path=/" in cookie for cookie in cookies)
    assert all("Domain" not in cookie and "example.com" not in cookie for cookie in cookies)
