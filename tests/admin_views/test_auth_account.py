"""The page of one's own account."""

from __future__ import annotations

import re

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from admin_views.door.account import browser_name
from models.operations.throttle import MOST
from models.rules.password import Sealed
from models.rules.password_hash import hash_password
from models.user import User
from tests.panel import Forms
from tests.people import PASSWORD, VIEWER, add_user, post, sign_in

ACCOUNT = "/me/"
NEW = "seven owls over a copper roof"
FIREFOX = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"


@pytest.fixture
def user(app: Flask) -> User:
    """Somebody with little rights: an account is everybody's own."""
    return add_user(VIEWER, name="Jonas Weber")


@pytest.fixture
def here(client: FlaskClient, user: User) -> FlaskClient:
    """A browser in which they have signed in."""
    sign_in(client, user)
    return client


@pytest.fixture
def there(app: Flask, user: User) -> FlaskClient:
    """Another browser in which they have signed in."""
    client = app.test_client()
    client.environ_base.update(HTTP_USER_AGENT=FIREFOX, REMOTE_ADDR="192.0.2.7")
    sign_in(client, user)
    return client


def let_in(client: FlaskClient) -> bool:
    return client.get(ACCOUNT).status_code == 200


def change(client: FlaskClient, current: str = PASSWORD, password: str = NEW, again: str = NEW) -> TestResponse:
    return post(client, "/me/password", ACCOUNT, current=current, password=password, again=again)


def password_form(client: FlaskClient) -> dict[str, str]:
    """Return what the form that changes the password sends beside what is typed."""
    forms = Forms(client.get(ACCOUNT).text).all
    return next(form.values.to_dict() for form in forms if form.action == "/me/password")


def test_people_see_who_they_are_here(here: FlaskClient, user: User) -> None:
    page = here.get(ACCOUNT).text
    assert all(f"<dd>{value}</dd>" in page for value in (user.name, user.email, "Viewer"))
    assert "argon2" not in page


def test_a_new_password_opens_the_door_and_the_old_one_does_not(here: FlaskClient, app: Flask, user: User) -> None:
    assert change(here).status_code == 303
    assert "Your password is changed" in here.get(ACCOUNT).text
    assert sign_in(app.test_client(), user).status_code == 422
    assert sign_in(app.test_client(), user, NEW).status_code == 303


def test_a_new_password_ends_the_other_sessions_and_renews_this_one(here: FlaskClient, there: FlaskClient) -> None:
    before = here.get_cookie("sid")
    assert before
    change(here)
    assert (let_in(here), let_in(there)) == (True, False)
    here.set_cookie("sid", before.value)
    assert not let_in(here)


REFUSED = {
    "This is not your present password.": {"current": "wrong"},
    "These two are not the same. Type the new password again.": {"again": "something else"},
    "This is your present password. Choose another one.": {"password": PASSWORD, "again": PASSWORD},
    "This password has 5 characters and needs at least 15.": {"password": "short", "again": "short"},
}


@pytest.mark.parametrize("sentence", REFUSED)
def test_a_wrong_change_says_why_beside_its_field(here: FlaskClient, there: FlaskClient, sentence: str) -> None:
    answer = change(here, **REFUSED[sentence])
    assert answer.status_code == 422
    assert re.search(rf'class="error" id="\w+-error">{re.escape(sentence)}', answer.text)
    assert 'aria-invalid="true"' in answer.text
    assert PASSWORD not in answer.text
    assert let_in(there)


def test_the_second_of_two_clicks_is_answered_like_the_first(here: FlaskClient, user: User) -> None:
    form = {**password_form(here), "current": PASSWORD, "password": NEW, "again": NEW}
    first, second = (here.post("/me/password", data=form) for _ in range(2))
    assert (first.status_code, first.location) == (second.status_code, second.location) == (303, ACCOUNT)
    assert let_in(here)
    other = {**form, "password": f"{NEW} anew", "again": f"{NEW} anew"}
    assert "This is not your present password." in here.post("/me/password", data=other).text
    assert here.post("/me/password", data={**form, "once": "another form"}).status_code == 422


def test_a_form_that_changed_somebodys_password_says_nothing_of_anybody_elses(app: Flask, here: FlaskClient) -> None:
    form = {**password_form(here), "current": PASSWORD, "password": NEW, "again": NEW}
    here.post("/me/password", data=form)
    other, else_ = app.test_client(), "nine herons under a tin moon"
    sign_in(other, add_user(VIEWER, password=Sealed(hash_password(else_))), else_)
    answer = post(other, "/me/password", ACCOUNT, **form)
    assert "This is not your present password." in answer.text


def test_an_open_session_does_not_guess_without_end(here: FlaskClient) -> None:
    for _ in range(MOST):
        assert change(here, current="wrong").status_code == 422
    assert change(here).status_code == 429


def test_people_see_where_they_are_signed_in(here: FlaskClient, there: FlaskClient) -> None:
    page = here.get(ACCOUNT).text
    assert "Firefox · Linux" in page
    assert "192.0.2.7" in page
    assert page.count("This one") == 1


def test_a_session_ends_from_elsewhere(here: FlaskClient, there: FlaskClient) -> None:
    end = re.search(r'action="(/me/sessions/\d+/end)"', here.get(ACCOUNT).text)
    assert end
    assert post(here, end[1], ACCOUNT).status_code == 303
    assert (let_in(here), let_in(there)) == (True, False)


def test_all_other_sessions_end_at_once(here: FlaskClient, there: FlaskClient) -> None:
    assert post(here, "/me/sessions/end", ACCOUNT).status_code == 303
    assert (let_in(here), let_in(there)) == (True, False)


def test_nobody_ends_somebody_elses_session(app: Flask, here: FlaskClient, there: FlaskClient) -> None:
    end = re.search(r'action="(/me/sessions/\d+/end)"', here.get(ACCOUNT).text)
    assert end
    stranger = app.test_client()
    sign_in(stranger, add_user())
    assert post(stranger, end[1], ACCOUNT).status_code == 404
    assert let_in(there)


@pytest.mark.parametrize(
    ("agent", "name"),
    [
        (FIREFOX, "Firefox · Linux"),
        ("Mozilla/5.0 (Windows NT 10.0) Chrome/156.0 Safari/537.36 Edg/156.0", "Edge · Windows"),
        ("Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) Version/18.0 Safari/604.1", "Safari · iPhone"),
        ("<script>", "Unknown browser"),
    ],
)
def test_a_browser_is_called_by_its_name(app: Flask, agent: str, name: str) -> None:
    with app.test_request_context():
        assert browser_name(agent) == name
