"""Roles as tables, roles of users as boxes, copies of both: forms as people send them, without a browser."""

from __future__ import annotations

import re
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from models.base import db
from models.gate import set_actor
from models.history import READING, ChangeSet
from models.permissions import SYSTEM, Grants, Level, Permission
from models.rights import Access
from models.role import Role, RoleField, RoleGrant
from models.unit import BusinessUnit
from models.user import User, UserRole, UserUnit
from tests.admin_views.test_forms import errors
from tests.panel import Forms, Panel, add, company, statements, stored
from tests.people import ADMINISTRATOR, EDITOR, VIEWER, add_user, new_role, shipped_role

ALL: Grants = dict.fromkeys(Permission, Level.ORGANISATION)
SEE: Grants = {Permission.VIEW: Level.ORGANISATION}
STAFF: dict[str, Grants] = {"user": ALL, "role": ALL, "business_unit": SEE}
RULING = (
    "account", "api_token", "business_unit", "channel", "company", "customer", "customer_group", "exchange_rate",
    "message_template", "role", "user", "vat_rate",
)  # fmt: skip


@pytest.fixture(autouse=True)
def _begin(app: Flask) -> None:
    set_actor(db.session, SYSTEM)


def line(entity: str, rule: str = "each", **levels: str) -> dict[str, str]:
    """Return a line of the table as it is typed."""
    cells = {f"grants-{entity}-{key}": level for key, level in levels.items()}
    return {f"grants-{entity}-rule": rule, **cells}


def granted(name: str) -> dict[str, dict[str, str]]:
    """Return what a role grants by entity, leaving out what it does not."""
    [role] = stored(Role, name=name)
    return {
        row.entity: {each.value: level.value for each, level in row.levels.items() if level}
        for row in stored(RoleGrant, role_id=role.id)
    }


def role(name: str, grants: dict[str, Grants], **values: Any) -> Role:
    found = new_role(grants, name)
    for key, value in values.items():
        setattr(found, key, value)
    return add(found)  # type: ignore[no-any-return]


def edit(of: Any) -> str:
    return f"/{of.__tablename__}/edit/?id={of.id}"


# The table.


def test_a_role_is_made_with_its_rights_in_one_form(app: Flask) -> None:
    rights = {**line("customer", view="organisation", edit="own"), **line("account", view="unit")}
    answer = Panel(app).fill("/role/new/", {"name": "Clerk", **rights, "fields-customer-rating-access": "view"})
    assert answer.status_code == 303
    assert granted("Clerk") == {"customer": {"view": "organisation", "edit": "own"}, "account": {"view": "unit"}}
    assert [(row.field, row.access) for row in stored(RoleField)][-1] == ("customer.rating", Access.VIEW)


def test_every_entity_that_rules_has_a_line_and_what_belongs_to_it_has_none(app: Flask) -> None:
    page = Panel(app).get("/role/new/").text
    lines = re.findall(r'name="grants-(\w+)-rule"', page)
    assert sorted(lines) == sorted([*RULING, "rest"])
    assert lines[-1] == "rest"
    labels = re.findall(r'aria-label="(Customers: [^"]+)"', page)
    columns = ("View", "Create", "Edit", "Delete", "Assign", "Export", "Import")
    assert labels[: len(columns)] == [f"Customers: {each}" for each in columns]


def test_only_levels_that_make_sense_are_offered(app: Flask) -> None:
    page = Panel(app).get("/role/new/").text
    every, whole = ["none", "own", "unit", "division", "organisation"], ["none", "organisation"]
    assert offered(page, "grants-customer-edit") == every
    assert offered(page, "grants-customer-assign") == every
    assert offered(page, "grants-rest-assign") == every
    assert offered(page, "grants-user-edit") == every
    assert offered(page, "grants-user-create") == whole  # who is new is in nobody's unit
    assert offered(page, "grants-channel-edit") == whole
    assert offered(page, "grants-channel-assign") == []
    assert offered(page, "grants-user-assign") == []


def offered(page: str, name: str) -> list[str]:
    select = re.search(rf'name="{name}">(.*?)</select>', page, re.DOTALL)
    return re.findall(r'value="(\w*)"', select[1]) if select else []


