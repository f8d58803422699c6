"""Signing in again over a page: who is asked, who gets a token for the forms of the page, and who does not."""

from __future__ import annotations

import re
from html import unescape
from urllib.parse import urlencode

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import delete
from werkzeug.test import TestResponse

from models.auth import AuthSession
from models.base import db
from models.customer import Customer
from models.gate import acting_as
from models.operations.sessions import DOOR
from models.operations.throttle import MOST
from models.permissions import SYSTEM
from models.user import User
from tests.panel import FRAGMENT, Forms, default_group, stored
from tests.people import PASSWORD, add_user, post, sign_in

FRESH = "X-CSRF-Token"
TYPED = {"kind": "private", "first_name": "Marta", "last_name": "Patient"}


@pytest.fixture
def anna(app: Flask) -> User:
    """Somebody whose page is open."""
    default_group()
    return add_user(name="Anna Rossi")


@pytest.fixture
def here(client: FlaskClient, anna: User) -> FlaskClient:
    """The browser in which it is."""
    sign_in(client, anna)
    return client


def asks_at(client: FlaskClient, path: str = "/customer/new/") -> str:
    """Return where a page asks who is there."""
    found = re.search(r'data-again="([^"]*)"', client.get(path).text)
    assert found
    return unescape(found[1])


def end_sessions() -> None:
    db.session.execute(delete(AuthSession), execution_options=DOOR)
    db.session.commit()


def enter(client: FlaskClient, url: str, password: str = PASSWORD) -> TestResponse:
    """Give the password to the dialog that the page shows."""
    token = Forms(client.get(url, headers=FRAGMENT).text).first("csrf_token")
    return client.post(url, data={"csrf_token": token, "password": password}, headers=FRAGMENT)


def test_a_page_in_its_own_session_hears_that_nothing_has_changed(here: FlaskClient) -> None:
    answer = here.get(asks_at(here), headers=FRAGMENT)
    assert (answer.status_code, FRESH in answer.headers) == (204, False)


def test_its_person_signs_in_by_the_password_alone_and_what_was_refused_is_made_once(here: FlaskClient) -> None:
    page = here.get("/customer/new/")
    url = asks_at(here)
    form = {**next(each for each in Forms(page.text).all if "/new/" in each.action).values.to_dict(), **TYPED}
    end_sessions()
    assert here.post("/customer/new/", data=form, headers=FRAGMENT).status_code == 401
    asked = here.get(url, headers=FRAGMENT)
    assert "Anna Rossi" in asked.text
    assert FRESH not in asked.headers
    answer = enter(here, url)
    assert here.get(answer.headers["X-Again"], headers=FRAGMENT).status_code == 204
    again = {**form, "csrf_token": answer.headers[FRESH]}
    assert {here.post("/customer/new/", data=again).status_code for _ in range(2)} == {303}
    assert len(stored(Customer)) == 1


def test_a_page_that_is_opened_leads_to_the_sign_in(here: FlaskClient) -> None:
    end_sessions()
    assert here.get("/customer/new/").location == "/login?next=/customer/new/"


def test_a_wrong_password_opens_nothing_and_is_counted(here: FlaskClient, anna: User) -> None:
    url = asks_at(here)
    end_sessions()
    for _ in range(MOST):
        answer = enter(here, url, "wrong")
        assert (answer.status_code, FRESH in answer.headers) == (422, False)
        assert "does not open the account" in answer.text
    assert enter(here, url, "wrong").status_code == 429
    assert enter(here, url).status_code == 429
    assert here.get("/me/").status_code == 302


def test_a_session_begun_over_a_page_is_a_new_one(here: FlaskClient) -> None:
    url, before = asks_at(here), here.get_cookie("sid")
    end_sessions()
    assert enter(here, url).status_code == 204
    after = here.get_cookie("sid")
    assert before
    assert after
    assert before.value != after.value
    here.set_cookie("sid", before.value)
    assert here.get("/me/").status_code == 302


def test_a_page_of_an_earlier_session_gets_the_token_of_the_present_one(here: FlaskClient, anna: User) -> None:
    url = asks_at(here)
    end_sessions()
    sign_in(here, anna)
    answer = here.get(url, headers=FRAGMENT)
    assert answer.status_code == 204
    made = here.post("/customer/new/", data={**TYPED, "csrf_token": answer.headers[FRESH]})
    assert made.status_code == 303


def test_to_somebody_else_nothing_is_sent(here: FlaskClient) -> None:
    url = asks_at(here)
    end_sessions()
    sign_in(here, add_user(name="Jonas Weber"))
    answer = here.get(url, headers={**FRAGMENT, "Referer": "http://localhost/customer/new/"})
    assert FRESH not in answer.headers
    assert "This page was opened by Anna Rossi, and Jonas Weber" in " ".join(answer.text.split())
    assert 'href="/customer/new/"' in answer.text
    form = {"csrf_token": Forms(here.get("/customer/new/").text).first("csrf_token"), "password": PASSWORD}
    answer = here.post(url, data=form, headers=FRAGMENT)
    assert FRESH not in answer.headers
    assert "Jonas Weber" in here.get("/me/").text


@pytest.mark.parametrize("page", ["", "x", "WzEsMV0.x", "[1, 1]", "é"])
def test_an_invented_page_is_nobodys(client: FlaskClient, anna: User, page: str) -> None:
    answer = client.get("/login/again?" + urlencode({"page": page}), headers=FRAGMENT)
    assert FRESH not in answer.headers
    assert anna.name not in answer.text
    assert 'type="password"' not in answer.text


def test_a_page_tells_nobody_elsewhere_who_is_there(here: FlaskClient) -> None:
    url = asks_at(here)
    assert here.get(url).location == "/login"
    end_sessions()
    assert here.get(url, headers={"Origin": "https://evil.test"}).location == "/login"


def test_who_was_switched_off_meanwhile_does_not_come_back(here: FlaskClient, anna: User) -> None:
    url = asks_at(here)
    with acting_as(db.session, SYSTEM):
        add_user()
        db.session.merge(anna).active = False
        db.session.commit()
    answer = here.get(url, headers=FRAGMENT)
    assert 'type="password"' not in answer.text
    assert anna.email not in answer.text


def test_the_dialog_leads_to_no_other_site(here: FlaskClient) -> None:
    url = asks_at(here)
    end_sessions()
    for referrer in ("http://evil.test/", "http://localhost//evil.test", "javascript:alert(1)"):
        assert "evil" not in here.get(url, headers={**FRAGMENT, "Referer": referrer}).text


def test_a_password_without_the_dialogs_token_opens_nothing(here: FlaskClient) -> None:
    url = asks_at(here)
    end_sessions()
    answer = here.post(url, data={"password": PASSWORD}, headers=FRAGMENT)
    assert FRESH not in answer.headers
    assert here.get("/me/").status_code == 302


def test_a_part_of_a_page_of_an_earlier_session_is_told_to_ask(here: FlaskClient, anna: User) -> None:
    form = {**TYPED, "csrf_token": Forms(here.get("/customer/new/").text).first("csrf_token")}
    end_sessions()
    sign_in(here, anna)
    assert here.post("/customer/new/", data=form, headers=FRAGMENT).status_code == 401
    assert stored(Customer) == []


def test_while_one_looks_as_somebody_else_nothing_is_sent_later_with_ones_own_rights(here: FlaskClient) -> None:
    viewer = add_user("Viewer")
    post(here, f"/looking/user/{viewer.id}", "/me/")
    assert asks_at(here, "/") == ""
    assert asks_at(here.application.test_client(), "/login") == ""
