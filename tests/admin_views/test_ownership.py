"""A record that is not one's own does not exist, on whatever way one looks for it: the role here sees only its own."""

from __future__ import annotations

import pytest
from flask import Flask
from sqlalchemy import func, select

from models.base import db
from models.contact import Contact
from models.customer import Customer
from models.history import ChangeSet
from models.note import Note
from models.permissions import READING, Level, Permission
from models.user import User
from tests.panel import Panel, add, company, contact, note_on, stored
from tests.people import EDITOR, add_user, regrant

OWN = dict.fromkeys(Permission, Level.OWN)
SET_UP = {"user": READING, "customer_group": READING, "channel": READING}
SELLER = {"*": OWN, **SET_UP}


class Story:
    """A seller with a customer of their own, and a customer of somebody else with a contact and a note."""

    def __init__(self, app: Flask) -> None:
        self.admin = Panel(app)
        me, other = add_user(EDITOR), add_user(EDITOR)
        self.panel = Panel(app, me)
        self.me, self.other = me, other
        self.mine = company("Mine Srl", owner=me, emails=["mine@example.com"])
        self.theirs = company("Theirs Srl", owner=other, emails=["theirs@example.com"], code="SECRET-1")
        self.contact = contact(self.theirs, "Hidden Person")
        self.note = note_on(self.theirs, body="Hidden words")
        contact(self.mine, "My Person")


@pytest.fixture
def story(app: Flask) -> Story:
    """Let editors be sellers."""
    regrant(EDITOR, SELLER)
    return Story(app)


def test_ones_own_records_are_there(story: Story) -> None:
    page = story.panel.get("/customer/").text
    assert "Mine Srl" in page
    assert "My Person" in story.panel.get(f"/customer/details/?id={story.mine.id}").text
    answer = story.panel.fill(f"/customer/edit/?id={story.mine.id}&panel=4", {"tags": "good"})
    assert answer.status_code == 303
    assert stored(Customer, id=story.mine.id)[0].tags == "good"


@pytest.mark.parametrize("path", ["/customer/", "/contact/", "/note/"])
def test_lists_and_their_counts_do_not_know_the_others(story: Story, path: str) -> None:
    for query in ("", "?search=Theirs", "?search=Hidden", "?search=SECRET", "?sort=-name", "?f_owner=2"):
        page = story.panel.get(path + query).text
        assert not [word for word in ("Theirs", "Hidden Person", "Hidden words") if f">{word}" in page], query
    assert "1–1 of 1" in story.panel.get("/customer/").text


@pytest.mark.parametrize("page", ["details", "edit", "delete", "history"])
def test_their_pages_are_not_found_and_neither_are_absent_ones(story: Story, page: str) -> None:
    for entity, row in (("customer", story.theirs), ("contact", story.contact), ("note", story.note)):
        hidden = story.panel.get(f"/{entity}/{page}/?id={row.id}")
        absent = story.panel.get(f"/{entity}/{page}/?id=999999")
        assert (hidden.status_code, absent.status_code) == (404, 404)
        assert strip(hidden.text) == strip(absent.text)


def strip(page: str) -> list[str]:
    """Return the words of a page that do not change from request to request."""
    return [line for line in page.splitlines() if not any(part in line for part in ("nonce", "<code>", "csrf"))]


def test_forged_writes_reach_none_of_their_rows(story: Story) -> None:
    before = db.session.connection().scalar(select(func.max(ChangeSet.id)))
    for entity, row in (("customer", story.theirs), ("contact", story.contact), ("note", story.note)):
        for path in (f"edit/?id={row.id}", f"edit/?id={row.id}&panel=0", f"delete/?id={row.id}"):
            values = {"confirmed": "1", "name": "Taken", "body": "Taken", "version": str(row.version)}
            assert story.panel.post(f"/{entity}/{path}", values).status_code == 404
        selection = {"action": "delete", "rowid": str(row.id), "confirmed": "1"}
        story.panel.post(f"/{entity}/action/", selection)
    assert db.session.connection().scalar(select(func.max(ChangeSet.id))) == before


def test_a_bulk_delete_of_mixed_keys_touches_ones_own_alone(story: Story) -> None:
    keys = [str(story.mine.id), str(story.theirs.id)]
    page = story.panel.post("/customer/action/", {"action": "delete", "rowid": keys})
    assert "Theirs" not in page.text
    story.panel.post("/customer/action/", {"action": "delete", "rowid": keys, "confirmed": "1"})
    assert [row.name for row in stored(Customer)] == ["Theirs Srl"]


