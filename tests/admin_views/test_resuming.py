"""What was typed into a form whose session was over: carried through the sign-in, to be looked through and saved."""

from __future__ import annotations

import re
from io import BytesIO
from typing import Any
from urllib.parse import urlencode

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import delete
from werkzeug.test import TestResponse

from models.auth import AuthSession
from models.base import db
from models.customer import Customer
from models.operations.sessions import DOOR
from models.user import User
from tests.panel import Form, Forms, company, default_group, stored
from tests.people import ADMINISTRATOR, PASSWORD, VIEWER, add_user, sign_in

TYPED = {"kind": "private", "first_name": "Marta", "last_name": "Patient", "notes": "<script>alert(1)</script>"}
SAID = "You were signed out. Nothing is saved yet: look through it and save."


@pytest.fixture
def anna(app: Flask) -> User:
    """Somebody who types for long."""
    default_group()
    return add_user(ADMINISTRATOR, name="Anna Rossi")


@pytest.fixture
def here(client: FlaskClient, anna: User) -> FlaskClient:
    """The browser in which she does."""
    sign_in(client, anna)
    return client


def end_sessions() -> None:
    db.session.execute(delete(AuthSession), execution_options=DOOR)
    db.session.commit()


def form_of(page: TestResponse, where: str = "") -> Form:
    """Return the form of a page that is sent to an address."""
    return next(form for form in Forms(page.text).all if form.method == "post" and where in form.action)


def late(client: FlaskClient, typed: dict[str, Any], path: str = "/customer/new/", **options: Any) -> TestResponse:
    """Open a form, let the session end, and send the form filled in."""
    form = form_of(client.get(path), path.split("?", maxsplit=1)[0])
    end_sessions()
    return client.post(form.action, data={**form.values.to_dict(), **typed}, **options)


def enter(client: FlaskClient, page: TestResponse, user: User, password: str = PASSWORD) -> TestResponse:
    """Sign in with the form of a page, all that it carries included."""
    form = form_of(page, "/login")
    return client.post(form.action, data={**form.values.to_dict(), "email": user.email, "password": password})


def send(client: FlaskClient, page: TestResponse, where: str) -> TestResponse:
    form = form_of(page, where)
    return client.post(form.action, data=form.values)


def test_a_form_comes_back_as_it_was_typed_and_is_saved_by_who_typed_it(here: FlaskClient, anna: User) -> None:
    login = late(here, TYPED)
    assert login.status_code == 401
    assert form_of(login, "/login").values["email"] == anna.email
    wrong = enter(here, login, anna, "wrong")
    assert wrong.status_code == 422
    form = send(here, enter(here, wrong, anna), "/customer/new/")
    assert SAID in form.text
    assert stored(Customer) == []
    assert form_of(form, "/customer/new/").values["last_name"] == "Patient"
    saved = send(here, form, "/customer/new/")
    [customer] = stored(Customer)
    assert saved.location == f"/customer/details/?id={customer.id}"
    assert send(here, form, "/customer/new/").location == saved.location


def test_a_record_is_not_changed_before_it_is_saved_again(here: FlaskClient, anna: User) -> None:
    customer = company("Aurora Srl")
    login = late(here, {"company": "Aurora Nuova Srl"}, f"/customer/edit/?id={customer.id}")
    form = send(here, enter(here, login, anna), "/customer/edit/")
    assert SAID in form.text
    assert [each.company for each in stored(Customer)] == ["Aurora Srl"]
    send(here, form, "/customer/edit/")
    assert [each.company for each in stored(Customer)] == ["Aurora Nuova Srl"]


def test_somebody_else_gets_nothing_of_it(here: FlaskClient, anna: User) -> None:
    login = late(here, TYPED)
    answer = enter(here, login, add_user(ADMINISTRATOR))
    assert (answer.status_code, answer.location) == (303, "/customer/new/")
    assert "Patient" not in here.get(answer.location).text


def test_what_was_typed_is_no_markup_of_the_sign_in(here: FlaskClient, anna: User) -> None:
    login = late(here, {**TYPED, '"><b id=x>': '"><script>alert(2)</script>'})
    assert "<script>alert" not in login.text
    assert "<b id=x>" not in login.text
    assert "<script>alert" not in enter(here, login, anna).text


FORGED = [{}, {"Origin": "https://evil.test"}, {"Origin": "null"}, {"Referer": "https://evil.test/"}]


