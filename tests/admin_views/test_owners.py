"""Owners: whom one may give a record to, and what becomes of the page when it is no longer one's own."""

from __future__ import annotations

import pytest
from flask import Flask

from models.customer import Customer
from models.permissions import EVERYTHING, READING, Level, Permission
from models.rights import Grants
from models.unit import BusinessUnit
from models.user import User
from tests.admin_views.test_forms import RIGHT as COMPLETE
from tests.admin_views.test_forms import errors, values
from tests.panel import Panel, add, company, default_group, stored
from tests.people import add_user

RIGHT = {key: value for key, value in COMPLETE.items() if key != "rating"}  # which a role has to open
OWN = dict.fromkeys(Permission, Level.OWN)
SET_UP = dict.fromkeys(("user", "channel", "customer_group", "business_unit"), READING)
NOT_FOUND = "can no longer be chosen, or is not yours to choose."


def grants(customers: Grants) -> dict[str, Grants]:
    """Return what a role grants that works on customers."""
    return {**SET_UP, "customer": customers, "account": EVERYTHING}


class Office:
    """Two units: Anna and Ben in one below which Cleo works, Dora elsewhere."""

    def __init__(self, app: Flask, customers: Grants) -> None:
        default_group()
        north = BusinessUnit(name="North")
        self.units = add(north, BusinessUnit(name="Oslo", above=north), BusinessUnit(name="South"))
        north, oslo, south = self.units
        self.anna = add_user(grants(customers), north, name="Anna")
        self.ben = add_user({}, north, name="Ben")
        self.cleo = add_user({}, oslo, name="Cleo")
        self.dora = add_user({}, south, name="Dora")
        self.panel = Panel(app, self.anna)

    def offered(self, *, new: bool = False) -> list[str]:
        """Return whom the picker of owners offers."""
        path = f"/customer/ajax/lookup/?name=owner{'&new=1' if new else ''}"
        return [row["label"] for row in self.panel.get(path).json or []]


def wide(**levels: Level) -> Grants:
    """Return everything with other levels for some permissions."""
    return {**EVERYTHING, **{Permission(name): level for name, level in levels.items()}}


@pytest.mark.parametrize(
    ("level", "names"),
    [
        (Level.NONE, []), (Level.OWN, ["Anna"]), (Level.UNIT, ["Anna", "Ben"]),
        (Level.DIVISION, ["Anna", "Ben", "Cleo"]), (Level.ORGANISATION, ["Anna", "Ben", "Cleo", "Dora"]),
    ],
)  # fmt: skip
def test_the_candidates_are_those_whom_the_level_of_assigning_reaches(
    app: Flask, level: Level, names: list[str]
) -> None:
    assert Office(app, wide(assign=level)).offered() == names


def test_who_is_not_active_is_no_candidate_but_stays_the_owner(app: Flask) -> None:
    office = Office(app, EVERYTHING)
    customer = company(owner=office.ben)
    [ben] = stored(User, id=office.ben.id)
    ben.active = False
    add(ben)
    assert office.offered() == ["Anna", "Cleo", "Dora"]
    assert "Ben" in [row["label"] for row in office.panel.get("/customer/ajax/lookup/?name=owner&all=1").json or []]
    page = office.panel.get(f"/customer/edit/?id={customer.id}&panel=0")
    assert f'<option value="{office.ben.id}" selected>Ben</option>' in page.text
    assert office.panel.send(page, {"code": "A-1"}).status_code == 303
    [row] = stored(Customer)
    assert (row.code, row.owner_id) == ("A-1", office.ben.id)


def test_a_new_record_is_its_creators_unless_told_otherwise(app: Flask) -> None:
    office = Office(app, EVERYTHING)
    assert values(office.panel.get("/customer/new/").text)["owner"] == str(office.anna.id)
    office.panel.fill("/customer/new/", RIGHT)
    office.panel.fill("/customer/new/", {**RIGHT, "code": "A-2", "owner": str(office.dora.id)})
    assert [row.owner.name for row in stored(Customer)] == ["Anna", "Dora"]


@pytest.mark.parametrize("level", [Level.NONE, Level.OWN])
def test_who_may_not_give_away_sees_the_owner_as_a_fact(app: Flask, level: Level) -> None:
    office = Office(app, wide(assign=level))
    customer = company(owner=office.anna)
    for path in ("/customer/new/", f"/customer/edit/?id={customer.id}&panel=0"):
        page = office.panel.get(path).text
        assert "owner" not in values(page), path
        assert '<output id="owner"' in page, path
        assert "Anna</output>" in page, path
    assert office.panel.fill("/customer/new/", RIGHT).status_code == 303
    assert {row.owner_id for row in stored(Customer)} == {office.anna.id}


@pytest.mark.parametrize("level", [Level.NONE, Level.OWN, Level.UNIT])
def test_a_forged_owner_is_refused_beside_the_field(app: Flask, level: Level) -> None:
    office = Office(app, wide(assign=level))
    customer = company(owner=office.anna)
    for path, typed in (("/customer/new/", RIGHT), (f"/customer/edit/?id={customer.id}&panel=0", {})):
        answer = office.panel.fill(path, {**typed, "owner": str(office.dora.id)})
        assert answer.status_code == 422
        assert errors(answer.text)["owner"].endswith((NOT_FOUND, "It is not yours to give away."))
    assert [row.owner_id for row in stored(Customer)] == [office.anna.id]


