"""An administrator looks at the panel as a role or as a user: with their rights alone, and without changing a thing."""

from __future__ import annotations

import json
import logging
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import func, select

from admin_views import errors
from models.auth import AuthSession
from models.base import db
from models.contact import Contact
from models.customer import Customer
from models.gate import set_actor, ungated
from models.history import ChangeSet
from models.permissions import SYSTEM, Level, Permission
from models.role import Role
from models.unit import BusinessUnit
from models.user import User
from tests.admin_views.test_unsafe_methods import pages_to_read, rows, unsafe_rules
from tests.panel import Panel, add, company, contact, note_on, stored
from tests.people import EDITOR, VIEWER, add_user, let_have, new_role, regrant

SEE = {Permission.VIEW: Level.ORGANISATION}
OWN = dict.fromkeys(Permission, Level.OWN)
SELLER = {"customer": OWN, "account": OWN, "customer_group": SEE, "channel": SEE, "user": SEE}
BANNER = "You see the panel as “{}”. Nothing can be changed."
AS_ROLE = "You see the panel as “{}”, with your own business units. Nothing can be changed."


class Story:
    """Anna, an administrator with a customer of her own, and Bert, a seller with one; a role for sellers."""

    def __init__(self, app: Flask) -> None:
        self.panel = Panel(app)
        self.anna = stored(User)[-1]
        self.role = add(new_role(SELLER, "Seller"))
        self.bert = add_user(SELLER, name="Bert")
        self.mine = company("Mine Srl", owner=self.anna)
        self.theirs = company("Theirs Srl", owner=self.bert)
        self.contact = contact(self.theirs, "Hidden Person")

    def look(self, row: Any) -> Panel:
        """Look at the panel as a role or user."""
        assert self.panel.post(f"/looking/{row.__tablename__}/{row.id}").status_code == 303
        return self.panel


@pytest.fixture
def story(app: Flask) -> Story:
    return Story(app)


def test_as_a_role_ones_own_rows_are_still_ones_own_and_the_others_are_gone(story: Story) -> None:
    assert "Theirs Srl" in story.panel.get("/customer/").text
    page = story.look(story.role).get("/customer/").text
    assert AS_ROLE.format("Seller") in page
    assert "Mine Srl" in page
    assert "Theirs Srl" not in page
    assert "1–1 of 1" in page


def test_as_a_user_what_is_theirs_is_there_and_what_is_ones_own_is_gone(story: Story) -> None:
    page = story.look(story.bert).get("/customer/").text
    assert BANNER.format("Bert") in page
    assert "Theirs Srl" in page
    assert "Mine Srl" not in page


def test_a_user_is_seen_with_the_reach_of_their_business_units(app: Flask) -> None:
    south = add(BusinessUnit(name="South"))
    below = add(BusinessUnit(name="Salerno", above=south))
    division = {"customer": dict.fromkeys(Permission, Level.DIVISION)}
    boss, seller, panel = add_user(division, south, name="Boss"), add_user(SELLER, below), Panel(app)
    company("Salerno Srl", owner=seller)
    company("Nobody's Srl")
    panel.post(f"/looking/user/{boss.id}")
    page = panel.get("/customer/").text
    assert "Salerno Srl" in page
    assert "Nobody" not in page


def test_nothing_of_ones_own_rights_shows_while_looking(story: Story) -> None:
    viewer = add(new_role({"customer": SEE}, "Reader"))
    panel = story.look(viewer)
    listing, record = panel.get("/customer/").text, panel.get(f"/customer/details/?id={story.mine.id}").text
    for page in (listing, record):
        found = [way for way in ("/user/", "/role/", "/export/", "/new/", "/edit/", "/delete/") if f'"{way}"' in page]
        assert not found
        assert not [
            way for way in ("/export/csv", "/customer/new", "/customer/edit", "/customer/delete") if way in page
        ]
        assert "Look at the panel as" not in page
        assert "Who may do this" not in page
    for path in ("/customer/export/csv/", "/customer/new/", f"/customer/edit/?id={story.mine.id}", "/user/", "/role/"):
        assert panel.get(path).status_code in {403, 404}, path
    assert panel.get(f"/customer/access/?id={story.mine.id}").status_code == 403


def test_an_export_is_that_of_the_role(story: Story) -> None:
    answer = story.look(story.role).get("/customer/export/csv/")
    assert answer.status_code == 200
    assert "Mine Srl" in answer.text
    assert "Theirs Srl" not in answer.text


def test_on_no_page_does_a_hidden_row_show(story: Story) -> None:
    note = note_on(story.theirs, body="Hidden words")
    panel = story.look(story.role)
    for path in pages_to_read(story.theirs.id, story.contact.id, note.id):
        for fragment in (False, True):
            answer = panel.get(path, fragment=fragment)
            assert answer.status_code in {200, 403, 404}, path
            assert not [word for word in ("Theirs Srl", "Hidden Person", "Hidden words") if word in answer.text], path


