"""What was decided answers why: of one's own decisions to everybody, of others' to those who may view roles."""

from __future__ import annotations

from typing import Any

import pytest
from flask import Flask

from models.base import db
from models.gate import set_actor
from models.permissions import EVERYTHING, SYSTEM, Level, Permission
from models.rights import Access
from models.role import RoleField
from models.unit import BusinessUnit
from models.user import User, UserRole
from tests.admin_views.test_hostile_requests import VALUES, assert_survives
from tests.panel import Panel, add, company, contact, stored
from tests.people import EDITOR, VIEWER, add_user, new_role

SEE = {Permission.VIEW: Level.ORGANISATION}
OWN = dict.fromkeys(Permission, Level.OWN)
SELLER = {"customer": {**OWN, **SEE}, "customer_group": SEE, "user": SEE}


class Story:
    """Anna and Bert sell, in the north and in Salerno below the south; each has a customer; Carla heads the south."""

    def __init__(self, app: Flask) -> None:
        self.admin = Panel(app)
        self.north, self.south = add(BusinessUnit(name="North"), BusinessUnit(name="South"))
        self.salerno = add(BusinessUnit(name="Salerno", above=self.south))
        division = {"customer": dict.fromkeys(Permission, Level.DIVISION), "user": SEE, "business_unit": SEE}
        self.anna = add_user({**SELLER, "business_unit": SEE}, self.north, name="Anna")
        self.bert = add_user(SELLER, self.salerno, name="Bert")
        self.carla = add_user(division, self.south, name="Carla")
        self.annas, self.berts = company("Annas Srl", owner=self.anna), company("Berts Srl", owner=self.bert)


@pytest.fixture
def story(app: Flask) -> Story:
    return Story(app)


def why(panel: Panel, row: Any, may: str = "edit", **more: int) -> str:
    query = "".join(f"&{key}={value}" for key, value in more.items())
    answer = panel.get(f"/{row.__tablename__}/why/?id={row.id}&may={may}{query}")
    assert answer.status_code == 200
    return " ".join(answer.text.split())


def test_a_button_that_cannot_be_pressed_answers_why(app: Flask, story: Story) -> None:
    panel = Panel(app, story.anna)
    page = panel.get(f"/customer/details/?id={story.berts.id}").text
    assert f'href="/customer/why/?id={story.berts.id}&amp;may=edit"' in page
    page = why(panel, story.berts)
    for words in ("You may not edit “Berts Srl”", "your own", "Bert <span", "out of reach"):
        assert words in page
    for words in ("Rule", "counts", "Salerno"):  # nothing is inherited, there is one role, and units do not matter
        assert words not in page


LEVELS = {
    Level.OWN: "only your own customers.",
    Level.UNIT: "only customers of your business units.",
    Level.DIVISION: "only customers of your business units and those below.",
}


@pytest.mark.parametrize("level", LEVELS)
def test_one_reason_for_which_a_record_is_neither_edited_nor_deleted_is_said_once(
    app: Flask, story: Story, level: Level
) -> None:
    dora = add_user({"customer": {**dict.fromkeys(Permission, level), **SEE}}, story.north)
    page = Panel(app, dora).get(f"/customer/details/?id={story.berts.id}").text
    assert f"may edit and delete {LEVELS[level]}" in page
    assert (page.count("Why?"), page.count("disabled>")) == (1, 2)


def test_two_reasons_stand_at_their_buttons(app: Flask, story: Story) -> None:
    dora = add_user({"customer": {**OWN, **SEE, Permission.DELETE: Level.UNIT}}, story.north)
    page = Panel(app, dora).get(f"/customer/details/?id={story.berts.id}").text
    assert "may edit only your own customers" in page
    assert "may delete only customers of your business units" in page
    for may in ("edit", "delete"):
        assert f'href="/customer/why/?id={story.berts.id}&amp;may={may}"' in page


def test_of_several_roles_the_one_that_counts_is_marked(app: Flask, story: Story) -> None:
    set_actor(db.session, SYSTEM)
    add(UserRole(user=story.anna, role=new_role({"customer": EVERYTHING}, "Boss")))
    page = why(Panel(app, story.anna), story.berts)
    assert "Boss: everybody&#39;s <span" in page
    assert page.count("counts") == 1