def test_nothing_is_added_to_their_records(story: Story) -> None:
    for entity in ("contact", "note"):
        path = f"/{entity}/new/?customer={story.theirs.id}"
        assert story.panel.get(path).status_code == 404
        assert story.panel.post(path, {"name": "x", "body": "x"}).status_code == 404
        answer = story.panel.fill(f"/{entity}/new/", {"customer": str(story.theirs.id), "name": "x", "body": "x"})
        assert answer.status_code == 422
        assert "does not exist, or is not yours" in answer.text
    assert len(stored(Contact)) == 2
    assert len(stored(Note)) == 1


def test_a_child_does_not_move_to_their_record_nor_from_it(story: Story) -> None:
    [mine] = stored(Contact, name="My Person")
    answer = story.panel.fill(f"/contact/edit/?id={mine.id}", {"customer": str(story.theirs.id)})
    assert answer.status_code == 422
    assert story.panel.get(f"/contact/edit/?id={story.contact.id}&customer={story.mine.id}").status_code == 404
    assert [row.customer.name for row in stored(Contact)] == ["Theirs Srl", "Mine Srl"]


def test_grids_pickers_and_filters_do_not_offer_their_rows(story: Story) -> None:
    assert story.panel.get(f"/contact/?customer={story.theirs.id}", fragment=True).status_code == 404
    for query in ("", "Theirs", "SECRET", "Hidden"):
        found = story.panel.get(f"/contact/ajax/lookup/?name=customer&query={query}").json
        assert "Theirs Srl" not in str(found)
    assert "Theirs" not in story.panel.get(f"/contact/?f_customer={story.theirs.id}").text


def test_exports_and_neighbours_leave_their_rows_out(story: Story) -> None:
    export = story.panel.get("/customer/export/csv/").text
    assert "Mine Srl" in export
    assert "Theirs" not in export
    assert "SECRET" not in export
    assert "1 of 1" in story.panel.get(f"/customer/details/?id={story.mine.id}&at=1").text


def test_a_value_that_is_taken_is_said_without_saying_by_whom(story: Story) -> None:
    answer = story.panel.fill(f"/customer/edit/?id={story.mine.id}&panel=0", {"code": "SECRET-1"})
    assert answer.status_code == 422
    assert "“SECRET-1” is already in use." in answer.text
    assert "Theirs" not in answer.text


def test_their_change_sets_cannot_be_undone_nor_even_found(story: Story) -> None:
    story.admin.fill(f"/customer/edit/?id={story.theirs.id}&panel=4", {"tags": "secret"})
    last = db.session.connection().scalar(select(func.max(ChangeSet.id)))
    assert story.panel.post(f"/change_set/{last}/undo").status_code == 404
    assert story.panel.post("/change_set/999999/undo").status_code == 404
    assert stored(Customer, id=story.theirs.id)[0].tags == "secret"


def test_a_record_that_is_given_away_in_mid_session_is_gone_at_save(story: Story) -> None:
    page = story.panel.get(f"/customer/edit/?id={story.mine.id}&panel=4")
    [mine] = stored(Customer, id=story.mine.id)
    mine.owner = stored(User, id=story.other.id)[0]
    add(mine)
    assert story.panel.send(page, {"tags": "mine"}).status_code == 404


def test_who_sees_everything_but_edits_their_own_reads_why_not(app: Flask) -> None:
    wide = {**OWN, Permission.VIEW: Level.ORGANISATION}
    regrant(EDITOR, {"*": wide, **SET_UP})
    story = Story(app)
    page = story.panel.get(f"/customer/details/?id={story.theirs.id}").text
    assert "edit and delete only your own customers" in page
    assert "/contact/new/" not in page
    assert "/contact/edit/" not in page
    assert story.panel.get(f"/customer/edit/?id={story.theirs.id}").status_code == 403
    assert story.panel.get(f"/contact/new/?customer={story.theirs.id}").status_code == 403
    keys = [str(story.mine.id), str(story.theirs.id)]
    asked = story.panel.post("/customer/action/", {"action": "delete", "rowid": keys})
    assert "These stay:" in asked.text
    story.panel.send(asked)
    assert [row.name for row in stored(Customer)] == ["Theirs Srl"]