@pytest.mark.parametrize("headers", FORGED)
def test_what_another_site_sends_is_not_carried(here: FlaskClient, headers: dict[str, str]) -> None:
    end_sessions()
    answer = here.post("/customer/new/", data={**TYPED, "csrf_token": "x"}, headers=headers)
    assert (answer.status_code, answer.data.count(b"Patient")) == (302, 0)


def test_a_sign_in_that_another_site_sends_fills_in_nothing(here: FlaskClient, anna: User) -> None:
    end_sessions()
    forged = {f"typed-{name}": value for name, value in TYPED.items()} | {"email": anna.email, "password": PASSWORD}
    answer = here.post("/login?next=/customer/new/", data=forged)
    assert answer.status_code == 400
    assert "Patient" not in answer.text


@pytest.mark.parametrize("target", ["/customer/delete/", "/customer/action/", "/me/password", "//evil.test", "/logout"])
def test_only_forms_of_records_are_filled_in_again(here: FlaskClient, anna: User, target: str) -> None:
    login = form_of(late(here, TYPED), "/login").values.to_dict()
    form = {**login, "email": anna.email, "password": PASSWORD}
    answer = here.post("/login?" + urlencode({"next": target}), data=form)
    assert answer.status_code == 303
    assert "evil" not in answer.location


def test_what_acts_is_left_behind(here: FlaskClient, anna: User) -> None:
    login = late(here, {**TYPED, "bring_back": "1", "close": "1", "theirs": "notes@1"})
    assert not {"bring_back", "close", "theirs"} & set(form_of(enter(here, login, anna), "/customer/new/").values)


def test_a_password_and_a_file_are_given_once_more(here: FlaskClient, anna: User) -> None:
    login = late(here, {"name": "Jonas", "email": "j@example.com", "password": "the secret of Jonas"}, "/user/new/")
    assert "the secret of Jonas" not in login.text
    assert "Give passwords and files once more." in login.text
    sign_in(here, anna)
    with_file = {"logo": (BytesIO(b"x"), "x.png"), "name": "Firm"}
    assert "Give passwords and files" in late(here, {**TYPED, **with_file}, content_type="multipart/form-data").text


def test_what_cannot_be_filled_in_again_is_shown_to_be_copied(here: FlaskClient, anna: User) -> None:
    customer = company("Aurora Srl", emails=["a@aurora.example"])
    words = "We would like to <b>thank</b> you for the order."
    login = late(here, {"body": words}, f"/customer/email/?id={customer.id}")
    assert "Copy what you need" in login.text
    assert re.search("<dd>We would like to &lt;b&gt;thank", login.text)
    assert "We would like to" in enter(here, login, anna, "wrong").text


def test_what_was_typed_before_logging_out_elsewhere_is_shown_to_be_copied(here: FlaskClient, anna: User) -> None:
    form = form_of(here.get("/customer/new/"), "/customer/new/").values.to_dict()
    here.post("/logout", data={"csrf_token": form["csrf_token"]})
    login = here.post("/customer/new/", data={**form, **TYPED}, headers={"Origin": "http://localhost"})
    assert "<dd>Patient</dd>" in login.text
    assert enter(here, login, anna).location == "/customer/new/"


def test_what_is_too_long_to_be_carried_is_shown_as_well(here: FlaskClient, anna: User) -> None:
    login = late(here, {**TYPED, "last_name": "ù" * 90_000})
    assert "Copy what you need" in login.text
    assert "typed-" not in login.text


def test_a_form_of_an_earlier_session_shows_what_was_typed(here: FlaskClient, anna: User) -> None:
    form = form_of(here.get("/customer/new/"), "/customer/new/").values.to_dict()
    end_sessions()
    sign_in(here, anna)
    answer = here.post("/customer/new/", data={**form, **TYPED})
    assert answer.status_code == 400
    assert "<dd>Patient</dd>" in answer.text
    assert stored(Customer) == []


def test_to_a_viewer_the_form_is_closed_as_ever(client: FlaskClient) -> None:
    viewer = add_user(VIEWER)
    sign_in(client, viewer)
    token = form_of(client.get("/me/"), "/me/password").values["csrf_token"]
    end_sessions()
    login = client.post("/customer/new/", data={**TYPED, "csrf_token": token})
    answer = send(client, enter(client, login, viewer), "/customer/new/")
    assert answer.status_code == 403
    assert stored(Customer) == []
