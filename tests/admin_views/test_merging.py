"""Two people edit one record: nobody's work is lost, and nobody's is overwritten unseen."""

from __future__ import annotations

import re
from html import unescape

import pytest
from flask import Flask
from sqlalchemy import event, func, select, update
from sqlalchemy.orm import Session

from models.base import db
from models.contact import Contact
from models.customer import Customer
from models.group import CustomerGroup
from models.history import ChangeSet
from models.note import Note
from models.permissions import Level, Permission
from tests.admin_views.test_forms import errors, values
from tests.panel import Panel, add, company, contact, default_group, note_on, stored
from tests.people import add_user

OWN = dict.fromkeys((Permission.VIEW, Permission.CREATE, Permission.EDIT), Level.OWN)
SEE = {Permission.VIEW: Level.ORGANISATION}
DETAILS, LOGIN, ADDRESS, MORE = 0, 1, 2, 4


def clash(page: str) -> tuple[str, str, str]:
    """Return who changed the field and to what, and what was there before."""
    found = re.search(r'class="clash">(.*?)</dl>', page, re.DOTALL)
    assert found, "nothing clashes"
    _, (who, theirs), (_, before) = re.findall(r"<dt>(.*?)</dt><dd>(.*?)</dd>", found[1])
    return unescape(who), unescape(theirs), unescape(before)


class Two:
    """Two people with the same form open."""

    def __init__(self, app: Flask, path: str) -> None:
        self.me, self.other, self.path = Panel(app), Panel(app), path
        self.page = self.me.get(path)

    def both(self, theirs: dict[str, str | None], mine: dict[str, str | None]) -> int:
        """Let the other save first, then me; return what I am answered."""
        assert self.other.fill(self.path, theirs).status_code == 303
        self.answer = self.me.send(self.page, mine)
        return self.answer.status_code


def test_edits_of_different_fields_merge_without_a_word(app: Flask) -> None:
    customer = company(tags="old", employees=1)
    two = Two(app, f"/customer/edit/?id={customer.id}&panel={MORE}")
    assert two.both({"tags": "theirs"}, {"employees": "7"}) == 303
    [row] = stored(Customer)
    assert (row.tags, row.employees) == ("theirs", 7)


def test_edits_of_different_panels_merge_too(app: Flask) -> None:
    customer = company()
    panel, other = Panel(app), Panel(app)
    page = panel.get(f"/customer/edit/?id={customer.id}&panel={ADDRESS}")
    other.fill(f"/customer/edit/?id={customer.id}&panel={MORE}", {"tags": "theirs"})
    assert panel.send(page, {"billing_city": "Rome"}).status_code == 303
    [row] = stored(Customer)
    assert (row.tags, row.billing_city) == ("theirs", "Rome")


def test_the_same_field_changed_by_both_shows_mine_theirs_and_what_was_before(app: Flask) -> None:
    customer = company(tags="old")
    two = Two(app, f"/customer/edit/?id={customer.id}&panel={MORE}")
    assert two.both({"tags": "theirs"}, {"tags": "mine", "employees": "9"}) == 422
    page = two.answer.text
    assert errors(page) == {"tags": "Anna Rossi changed this to “theirs” while you were editing."}
    assert clash(page) == ("Anna Rossi, just now", "theirs", "old")
    assert (values(page)["tags"], values(page)["employees"]) == ("mine", "9")
    assert stored(Customer)[0].tags == "theirs"
    assert two.me.send(two.answer).status_code == 303
    [row] = stored(Customer)
    assert (row.tags, row.employees) == ("mine", 9)


def test_the_same_change_made_by_both_is_no_conflict(app: Flask) -> None:
    customer = company(tags="old")
    two = Two(app, f"/customer/edit/?id={customer.id}&panel={MORE}")
    assert two.both({"tags": "same"}, {"tags": "same", "employees": "2"}) == 303
    assert stored(Customer)[0].employees == 2


def test_a_third_edit_between_the_two_attempts_is_seen_as_well(app: Flask) -> None:
    customer = company(tags="old")
    two = Two(app, f"/customer/edit/?id={customer.id}&panel={MORE}")
    two.both({"tags": "second"}, {"tags": "mine"})
    two.other.fill(two.path, {"tags": "third"})
    again = two.me.send(two.answer)
    assert again.status_code == 422
    assert clash(again.text)[1:] == ("third", "second")