def test_a_panel_that_is_closed_says_of_which_role_and_of_what(app: Flask, story: Story) -> None:
    answer = Panel(app, story.anna).get("/role/")
    role = stored(User, id=story.anna.id)[0].roles[0].role.name
    assert answer.status_code == 403
    assert f"Your role ({role}) may not view roles. An administrator can change that." in answer.text


def test_what_one_may_do_is_explained_as_well(app: Flask, story: Story) -> None:
    page = why(Panel(app, story.anna), story.annas)
    assert "You may edit “Annas Srl”" in page
    assert "you <span" in page
    assert "within reach" in page


def test_a_unit_below_ones_own_is_named_with_it(app: Flask, story: Story) -> None:
    page = why(Panel(app, story.carla), story.berts, "delete")
    assert "You may delete “Berts Srl”" in page
    assert "those of your business units and the ones below" in page
    assert "Bert, in Salerno below South" in page


def test_a_unit_that_one_shares_is_named(app: Flask, story: Story) -> None:
    dora = add_user({"customer": dict.fromkeys(Permission, Level.UNIT), "business_unit": SEE}, story.salerno)
    page = why(Panel(app, dora), story.berts)
    assert "those of your business units" in page
    assert "somebody else, also in Salerno" not in page  # who may not see users is told of none, nor of their units
    grants = {"customer": dict.fromkeys(Permission, Level.UNIT), "user": SEE, "business_unit": SEE}
    dora = add_user(grants, story.salerno)
    assert "Bert, also in Salerno" in why(Panel(app, dora), story.berts)


def test_whoever_may_not_see_users_is_not_told_their_names(app: Flask, story: Story) -> None:
    page = why(Panel(app, add_user({"customer": {**OWN, **SEE}})), story.berts)
    assert "somebody else" in page
    assert "Bert<" not in page
    assert "Salerno" not in page


def test_a_child_says_that_it_follows_its_parent(app: Flask, story: Story) -> None:
    page = why(Panel(app, story.anna), contact(story.berts, "Marta"))
    assert "You may not edit “Marta”" in page
    assert "Follows its customer&#39;s rights." in page


def test_rows_without_owners_say_so(app: Flask, story: Story) -> None:
    page = why(Panel(app, story.anna), story.annas.group)
    assert "You may not edit" in page
    assert "have no owners" in page
    assert "Roles </dt>" not in page
    assert "none" in page


def test_a_guarded_field_says_which_role_opens_it(app: Flask, story: Story) -> None:
    panel = Panel(app, story.anna)
    assert "No role opens it." in why(panel, story.annas)
    set_actor(db.session, SYSTEM)
    [membership] = stored(User, id=story.anna.id)[0].roles
    role = membership.role
    add(RoleField(role=role, field="customer.rating", access=Access.VIEW))
    page = why(panel, story.annas)
    assert "<dt>Rating</dt>" in page
    assert f"may be viewed ({role.name})" in page
    assert "Rating" not in why(panel, story.annas, "delete")


def test_the_explanation_is_a_page_and_a_part_of_one(app: Flask, story: Story) -> None:
    panel = Panel(app, story.anna)
    path = f"/customer/why/?id={story.berts.id}&may=edit"
    page, part = panel.get(path).text, panel.get(path, fragment=True).text
    assert "<h1 id" in page
    assert "<!doctype" not in part
    assert "<h2 id" in part


@pytest.mark.parametrize("query", ["", "may=", "may=fly", "may=export", "may=edit&user=x", "may=edit&user=999999"])
def test_what_makes_no_sense_is_not_found(story: Story, query: str) -> None:
    assert story.admin.get(f"/customer/why/?id={story.annas.id}&{query}").status_code == 404
    for page in ("why", "access"):
        assert story.admin.get(f"/customer/{page}/?id=999999&may=edit").status_code == 404


def test_access_shows_everybody_with_every_decision(app: Flask, story: Story) -> None:
    page = story.admin.get(f"/customer/access/?id={story.berts.id}")
    assert page.status_code == 200
    words = " ".join(page.text.split())
    assert "Choose a sign to read why." in words
    assert "Rule" not in words
    assert "Bert, in Salerno" in words
    for sentence in (
        "Anna may view “Berts Srl”", "Anna may not edit “Berts Srl”", "Bert may delete “Berts Srl”",
        "Carla may assign “Berts Srl”",
    ):  # fmt: skip
        assert f'aria-label="{sentence}. Why?"' in words