def test_a_level_that_is_not_offered_is_refused_beside_its_line(app: Flask) -> None:
    page = Panel(app).fill("/role/new/", {"name": "Clerk", **line("channel", edit="own")})
    assert page.status_code == 422
    assert "Choose one of the values on the list." in page.text
    assert not stored(Role, name="Clerk")


def test_a_line_that_says_nothing_is_not_stored(app: Flask) -> None:
    Panel(app).fill("/role/new/", {"name": "Clerk", **line("customer"), **line("account", "none")})
    assert granted("Clerk") == {}


def test_a_line_that_says_nothing_is_stored_where_everything_else_is_granted(app: Flask) -> None:
    """Otherwise it would be granted, too."""
    typed = {"name": "Clerk", **line("rest", view="organisation"), **line("user", "none"), **line("role", "")}
    Panel(app).fill("/role/new/", typed)
    assert granted("Clerk") == {"*": {"view": "organisation"}, "user": {}}
    [clerk] = stored(Role, name="Clerk")
    assert Panel(app).fill(edit(clerk), {}).status_code == 303
    assert granted("Clerk") == {"*": {"view": "organisation"}, "user": {}}


def test_a_whole_line_takes_one_level_where_it_is_offered(app: Flask) -> None:
    Panel(app).fill("/role/new/", {"name": "Clerk", **line("customer", "unit", view="own"), **line("user", "unit")})
    assert granted("Clerk") == {
        "customer": dict.fromkeys((each.value for each in Permission), "unit"),
        "user": dict.fromkeys(("view", "edit", "delete", "export"), "unit"),
    }


def test_a_line_goes_back_to_what_everything_else_is(app: Flask) -> None:
    clerk = role("Clerk", {"customer": ALL, "account": SEE})
    assert Panel(app).fill(edit(clerk), line("customer", "")).status_code == 303
    assert granted("Clerk") == {"account": {"view": "organisation"}}


def test_a_role_that_is_sent_untouched_stays_as_it_is(app: Flask) -> None:
    clerk = role("Clerk", {"*": SEE, "customer": ALL, "user": {}})
    before = [(row.id, row.version) for row in stored(RoleGrant)]
    assert Panel(app).fill(edit(clerk)).status_code == 303
    assert [(row.id, row.version) for row in stored(RoleGrant)] == before


def test_a_rule_that_does_not_exist_is_refused(app: Flask) -> None:
    page = Panel(app).fill("/role/new/", {"name": "Clerk", **line("customer", "sudo")})
    assert page.status_code == 422


def test_two_people_change_different_lines_of_a_role(app: Flask) -> None:
    clerk = role("Clerk", {"customer": SEE})
    me, other = Panel(app), Panel(app)
    page = me.get(edit(clerk))
    assert other.fill(edit(clerk), line("account", view="own")).status_code == 303
    assert me.send(page, line("customer", view="unit")).status_code == 303
    assert granted("Clerk") == {"customer": {"view": "unit"}, "account": {"view": "own"}}


def test_two_people_change_the_same_line_and_the_second_sees_what_the_first_did(app: Flask) -> None:
    clerk = role("Clerk", {"customer": SEE})
    me, other = Panel(app), Panel(app)
    page = me.get(edit(clerk))
    other.fill(edit(clerk), line("customer", view="own", edit="own"))
    refused = me.send(page, {**line("customer", view="unit"), "name": "Typist"})
    assert refused.status_code == 422
    assert "Anna Rossi changed this to: View: Own, Edit: Own. Before: " in refused.text
    assert Forms(refused.text).only.values["grants-customer-view"] == "unit"
    assert me.send(refused).status_code == 303
    assert granted("Typist")["customer"]["view"] == "unit"


def test_the_role_that_may_do_everything_has_no_table(app: Flask) -> None:
    panel = Panel(app)
    administrator = add(shipped_role(ADMINISTRATOR))
    for page in ("details", "edit"):
        text = panel.get(f"/role/{page}/?id={administrator.id}").text
        assert "This role may do everything." in text
        assert 'class="matrix' not in text
    forged = {"name": "Root", "grants-present": "1", **line("customer", view="own")}
    assert panel.fill(edit(administrator), forged).status_code == 303
    assert granted("Root") == {}