@pytest.mark.parametrize("kind", ["role", "user"])
def test_nothing_is_changed_on_any_way_while_looking(app: Flask, story: Story, kind: str) -> None:
    everything = {"*": dict.fromkeys(Permission, Level.ORGANISATION)}
    panel = story.look(add(new_role(everything)) if kind == "role" else add_user(everything))
    before, tried = rows(), 0
    for method, path in unsafe_rules(app):
        if path in {"/looking/stop", "/logout"} or path.startswith("/api/"):  # which knows no cookies
            continue
        form = {"csrf_token": panel.token, "action": "delete", "rowid": "1", "confirmed": "1", "name": "x"}
        answer = panel.client.open(f"{path}?id={story.mine.id}", method=method, data=form)
        assert answer.status_code == 403, (method, path)
        assert "and can change nothing" in answer.text
        tried += 1
    assert tried > 20
    assert rows() == before


def test_a_form_that_is_sent_says_why_nothing_was_saved(story: Story) -> None:
    panel = story.look(story.role)
    path = f"/customer/edit/?id={story.mine.id}&panel=4"
    assert panel.get(path).status_code == 200
    for fragment in (False, True):
        answer = panel.post(path, {"tags": "x"}, fragment=fragment)
        assert answer.status_code == 403
        assert "You are looking at the panel as Seller, and can change nothing." in answer.text
    assert stored(Customer, id=story.mine.id)[0].tags is None


