"""Who sees everything and may do the rest only with what is their own; and what holds while a page is open."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from models.base import Base, db
from models.customer import Customer
from models.errors import DomainError
from models.gate import set_actor
from models.permissions import EVERYTHING, READING, SYSTEM, Grants, Level, Permission
from models.role import Role, RoleGrant
from models.user import User, UserRole, UserUnit
from tests.panel import Panel
from tests.panel import stored as rows
from tests.people import add_user, new_role
from tests.rights import stage
from tests.rights.cast import EDITED, OWNED, STRANGER, Cast, change_sets, granted, stored, unit, word

WIDE: Grants = {**dict.fromkeys(Permission, Level.OWN), **READING}


app, cast = stage.app, stage.cast


@pytest.fixture
def wide(app: Flask, cast: Cast) -> Panel:
    """Somebody with the own rows who sees those of all."""
    let(cast.users["own"], granted(WIDE))
    return Panel(app, cast.users["own"])


def let(user: User, grants: Mapping[str, Grants]) -> None:
    """Let a user have these rights, and no others."""
    set_actor(db.session, SYSTEM)
    again = db.session.scalars(select(User).where(User.id == user.id)).one()
    again.roles[:] = [UserRole(role=new_role(grants))]
    db.session.commit()


def change(model: type[Base], key: int, **values: Any) -> None:
    """Change a row as the program itself."""
    set_actor(db.session, SYSTEM)
    row = db.session.scalars(select(model).where(model.id == key)).one()
    for name, value in values.items():
        setattr(row, name, value)
    db.session.commit()


def test_all_are_seen_and_ones_own_are_written(cast: Cast, wide: Panel) -> None:
    for entity in OWNED:
        assert word(STRANGER, entity) in wide.get(f"/{entity}/?size=100").text
    for entity in EDITED:
        assert wide.get(f"/{entity}/edit/?id={cast.keys['own', entity]}").status_code == 200


def test_an_export_holds_ones_own_alone(wide: Panel) -> None:
    for entity in OWNED:
        text = wide.get(f"/{entity}/export/csv/").text
        assert word("own", entity) in text
        assert word(STRANGER, entity) not in text


@pytest.mark.parametrize("entity", EDITED)
def test_what_is_seen_and_not_ones_own_is_refused_in_words(cast: Cast, wide: Panel, entity: str) -> None:
    before = stored()
    key = cast.keys[STRANGER, entity]
    for path in ("edit/?id={0}", "edit/?id={0}&panel=0"):
        for answer in (wide.get(f"/{entity}/{path.format(key)}"), wide.post(f"/{entity}/{path.format(key)}")):
            assert (answer.status_code, "only your own" in answer.text) == (403, True)
    asked = wide.get(f"/{entity}/delete/?id={key}")
    assert (asked.status_code, "only your own" in asked.text) == (200, True)
    assert wide.post(f"/{entity}/delete/?id={key}", {"confirmed": "1"}).status_code == 303
    assert "only your own" in wide.get(f"/{entity}/").text
    if entity == "customer":
        assert wide.post(f"/contact/new/?customer={key}", {"name": "forged"}).status_code == 403
    assert stored() == before


@pytest.mark.parametrize("entity", ["customer", "contact", "note", "message"])
def test_of_what_was_selected_ones_own_go_and_the_others_are_named(cast: Cast, wide: Panel, entity: str) -> None:
    keys = [str(cast.keys[owner, entity]) for owner in ("own", "unit", STRANGER)]
    asked = wide.post(f"/{entity}/action/", {"action": "delete", "rowid": keys})
    assert "These stay:" in asked.text
    assert "only your own" in asked.text
    assert all(word(owner, entity) in asked.text for owner in ("own", "unit", STRANGER))
    wide.send(asked)
    there = str(stored()[1:])
    assert [f"'{word(owner, entity)}'" in there for owner in ("own", "unit", STRANGER)] == [False, True, True]


def test_an_account_stays_while_it_has_customers_of_others(cast: Cast, wide: Panel) -> None:
    account = cast.keys["own", "account"]
    change(Customer, cast.keys[STRANGER, "customer"], account_id=account)
    before = stored()
    wide.post(f"/account/delete/?id={account}", {"confirmed": "1"})
    assert stored() == before


def test_nothing_of_others_is_undone(cast: Cast, wide: Panel) -> None:
    """They are seen in the history, and are not one's to undo."""
    before, theirs = stored(), {(entity, cast.keys[STRANGER, entity]) for entity in OWNED}
    for key in change_sets(theirs):
        assert wide.post(f"/change_set/{key}/undo").status_code in {303, 403}
    assert stored() == before