def test_a_record_shows_what_holds_and_from_where(app: Flask) -> None:
    clerk = role("Clerk", {"*": SEE, "customer": {Permission.EDIT: Level.DIVISION}})
    page = Panel(app).get(f"/role/details/?id={clerk.id}").text
    table = page.partition("</table>")[0]
    rows = dict(re.findall(r'<th scope="row">(\w+).*?</th>(.*?)</tr>', table, re.DOTALL))
    assert "Division" in rows["Customers"]
    assert "Organisation" not in rows["Customers"]
    assert "Organisation" in rows["Channels"]
    assert page.count("like everything else") == len(RULING) - 1


def test_what_the_levels_mean_is_said_above_the_table(app: Flask) -> None:
    clerk, panel = role("Clerk", {}), Panel(app)
    for path in (edit(clerk), f"/role/details/?id={clerk.id}"):
        page = panel.get(path).text
        assert page.count("Own: what they own. Unit: what members of their business units own.") == 1


def test_what_is_not_granted_is_called_none(app: Flask) -> None:
    page = Panel(app).get("/role/new/").text
    assert page.count(' value="none">none</option>') > len(RULING)
    assert "–</option>" not in page
    assert ">one by one</option>" in page
    assert ">like everything else</option>" in page


# Copies.


def test_a_role_is_duplicated_with_its_rights(app: Flask) -> None:
    clerk = role("Clerk", {"*": SEE, "user": {}, "customer": ALL}, description="Writes.")
    panel = Panel(app)
    assert f"/role/duplicate/?id={clerk.id}" in panel.get(f"/role/details/?id={clerk.id}").text
    page = panel.get(f"/role/duplicate/?id={clerk.id}")
    assert Forms(page.text).only.values["name"] == "Copy of Clerk"
    assert not stored(Role, name="Copy of Clerk")
    assert panel.send(page, line("customer", "")).status_code == 303
    copy = granted("Copy of Clerk")
    assert copy == {"*": {"view": "organisation"}, "user": {}}
    assert stored(Role, name="Copy of Clerk")[0].description == "Writes."
    assert granted("Clerk")["customer"] == {each.value: "organisation" for each in Permission}


def test_a_copy_that_is_refused_keeps_what_was_typed(app: Flask) -> None:
    clerk = role("Clerk", {"customer": SEE})
    panel = Panel(app)
    page = panel.fill(f"/role/duplicate/?id={clerk.id}", {"name": "Clerk", **line("account", view="own")})
    assert page.status_code == 422
    assert Forms(page.text).only.values["grants-account-view"] == "own"
    assert panel.send(page, {"name": "Typist"}).status_code == 303
    assert granted("Typist") == {"customer": {"view": "organisation"}, "account": {"view": "own"}}


def test_only_who_may_create_duplicates_and_only_what_is_offered(app: Flask) -> None:
    clerk, customer = role("Clerk", {}), company()
    reader, panel = Panel(app, add_user(VIEWER)), Panel(app)
    assert "Duplicate" not in reader.get(f"/role/details/?id={clerk.id}").text
    assert reader.get(f"/role/duplicate/?id={clerk.id}").status_code == 403
    assert reader.post(f"/role/duplicate/?id={clerk.id}", {"name": "x"}).status_code == 403
    assert panel.get(f"/customer/duplicate/?id={customer.id}").status_code == 404
    assert panel.get("/role/duplicate/?id=99999").status_code == 404


# Roles and units of users.


def test_roles_and_units_are_ticked_and_unticked(app: Flask) -> None:
    clerk, typist, north = role("Clerk", {}), role("Typist", {}), add(BusinessUnit(name="North"))
    user = add_user(VIEWER)
    panel = Panel(app)
    page = panel.get(edit(user))
    assert Forms(page.text).only.values.getlist("roles") == [str(user.roles[0].role.id)]
    ticked = [str(clerk.id), str(typist.id)]
    assert panel.send(page, {"roles": ticked, "units": [str(north.id)]}).status_code == 303
    assert {row.role.name for row in stored(UserRole, user_id=user.id)} == {"Clerk", "Typist"}
    assert [row.unit.name for row in stored(UserUnit, user_id=user.id)] == ["North"]
    record = panel.get(f"/user/details/?id={user.id}").text
    assert f'<a href="/role/details/?id={clerk.id}">Clerk</a>, ' in record
    assert panel.fill(edit(user), {"roles": None, "units": None}).status_code == 303
    assert not stored(UserRole, user_id=user.id)