def test_while_looking_the_database_itself_cannot_write(fresh_app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    modes: list[bool] = []

    def probe() -> str:
        statement = "PRAGMA query_only" if db.engine.dialect.name == "sqlite" else "SHOW transaction_read_only"
        modes.append(db.session.connection().exec_driver_sql(statement).scalar() in {1, "on"})
        return ""

    with fresh_app.app_context():
        story = Story(fresh_app)
        key, role = story.mine.id, story.role.id
        db.session.rollback()
        assert story.panel.post(f"/looking/role/{role}").status_code == 303
        monkeypatch.setattr(errors, "request_id", probe)
        assert story.panel.get("/nowhere").status_code == 404
        assert story.panel.post(f"/customer/edit/?id={key}", {"tags": "x"}).status_code == 403
    assert modes == [True, True]


def test_stopping_leads_back_to_whom_one_looked_as(story: Story) -> None:
    panel = story.look(story.bert)
    answer = panel.post("/looking/stop")
    assert (answer.status_code, answer.location) == (303, f"/user/details/?id={story.bert.id}")
    page = panel.get("/customer/").text
    assert "Mine Srl" in page
    assert "Theirs Srl" in page
    assert "Nothing can be changed" not in page
    assert panel.fill(f"/customer/edit/?id={story.mine.id}&panel=4", {"tags": "x"}).status_code == 303


def test_stopping_twice_leads_to_the_start(story: Story) -> None:
    assert story.panel.post("/looking/stop").location == "/"


def test_logging_out_ends_it_and_signing_in_again_begins_as_oneself(story: Story) -> None:
    panel = story.look(story.role)
    assert panel.post("/logout").location == "/login"
    with panel.client.session_transaction() as cookie:
        assert "looking" not in cookie
    query = select(AuthSession).where(AuthSession.user_id == story.anna.id)
    assert not db.session.scalars(query, execution_options=ungated("a test looks at what is stored")).all()


@pytest.mark.parametrize("role", [EDITOR, VIEWER])
def test_only_administrators_look(app: Flask, role: str) -> None:
    story = Story(app)
    panel = Panel(app, role)
    for row in (story.role, story.bert):
        answer = panel.post(f"/looking/{row.__tablename__}/{row.id}")
        assert answer.status_code == 403
        assert "Only administrators look at the panel as somebody else." in answer.text
    assert "Look at the panel as" not in panel.get(f"/user/details/?id={story.bert.id}").text
    assert "Nothing can be changed" not in panel.get("/customer/").text


def test_whoever_has_every_right_but_is_no_administrator_does_not_look(app: Flask) -> None:
    story = Story(app)
    panel = Panel(app, add_user({"*": dict.fromkeys(Permission, Level.ORGANISATION)}))
    assert panel.post(f"/looking/role/{story.role.id}").status_code == 403


def test_the_way_stands_on_the_records_of_others(story: Story) -> None:
    page = story.panel.get(f"/user/details/?id={story.bert.id}").text
    assert f'action="/looking/user/{story.bert.id}"' in page
    assert "Look at the panel as Bert" in page
    assert "Look at the panel as" not in story.panel.get(f"/user/details/?id={story.anna.id}").text
    assert "Look at the panel as" not in story.panel.get(f"/customer/details/?id={story.mine.id}").text


@pytest.mark.parametrize("key", ["0", "-1", "999999", "abc", "9" * 23, "%00"])
def test_a_key_that_leads_to_nobody_is_not_found(story: Story, key: str) -> None:
    for kind in ("role", "user"):
        assert story.panel.post(f"/looking/{kind}/{key}").status_code == 404


def test_beginning_and_ending_are_logged_with_who_and_as_whom(story: Story, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.INFO):
        story.look(story.bert).post("/looking/stop")
    found = [(each.message, each.who, getattr(each, "as")) for each in caplog.records if "looking" in each.message]  # type: ignore[attr-defined]
    assert found == [("looking started", story.anna.id, "Bert"), ("looking stopped", story.anna.id, "Bert")]
    assert json.dumps(found)


def delete(row: Any) -> None:
    set_actor(db.session, SYSTEM)
    db.session.delete(db.session.merge(row))
    db.session.commit()


def test_when_the_role_is_gone_one_is_oneself_again_and_told_so(story: Story) -> None:
    panel = story.look(story.role)
    delete(story.role)
    page = panel.get("/customer/").text
    assert "You see the panel as yourself again." in page
    assert "Theirs Srl" in page
    assert "Nothing can be changed" not in panel.get("/customer/").text


def test_what_was_sent_while_looking_is_not_done_with_ones_own_rights_when_the_role_is_gone(story: Story) -> None:
    panel = story.look(story.role)
    delete(story.role)
    answer = panel.post(f"/customer/edit/?id={story.mine.id}&panel=4", {"tags": "x"})
    assert answer.status_code == 403
    assert "You no longer see the panel as somebody else" in answer.text
    assert stored(Customer, id=story.mine.id)[0].tags is None


def test_who_is_no_administrator_any_more_looks_no_more(story: Story) -> None:
    panel = story.look(story.role)
    set_actor(db.session, SYSTEM)
    add_user()  # somebody has to be one
    anna = db.session.scalars(select(User).where(User.id == story.anna.id)).one()
    let_have(anna, VIEWER)
    db.session.commit()
    assert panel.get("/customer/").location.startswith("/login")


def test_a_role_is_seen_as_it_is_now(story: Story) -> None:
    panel = story.look(story.role)
    assert "Theirs Srl" not in panel.get("/customer/").text
    set_actor(db.session, SYSTEM)
    [grant] = [each for each in stored(Role, id=story.role.id)[0].grants if each.entity == "customer"]
    grant.view = Level.ORGANISATION
    db.session.commit()
    assert "Theirs Srl" in panel.get("/customer/").text


def test_ones_account_stays_ones_own(story: Story) -> None:
    page = story.look(story.bert).get("/me/").text
    assert story.anna.email in page
    assert story.bert.email not in page
    assert "Administrator" in page
    assert "This one" in page
    assert BANNER.format("Bert") in page


def test_the_banner_stands_on_error_pages_too(story: Story) -> None:
    assert AS_ROLE.format("Seller") in story.look(story.role).get("/nowhere").text


def test_history_tells_what_the_role_may_see_and_undoes_nothing(story: Story) -> None:
    story.panel.fill(f"/customer/edit/?id={story.mine.id}&panel=4", {"tags": "x"})
    last = db.session.connection().scalar(select(func.max(ChangeSet.id)))
    panel = story.look(story.role)
    assert panel.get(f"/customer/history/?id={story.theirs.id}").status_code == 404
    assert panel.get(f"/customer/history/?id={story.mine.id}").status_code == 200
    assert panel.post(f"/change_set/{last}/undo").status_code == 403


def test_a_hidden_row_is_not_found_but_answers_why(story: Story) -> None:
    panel = story.look(story.role)
    for entity, row in (("customer", story.theirs), ("contact", story.contact)):
        answer = panel.get(f"/{entity}/details/?id={row.id}")
        assert answer.status_code == 404
        assert "This is hidden" in answer.text
        assert f"/{entity}/why/?id={row.id}" in answer.text
        page = panel.get(f"/{entity}/why/?id={row.id}&may=view").text
        assert "Seller may not view" in page
        assert "Seller: their own" in page
        assert "Bert" in page
        assert "out of reach" in page


def test_why_names_the_user_as_whom_one_looks(story: Story) -> None:
    page = story.look(story.bert).get(f"/customer/why/?id={story.mine.id}&may=view").text
    assert "Bert may not view “Mine Srl”" in page
    assert "You may" not in page


def test_an_absent_row_answers_nothing_more(story: Story) -> None:
    answer = story.look(story.role).get("/customer/details/?id=999999")
    assert answer.status_code == 404
    assert "Why?" not in answer.text
    assert story.panel.get("/customer/why/?id=999999&may=view").status_code == 404


def test_a_row_that_is_missing_for_another_reason_is_not_said_to_be_hidden(story: Story) -> None:
    mine = contact(story.mine, "My Person")
    panel = story.look(story.role)
    answer = panel.get(f"/contact/edit/?id={mine.id}&customer={story.theirs.id}")
    assert answer.status_code == 404
    assert "Why?" not in answer.text
    assert stored(Contact, id=mine.id)


def test_for_others_hidden_and_absent_rows_stay_alike(app: Flask) -> None:
    story = Story(app)
    regrant(EDITOR, SELLER)
    panel = Panel(app, EDITOR)
    for key in (story.theirs.id, 999999):
        for page in ("details/", "why/", "access/"):
            answer = panel.get(f"/customer/{page}?id={key}&may=view")
            assert answer.status_code == (403 if page == "access/" else 404)
            assert "Why?" not in answer.text