def test_relations_choices_and_countries_are_shown_by_name(app: Flask) -> None:
    gold, silver = add(CustomerGroup(name="Gold"), CustomerGroup(name="Silver"))
    customer = company(group=gold, billing_country="IT", billing_province="MI")
    two = Two(app, f"/customer/edit/?id={customer.id}&panel={DETAILS}")
    bronze = add(CustomerGroup(name="Bronze"))
    assert two.both({"group": str(silver.id)}, {"group": str(bronze.id)}) == 422
    assert clash(two.answer.text)[1:] == ("Silver", "Gold")
    two = Two(app, f"/customer/edit/?id={customer.id}&panel={ADDRESS}")
    assert two.both({"billing_province": "Roma"}, {"billing_province": "Torino"}) == 422
    assert clash(two.answer.text)[1:] == ("Roma", "Milano")
    two = Two(app, f"/customer/edit/?id={customer.id}&panel={MORE}")
    assert two.both({"status": "blocked"}, {"status": "inactive"}) == 422
    assert clash(two.answer.text)[1:] == ("Blocked", "Active")


def test_a_province_left_as_it_was_does_not_clash(app: Flask) -> None:
    customer = company(billing_country="IT", billing_province="MI")
    two = Two(app, f"/customer/edit/?id={customer.id}&panel={ADDRESS}")
    assert two.both({"billing_province": "Roma"}, {"billing_street": "Via Dante 1"}) == 303
    [row] = stored(Customer)
    assert (row.billing_province, row.billing_street) == ("RM", "Via Dante 1")


def test_a_password_set_by_both_is_told_without_showing_any(app: Flask) -> None:
    customer = company(emails=["a@example.com"], can_login=True, password="secret12")
    two = Two(app, f"/customer/edit/?id={customer.id}&panel={LOGIN}")
    assert two.both({"password": "theirs123"}, {"password": "mine12345"}) == 422
    assert "password" in errors(two.answer.text)
    for word in ("argon2", "theirs123", "mine12345"):
        assert word not in two.answer.text


def test_a_password_left_empty_does_not_undo_theirs(app: Flask) -> None:
    customer = company(emails=["a@example.com"], can_login=True, password="secret12")
    before = str(customer.password)
    two = Two(app, f"/customer/edit/?id={customer.id}&panel={LOGIN}")
    assert two.both({"password": "theirs123"}, {}) == 303
    assert str(stored(Customer)[0].password) != before


def test_rows_of_a_grid_are_guarded_alike(app: Flask) -> None:
    customer = company()
    row = contact(customer, notes="old")
    path = f"/contact/edit/?id={row.id}&customer={customer.id}"
    me, other = Panel(app), Panel(app)
    page = me.get(path, fragment=True)
    other.fill(path, {"notes": "theirs", "phone": "+39 02 1234567"}, fragment=True)
    refused = me.send(page, {"notes": "mine"}, fragment=True)
    assert refused.status_code == 422
    assert clash(refused.text)[1:] == ("theirs", "old")
    assert me.send(refused, fragment=True).status_code == 200
    [row] = stored(Contact)
    assert (row.notes, row.phone) == ("mine", "+39 02 1234567")


def test_feeds_are_guarded_alike(app: Flask) -> None:
    customer = company()
    row = note_on(customer, body="old")
    path = f"/note/edit/?id={row.id}&customer={customer.id}"
    me, other = Panel(app), Panel(app)
    page = me.get(path, fragment=True)
    other.fill(path, {"body": "theirs"}, fragment=True)
    refused = me.send(page, {"body": "mine"}, fragment=True)
    assert (refused.status_code, clash(refused.text)[1:]) == (422, ("theirs", "old"))
    assert stored(Note)[0].body == "theirs"


@pytest.mark.parametrize("version", [None, "", "abc", "999", "-1"])
def test_a_form_without_a_version_that_can_be_overwrites_nothing(app: Flask, version: str | None) -> None:
    customer = company(tags="old")
    two = Two(app, f"/customer/edit/?id={customer.id}&panel={MORE}")
    assert two.both({"tags": "theirs"}, {"tags": "mine", "version": version}) == 422
    assert stored(Customer)[0].tags == "theirs"


def test_nothing_is_written_when_nothing_was_changed(app: Flask) -> None:
    customer = company(emails=["a@example.com"], billing_country="IT", billing_province="MI", employees=3)
    panel = Panel(app)
    before = db.session.connection().scalar(select(func.max(ChangeSet.id)))
    for number in range(5):
        assert panel.fill(f"/customer/edit/?id={customer.id}&panel={number}").status_code == 303
    assert db.session.connection().scalar(select(func.max(ChangeSet.id))) == before
    assert stored(Customer)[0].version == 1