def test_two_people_tick_different_roles(app: Flask) -> None:
    clerk, typist, user = role("Clerk", {}), role("Typist", {}), add_user(VIEWER)
    viewer = str(user.roles[0].role.id)
    me, other = Panel(app), Panel(app)
    page = me.get(edit(user))
    other.fill(edit(user), {"roles": [viewer, str(typist.id)]})
    assert me.send(page, {"roles": [str(clerk.id)]}).status_code == 303
    assert {row.role.name for row in stored(UserRole, user_id=user.id)} == {"Clerk", "Typist"}


def test_a_role_that_is_not_there_is_refused_beside_the_boxes(app: Flask) -> None:
    user = add_user(VIEWER)
    page = Panel(app).fill(edit(user), {"roles": ["99999"]})
    assert errors(page.text)["roles"] == "This does not exist, or is not yours to use."


def test_many_roles_are_picked_rather_than_ticked(app: Flask) -> None:
    roles = [role(f"Role {number:02}", {}) for number in range(21)]
    user, panel = add_user(VIEWER), Panel(app)
    page = panel.get(edit(user))
    assert 'multiple data-lookup="/user/ajax/lookup/?name=roles.role"' in page.text
    assert '"Role 07"' in panel.get("/user/ajax/lookup/?name=roles.role&query=Role 07").text
    assert panel.send(page, {"roles": [str(roles[3].id), "Role 05"]}).status_code == 303
    assert [row.role.name for row in stored(UserRole, user_id=user.id)] == ["Role 03", "Role 05"]
    assert "Nothing called “Rol” was found." in panel.fill(edit(user), {"roles": ["Rol"]}).text


def test_roles_that_one_does_not_see_stay(app: Flask) -> None:
    user = add_user({})
    me = add_user({"user": ALL})
    assert Panel(app, me).fill(edit(user), {"name": "Renamed"}).status_code == 303
    assert len(stored(UserRole, user_id=user.id)) == 1


def test_a_role_in_use_is_not_deleted_and_says_by_how_many(app: Flask) -> None:
    clerk, panel = role("Clerk", {}), Panel(app)
    for user in (add_user({}), add_user({})):
        panel.fill(edit(user), {"roles": [str(clerk.id)]})
    page = panel.get(f"/role/delete/?id={clerk.id}")
    assert "It is the role of 2 users." in page.text
    panel.post(f"/role/delete/?id={clerk.id}", {"confirmed": "1"})
    assert stored(Role, name="Clerk")


# What nobody may do is said in the form, with everything typed.


def test_a_level_above_ones_own_is_refused_in_its_line(app: Flask) -> None:
    me = Panel(app, add_user(STAFF | {"customer": SEE}))
    page = me.fill("/role/new/", {"name": "Clerk", **line("customer", view="organisation", edit="own")})
    assert page.status_code == 422
    assert "You cannot give rights that you do not have yourself: edit customers." in page.text
    assert "<h1>New role</h1>" in page.text
    form = Forms(page.text).only
    assert (form.values["name"], form.values["grants-customer-edit"]) == ("Clerk", "own")
    assert 'aria-label="Customers: Edit" aria-describedby="grants-customer-error"' in spaced(page.text)
    assert me.send(page, {"grants-customer-edit": "none"}).status_code == 303
    assert granted("Clerk") == {"customer": {"view": "organisation"}}


def spaced(text: str) -> str:
    """Return the attributes of a refused cell in one order."""
    return re.sub(r'aria-describedby="([\w-]+)" aria-invalid="true" aria-label="([^"]+)"',
                  r'aria-label="\2" aria-describedby="\1"', text)  # fmt: skip


def test_a_field_that_is_not_open_to_oneself_is_refused_in_its_line(app: Flask) -> None:
    me = Panel(app, add_user(STAFF))
    page = me.fill("/role/new/", {"name": "Clerk", "fields-customer-rating-access": "view"})
    assert "You cannot open a field that is not open to you: Rating." in page.text