OPEN: dict[str, Callable[[Cast], None]] = {
    "the role is lowered": lambda cast: let(cast.users["unit"], granted(WIDE)),
    "all roles are taken away": lambda cast: let(cast.users["unit"], {}),
    "the role grants less": lambda cast: lower(cast.users["unit"].id),
    "the unit is left": lambda cast: leave(cast.users["unit"].id),
    "the row's owner leaves the unit": lambda cast: leave(cast.users["own"].id),
    "the row is given away": lambda cast: change(
        Customer, cast.keys["own", "customer"], owner_id=cast.users_by_key[STRANGER]
    ),
    "the account is switched off": lambda cast: change(User, cast.users_by_key["unit"], active=False),
}


def lower(user: int) -> None:
    """Let the role of a user edit nothing but their own."""
    set_actor(db.session, SYSTEM)
    query = select(RoleGrant).join(Role).join(UserRole).where(UserRole.user_id == user)  # type: ignore[attr-defined]
    for grant in db.session.scalars(query):
        grant.edit = grant.delete = Level.OWN if grant.edit else grant.edit
    db.session.commit()


def leave(user: int) -> None:
    """Let a user belong to another unit."""
    set_actor(db.session, SYSTEM)
    again = db.session.scalars(select(User).where(User.id == user)).one()
    again.units[:] = [UserUnit(unit=unit("South"))]
    db.session.commit()


@pytest.mark.parametrize("what", OPEN)
def test_a_form_that_is_open_is_not_saved_when(cast: Cast, what: str) -> None:
    panel, key = cast.panels[Level.UNIT], cast.keys["own", "customer"]
    form, asked = panel.get(f"/customer/edit/?id={key}&panel=4"), panel.get(f"/customer/delete/?id={key}")
    assert (form.status_code, asked.status_code) == (200, 200)
    OPEN[what](cast)
    before = stored()
    answer = panel.send(form, {"tags": "late"})
    assert answer.status_code in {401, 403, 404} or answer.location.startswith("/login")
    panel.send(asked)
    assert stored() == before


@pytest.mark.parametrize("child", ["contact", "customer_email", "note"])
def test_nothing_is_granted_of_a_child_itself(cast: Cast, child: str) -> None:
    with pytest.raises(DomainError):
        let(cast.users["own"], {child: EVERYTHING})
    db.session.rollback()


def test_a_child_is_never_written_by_who_may_not_write_its_parent(app: Flask, cast: Cast) -> None:
    let(cast.users["own"], {**granted(READING), "*": EVERYTHING})
    panel, before = Panel(app, cast.users["own"]), stored()
    for entity in ("contact", "note"):
        key = cast.keys["own", entity]
        for path in (f"edit/?id={key}", f"delete/?id={key}", "new/", "action/"):
            forged = {"name": "x", "body": "x", "customer": str(cast.keys["own", "customer"]), "confirmed": "1"}
            forged |= {"action": "delete", "rowid": str(key)}
            assert panel.post(f"/{entity}/{path}", forged).status_code == 403
    assert panel.post(f"/customer/edit/?id={cast.keys['own', 'customer']}").status_code == 403
    assert stored() == before


def test_nobody_promotes_themselves_nor_takes_the_last_administrators_place(app: Flask) -> None:
    administrator = Panel(app)
    boss = rows(User)[-1]
    manager = add_user({"user": dict.fromkeys(Permission, Level.ORGANISATION), "role": READING}, name="Manager")
    panel, [role] = Panel(app, manager), rows(Role, administrator=True)
    before = stored()
    promoted = {"roles-keys": ["new1"], "roles-new1-role": str(role.id), "roles-present": "1"}
    for user in (manager, boss):
        panel.fill(f"/user/edit/?id={user.id}", promoted)
        panel.fill(f"/user/edit/?id={user.id}", {"roles-keys": None, "roles-present": "1"})
    panel.post(f"/user/delete/?id={boss.id}", {"confirmed": "1"})
    assert stored() == before
    administrator.fill(f"/user/edit/?id={boss.id}", {"active": None})
    administrator.post(f"/user/delete/?id={boss.id}", {"confirmed": "1"})
    assert stored() == before