def test_a_new_record_is_given_to_no_one_for_whom_one_may_not_create(app: Flask) -> None:
    office = Office(app, {**OWN, Permission.ASSIGN: Level.UNIT})
    assert office.offered() == ["Anna", "Ben"]
    assert office.offered(new=True) == ["Anna"]
    assert "owner" not in values(office.panel.get("/customer/new/").text)
    wider = Office.__new__(Office)
    wider.anna = add_user(grants(wide(create=Level.UNIT)), office.units[0], name="Eva")
    wider.panel = Panel(app, wider.anna)
    answer = wider.panel.fill("/customer/new/", {**RIGHT, "owner": str(office.dora.id)})
    assert errors(answer.text)["owner"].endswith(NOT_FOUND)


def test_a_record_of_others_is_not_ones_own_to_give_away(app: Flask) -> None:
    office = Office(app, wide(assign=Level.UNIT))
    customer = company(owner=office.dora)
    page = office.panel.get(f"/customer/edit/?id={customer.id}&panel=0").text
    assert "Dora</output>" in page
    answer = office.panel.fill(f"/customer/edit/?id={customer.id}&panel=0", {"owner": str(office.anna.id)})
    assert errors(answer.text) == {"owner": "It is not yours to give away."}
    nobodys = company("Nobody's Srl", vat_number="IT00743110157")
    assert '<output id="owner"' in office.panel.get(f"/customer/edit/?id={nobodys.id}&panel=0").text


@pytest.mark.parametrize(("level", "said"), [(Level.UNIT, "This field is required."), (Level.ORGANISATION, None)])
def test_only_who_reaches_everybodys_rows_takes_the_owner_away(app: Flask, level: Level, said: str | None) -> None:
    office = Office(app, wide(assign=level, create=level, edit=level))
    assert office.panel.fill("/customer/new/", {**RIGHT, "owner": ""}).status_code == 303
    [customer] = stored(Customer)
    assert customer.owner_id == office.anna.id
    answer = office.panel.fill(f"/customer/edit/?id={customer.id}&panel=0", {"owner": ""})
    assert (answer.status_code, errors(answer.text).get("owner")) == (422 if said else 303, said)
    assert stored(Customer)[0].owner_id == (office.anna.id if said else None)


@pytest.mark.parametrize("fragment", [False, True])
def test_who_gives_a_record_out_of_sight_is_told_and_led_to_the_list(app: Flask, *, fragment: bool) -> None:
    office = Office(app, {**OWN, Permission.ASSIGN: Level.ORGANISATION})
    customer = company(owner=office.anna)
    path = f"/customer/edit/?id={customer.id}&panel=0&at=1&search=aurora"
    answer = office.panel.fill(path, {"owner": str(office.dora.id)}, fragment=fragment)
    where = answer.headers.get("HX-Redirect") or answer.location
    assert where == "/customer/?search=aurora"
    page = office.panel.get(where).text
    assert "Aurora Srl was saved. It is no longer yours to see." in page
    assert "/undo" not in page
    assert stored(Customer)[0].owner_id == office.dora.id


def test_who_gives_a_record_away_that_they_still_see_is_not_offered_to_undo_it(app: Flask) -> None:
    office = Office(app, {**OWN, Permission.VIEW: Level.ORGANISATION, Permission.ASSIGN: Level.ORGANISATION})
    customer = company(owner=office.anna)
    office.panel.fill(f"/customer/edit/?id={customer.id}&panel=0", {"owner": str(office.dora.id)})
    page = office.panel.get(f"/customer/details/?id={customer.id}").text
    assert "Aurora Srl was saved. You cannot change it any more." in page
    assert "/undo" not in page


def test_a_permission_to_assign_that_is_taken_away_meanwhile_counts_at_save(app: Flask) -> None:
    office = Office(app, EVERYTHING)
    customer = company(owner=office.anna)
    page = office.panel.get(f"/customer/edit/?id={customer.id}&panel=0")
    [anna] = stored(User, id=office.anna.id)
    role = anna.roles[0].role
    [grant] = [each for each in role.grants if each.entity == "customer"]
    grant.assign = Level.NONE
    add(grant)
    answer = office.panel.send(page, {"owner": str(office.dora.id)})
    assert errors(answer.text) == {"owner": "It is not yours to give away."}
    assert office.panel.send(page, {"code": "A-1"}).status_code == 303
    [row] = stored(Customer)
    assert (row.code, row.owner_id) == ("A-1", office.anna.id)


def test_an_owner_whom_one_does_not_see_stays_when_the_record_is_saved(app: Flask) -> None:
    office = Office(app, wide(assign=Level.UNIT))
    [role] = [each.role for each in stored(User, id=office.anna.id)[0].roles]
    [grant] = [each for each in role.grants if each.entity == "user"]
    grant.view = Level.NONE
    add(grant)
    customer = company(owner=office.ben)
    assert office.panel.fill(f"/customer/edit/?id={customer.id}&panel=0", {"code": "A-1"}).status_code == 303
    [row] = stored(Customer)
    assert (row.code, row.owner_id) == ("A-1", office.ben.id)