@pytest.mark.parametrize("name", [ADMINISTRATOR, EDITOR])
def test_a_role_with_more_is_refused_beside_the_boxes(app: Flask, name: str) -> None:
    add(shipped_role(name))
    me, user = Panel(app, add_user(STAFF)), add_user({})
    typed = {"roles": [str(stored(Role, name=name)[0].id)], "name": "Renamed"}
    page = me.fill(edit(user), typed)
    assert page.status_code == 422
    assert "yourself" in errors(page.text)["roles"]
    assert Forms(page.text).only.values["name"] == "Renamed"


def test_ones_own_roles_units_and_activity_are_refused_beside_their_fields(app: Flask) -> None:
    north, user = add(BusinessUnit(name="North")), add_user({**STAFF, "user": ALL})
    clerk, me = role("Clerk", {}), Panel(app, user)
    for typed in ({"roles": [str(clerk.id)]}, {"units": [str(north.id)]}, {"active": None}):
        page = me.fill(edit(user), {"name": "Renamed", **typed})
        assert page.status_code == 422
        assert "Nobody changes their own" in errors(page.text)[next(iter(typed))]
    assert me.fill(edit(user), {"name": "Renamed"}).status_code == 303


def test_the_account_of_an_administrator_is_refused_beside_what_was_typed(app: Flask) -> None:
    boss, me = add_user(), Panel(app, add_user(STAFF))
    for typed in ({"email": "mine@example.com"}, {"password": "grey lantern over ten rivers"}, {"active": None}):
        page = me.fill(edit(boss), typed)
        assert page.status_code == 422
        assert "only an administrator may change this account" in errors(page.text)[next(iter(typed))]
    assert stored(User, id=boss.id)[0].active


def test_several_are_deactivated_together_or_not_at_all(app: Flask) -> None:
    boss, clerk, me = add_user(), add_user({}), Panel(app, add_user(STAFF))
    keys = [str(boss.id), str(clerk.id)]
    answer = me.post("/user/action/", {"action": "deactivate", "rowid": keys, "confirmed": "1"})
    assert "only an administrator may change this account" in me.get(answer.location).text
    assert all(stored(User, id=int(key))[0].active for key in keys)
    me.post("/user/action/", {"action": "deactivate", "rowid": keys[1:], "confirmed": "1"})
    assert not stored(User, id=clerk.id)[0].active


def test_a_user_who_owns_something_is_deactivated_rather_than_deleted(app: Flask) -> None:
    seller, panel = add_user({}), Panel(app)
    company(owner=seller)
    page = panel.get(f"/user/delete/?id={seller.id}").text
    assert "It is the owner of 1 customer. Deactivate them instead" in page
    assert "These stay:" not in page
    path, record = f"/user/deactivate/?id={seller.id}", f"/user/details/?id={seller.id}"
    assert f'href="{path}"' in page
    assert f'hx-get="{path}" hx-target="#dialog"' in panel.get(f"/user/delete/?id={seller.id}", fragment=True).text
    assert f'hx-get="{path}" hx-target="#dialog"' in panel.get(record).text
    asked = panel.get(path)
    assert "They cannot sign in any more, and what they own stays theirs." in asked.text
    assert f'href="{record}" data-close' in asked.text
    assert "Inactive</span>" not in panel.get(record).text
    assert panel.send(asked).location == record
    assert not stored(User, id=seller.id)[0].active
    page = panel.get(record).text
    assert '<span class="pill pill-grey">Inactive</span>' in page
    assert path not in page
    page = panel.get(f"/user/delete/?id={seller.id}").text
    assert "It is the owner of 1 customer." in page
    assert "Deactivate" not in page


def test_who_may_not_deactivate_is_not_told_to_do_so_instead(app: Flask) -> None:
    clerk, reader = add_user({}), Panel(app, add_user({"user": SEE}))
    form = {"action": "deactivate", "rowid": str(clerk.id)}
    assert reader.post("/user/action/", form).status_code == 403
    both = Panel(app, add_user({"user": {Permission.VIEW: Level.ORGANISATION, Permission.EDIT: Level.OWN}}))
    page = both.post("/user/action/", form).text
    assert "This is not possible. Your role" in page
    assert "Deactivate them instead" not in page