@pytest.mark.databases("postgresql")
def test_an_edit_in_the_very_moment_between_reading_and_writing_merges(app: Flask) -> None:
    customer = company(tags="old")
    panel = Panel(app)
    page = panel.get(f"/customer/edit/?id={customer.id}&panel={MORE}")
    raced: list[int] = []

    def race(session: Session, context: object, instances: object) -> None:
        if not raced and any(isinstance(row, Customer) for row in session.dirty):
            raced.append(1)
            faster = update(Customer).values(billing_city="Rome", version=Customer.version + 1)
            session.connection().execute(faster)

    event.listen(Session, "before_flush", race)
    try:
        answer = panel.send(page, {"tags": "mine"})
    finally:
        event.remove(Session, "before_flush", race)
    assert raced
    assert answer.status_code == 303
    assert stored(Customer)[0].tags == "mine"


def test_what_was_typed_into_a_record_that_others_deleted_is_shown_and_saved_once_it_is_back(app: Flask) -> None:
    customer = company()
    me, other = Panel(app), Panel(app)
    page = me.get(f"/customer/edit/?id={customer.id}&panel={MORE}")
    other.fill(f"/customer/delete/?id={customer.id}")
    answer = me.send(page, {"tags": "mine"})
    assert answer.status_code == 404
    assert "Anna Rossi deleted “Aurora Srl”, just now." in answer.text
    assert "<dt>Tags</dt><dd>mine</dd>" in answer.text
    assert me.send(answer).status_code == 303
    assert [row.tags for row in stored(Customer)] == ["mine"]


def test_what_was_typed_for_a_parent_that_others_deleted_is_shown_and_saved_once_it_is_back(app: Flask) -> None:
    customer = company()
    me, other = Panel(app), Panel(app)
    page = me.get(f"/note/new/?customer={customer.id}")
    other.fill(f"/customer/delete/?id={customer.id}")
    answer = me.send(page, {"body": "A long story."})
    assert "<dd>A long story.</dd>" in answer.text
    assert me.send(answer).status_code == 303
    assert [note.body for note in stored(Note)] == ["A long story."]


def test_who_may_not_know_of_a_deletion_is_shown_what_they_typed_and_nothing_else(app: Flask) -> None:
    default_group()
    other, me = Panel(app), Panel(app, add_user({"customer": OWN, "customer_group": SEE, "channel": SEE}))
    assert (
        me.fill("/customer/new/", {"kind": "private", "first_name": "Marta", "last_name": "Bianchi"}).status_code == 303
    )
    [customer] = stored(Customer)
    page = me.get(f"/customer/edit/?id={customer.id}&panel={MORE}")
    other.fill(f"/customer/delete/?id={customer.id}")
    answer = me.send(page, {"tags": "mine"})
    assert (answer.status_code, "<dd>mine</dd>" in answer.text, "Anna Rossi deleted" in answer.text) == (
        404,
        True,
        False,
    )


def test_without_a_script_theirs_is_taken_by_a_button_and_the_rest_stays_as_typed(app: Flask) -> None:
    customer = company(tags="old", employees=1, website="https://old.example")
    two = Two(app, f"/customer/edit/?id={customer.id}&panel={MORE}")
    assert (
        two.both({"tags": "theirs", "employees": "2"}, {"tags": "mine", "employees": "3", "website": "mine.example"})
        == 422
    )
    assert 'name="theirs" value="tags@1"' in two.answer.text
    taken = two.me.send(two.answer, {"theirs": "tags@1"})
    assert taken.status_code == 422
    shown = values(taken.text)
    assert (shown["tags"], shown["employees"], shown["website"]) == ("theirs", "3", "https://mine.example")
    assert clash(taken.text) == ("Anna Rossi, just now", "2", "1")
    assert two.me.send(taken).status_code == 303
    [row] = stored(Customer)
    assert (row.tags, row.employees, row.website) == ("theirs", 3, "https://mine.example")


def test_in_two_windows_of_ones_own_it_is_oneself_who_did_it(app: Flask) -> None:
    customer = company(tags="old")
    two = Two(app, f"/customer/edit/?id={customer.id}&panel={MORE}")
    two.other = two.me
    assert two.both({"tags": "first"}, {"tags": "second"}) == 422
    assert errors(two.answer.text) == {"tags": "You changed this to “first” in another window."}
    assert clash(two.answer.text) == ("Other window, just now", "first", "old")