def test_only_what_has_an_owner_of_its_own_is_assigned(app: Flask, story: Story) -> None:
    page = story.admin.get(f"/contact/access/?id={contact(story.berts, 'Marta').id}").text
    assert "Follows its customer&#39;s rights." in page
    assert "may delete “Marta”" in page
    assert "assign" not in page.partition("<main")[2]  # the menu has tasks by whom they are assigned to


def test_who_may_assign_but_not_edit_is_told_that_both_are_needed(app: Flask, story: Story) -> None:
    edith = add_user({"customer": {**OWN, **SEE, Permission.ASSIGN: Level.UNIT}}, story.salerno, name="Edith")
    page = why(story.admin, story.berts, "assign", user=edith.id)
    for words in ("Edith may not assign “Berts Srl”", "Bert, also in Salerno", "Also needed", "Edith may not edit"):
        assert words in page
    assert "Also needed" not in why(story.admin, story.berts, "edit", user=edith.id)


def test_a_missing_row_is_explained_by_those_who_see_it(app: Flask, story: Story) -> None:
    hidden = add_user({"customer": OWN}, story.north, name="Dora")
    assert Panel(app, hidden).get(f"/customer/details/?id={story.berts.id}").status_code == 404
    page = story.admin.get(f"/customer/access/?id={story.berts.id}").text
    way = f"/customer/why/?id={story.berts.id}&amp;may=view&amp;user={hidden.id}"
    assert way in page
    page = why(story.admin, story.berts, "view", user=hidden.id)
    for words in ("Dora may not view “Berts Srl”", "their own", "Bert <span", "out of reach"):
        assert words in page


def test_who_is_not_active_is_left_out(app: Flask, story: Story) -> None:
    add_user(VIEWER, name="Erwin", active=False)
    assert "Erwin" not in story.admin.get(f"/customer/access/?id={story.annas.id}").text


def test_many_people_are_shown_page_by_page(app: Flask, story: Story) -> None:
    for number in range(25):
        add_user(VIEWER, name=f"Person {number:02}")
    path = f"/customer/access/?id={story.annas.id}"
    first, second = story.admin.get(path).text, story.admin.get(f"{path}&page=2").text
    assert "Person 05" in first
    assert "Person 24" not in first
    assert "Person 24" in second
    assert "Anna may" not in second
    assert "Person 24" in story.admin.get(f"{path}&page=99").text  # there is no such page, so the last one is shown


def test_those_alone_who_may_view_roles_are_told_of_others(app: Flask, story: Story) -> None:
    anna, viewer = Panel(app, story.anna), Panel(app, VIEWER)
    record, path = f"/customer/details/?id={story.annas.id}", f"/customer/access/?id={story.annas.id}"
    assert "Who may do this?" in viewer.get(record).text
    assert viewer.get(path).status_code == 200
    assert "Who may do this?" not in anna.get(record).text
    for refused in (path, f"/customer/why/?id={story.annas.id}&may=edit&user={story.bert.id}"):
        answer = anna.get(refused)
        assert answer.status_code == 403
        assert "Only those who may view roles" in answer.text
    half = add_user({"*": SEE, "role": {Permission.VIEW: Level.OWN}})
    assert Panel(app, half).get(path).status_code == 403


def test_access_to_a_hidden_record_is_not_found_even_by_those_who_may_ask(app: Flask, story: Story) -> None:
    panel = Panel(app, add_user({"customer": OWN, "role": SEE, "user": SEE}))
    for page in ("access/?", "why/?may=view&", f"why/?may=view&user={story.anna.id}&"):
        assert panel.get(f"/customer/{page}id={story.annas.id}").status_code == 404


@pytest.mark.quick(database=["postgresql"])  # which is the stricter one: it refuses more values
def test_addresses_of_explanations_survive_any_value(app: Flask, story: Story) -> None:
    for value in VALUES:
        query = f"id={story.annas.id}&may=edit&user={value}&page={value}"
        for path in ("why/", "access/"):
            assert_survives(story.admin, f"/customer/{path}", query)
            assert_survives(story.admin, f"/customer/{path}", f"id={value}&may={value}")


def test_explanations_are_only_read(app: Flask, story: Story) -> None:
    assert Panel(app, EDITOR).post(f"/customer/why/?id={story.annas.id}&may=edit").status_code == 405