def test_nobody_can_sign_in_without_a_password_and_the_form_says_so(app: Flask) -> None:
    page = Panel(app).get("/user/new/").text
    assert "Nobody can sign in without one. It needs at least 15 characters." in page


def test_the_role_of_administrators_stays_and_says_why(app: Flask) -> None:
    panel = Panel(app)
    [administrator] = stored(Role, administrator=True)
    page = panel.get(f"/role/delete/?id={administrator.id}").text
    assert "Somebody must be able to do everything, so this role stays." in page


# The list of users.


def test_the_list_shows_roles_and_units_with_a_statement_for_each(app: Flask) -> None:
    north, panel = add(BusinessUnit(name="North")), Panel(app)
    for number in range(3):
        add_user({}, north, name=f"User {number}")
    page = panel.get("/user/")
    assert page.text.count("North") == 3
    assert page.text.count("<td>Administrator</td>") == 1
    with statements() as few:
        panel.get("/user/")
    for number in range(9):
        add_user({}, north, name=f"More {number}")
    with statements() as many:
        panel.get("/user/")
    assert len(many) == len(few)


def test_roles_are_left_out_for_who_may_not_see_any(app: Flask) -> None:
    north = add(BusinessUnit(name="North"))
    clerk = add_user({}, north)
    reader = Panel(app, add_user({"user": SEE, "business_unit": SEE}))
    page = reader.get("/user/").text
    assert ">Roles</th>" not in page.replace("</a>", "")
    assert "North" in page
    record = reader.get(f"/user/details/?id={clerk.id}").text
    assert "<dt>Roles</dt>" not in record
    assert "Not filled in: Roles" not in record
    assert "North" in record
    assert "<dt>Roles</dt>" in Panel(app).get(f"/user/details/?id={clerk.id}").text


def test_users_are_filtered_by_role_and_unit(app: Flask) -> None:
    north, panel = add(BusinessUnit(name="North")), Panel(app)
    clerk = role("Clerk", {})
    greta, olga = add_user({}, north, name="Greta Lind"), add_user({}, name="Olga Holm")
    panel.fill(edit(olga), {"roles": [str(clerk.id)]})
    assert greta.name in panel.get(f"/user/?f_units={north.id}").text
    for query, there, gone in (
        (f"f_units={north.id}", "Greta Lind", "Olga Holm"),
        (f"f_roles={clerk.id}", "Olga Holm", "Greta Lind"),
        (f"f_roles__not={clerk.id}", "Greta Lind", "Olga Holm"),
        ("f_units__empty=1", "Olga Holm", "Greta Lind"),
    ):
        page = panel.get(f"/user/?{query}").text
        assert f"<b>{there}" in page or f">{there}</a>" in page, query
        assert f">{gone}</a>" not in page, query
    form = panel.get("/user/filter/?field=roles").text
    assert "name=roles.role" in form
    assert "Clerk" in form


def test_the_history_calls_a_role_that_was_given_by_its_name(app: Flask) -> None:
    clerk, user, panel = role("Clerk", {}), add_user({}), Panel(app)
    panel.fill(edit(user), {"roles": [str(clerk.id)]})
    page = panel.get(f"/user/history/?id={user.id}").text
    assert '<span class="quiet">Created Role</span> Clerk<' in page
    assert re.search(r'<span class="quiet">Deleted Role</span> role \d+<', page)


def test_a_history_does_not_name_the_roles_and_units_that_one_does_not_see(app: Flask) -> None:
    clerk, user = role("Clerk", {}), add_user({})
    Panel(app).fill(edit(user), {"roles": [str(clerk.id)]})
    path = f"/user/history/?id={user.id}"
    assert "Clerk" in Panel(app).get(path).text
    blind = Panel(app, add_user({"user": ALL}))
    assert "Clerk" not in blind.get(path).text
    for key in db.session.scalars(select(ChangeSet.id), execution_options=READING).all():
        blind.post(f"/change_set/{key}/undo")
        assert "Clerk" not in blind.get("/user/").text
