"""Nobody gives more than they have, nor touches who has more: every refusal with what is allowed beside it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any
from uuid import uuid4

import pytest
from flask import Flask
from sqlalchemy import func, select

from models.actors import actor_for
from models.base import db
from models.errors import DomainError
from models.gate import acting_as, set_actor
from models.history import ChangeSet
from models.operations.deletion import delete_rows
from models.operations.undo import undo
from models.permissions import SYSTEM, Grants, Level, Permission
from models.rights import Access, Personal
from models.role import Role, RoleField, RoleGrant
from models.rules.password import Sealed
from models.unit import BusinessUnit
from models.user import User, UserRole, UserUnit
from tests.models.world import ALL, LOOKING, OWN, SEE, begin, owned_by, save
from tests.people import ADMINISTRATOR, HASH, VIEWER, add_user, new_role, shipped_role

STAFF: dict[str, Grants] = {"user": ALL, "role": ALL, "business_unit": ALL}
UNIT: Grants = dict.fromkeys(Permission, Level.UNIT)
DIVISION: Grants = dict.fromkeys(Permission, Level.DIVISION)
NOBODY: dict[str, Grants] = {}
NOTHING: Grants = {}
OTHER = HASH[:-1] + "x"  # of another password


@pytest.fixture(autouse=True)
def _begin(app: Flask) -> None:
    begin()


def unit(name: str, above: int | None = None) -> int:
    """Store a business unit; return its key."""
    set_actor(db.session, SYSTEM)
    found = BusinessUnit(name=name, above_id=above)
    save(found)
    return found.id


def role(grants: Mapping[str, Grants], **values: Any) -> int:
    """Store a role; return its key."""
    with acting_as(db.session, SYSTEM):
        found = new_role(grants)
        for key, value in values.items():
            setattr(found, key, value)
        save(found)
        return found.id


def someone(has: str | Mapping[str, Grants] = ADMINISTRATOR, *units: int, **values: Any) -> int:
    """Add a user with a shipped role or these grants, in these units; return their key."""
    return add_user(has, *(get(BusinessUnit, key) for key in units), **values).id


def holder(of: int, *units: int, **values: Any) -> int:
    """Add a user who has a stored role; return their key."""
    key = someone(NOBODY, *units, **values)
    with acting_as(db.session, SYSTEM):
        adding(User, key, "roles", UserRole(role_id=of))
        db.session.commit()
    return key


def get(model: type[Any], key: int) -> Any:
    """Return a row, whoever may see it: what follows is about writing."""
    return db.session.scalars(select(model).where(model.id == key), execution_options=LOOKING).one()


def trying(me: int, work: Callable[[], object]) -> str | None:
    """Do something as this user; return why it is refused, or None when it is done."""
    found = None
    set_actor(db.session, SYSTEM)
    set_actor(db.session, actor_for(db.session, get(User, me)))
    try:
        work()
        db.session.commit()
    except DomainError as error:
        found = error
    finally:
        db.session.rollback()
        set_actor(db.session, SYSTEM)
    assert found is None or all(each.field for each in found.errors), "a form has no place to show it"
    return " ".join(str(each) for each in found.errors) if found else None


def setting(model: type[Any], key: int, **values: Any) -> Callable[[], None]:
    def work() -> None:
        row = get(model, key)
        for name, value in values.items():
            setattr(row, name, value)

    return work


def granting(key: int, entity: str, **levels: Level) -> Callable[[], None]:
    """Return what sets levels of a role for an entity, in the row that is there or in a new one."""

    def work() -> None:
        whole = get(Role, key)
        found = next((each for each in whole.grants if each.entity == entity), None)
        if found is None:
            found = RoleGrant(entity=entity)
            whole.grants.append(found)
        for name, level in levels.items():
            setattr(found, name, level)

    return work


def adding(model: type[Any], key: int, what: str, row: Any) -> None:
    whole = get(model, key)
    getattr(whole, what).append(row)


def giving(key: int, of: int) -> Callable[[], None]:
    return lambda: adding(User, key, "roles", UserRole(role_id=of))


def placing(key: int, place: int) -> Callable[[], None]:
    return lambda: adding(User, key, "units", UserUnit(unit_id=place))


def emptying(key: int, what: str) -> Callable[[], None]:
    def work() -> None:
        user = get(User, key)
        getattr(user, what).clear()

    return work


def deleting(model: type[Any], key: int) -> Callable[[], None]:
    return lambda: delete_rows(db.session, [get(model, key)])


# Roles.


def test_a_level_is_not_raised_above_ones_own() -> None:
    me = someone(STAFF | {"customer": {Permission.VIEW: Level.ORGANISATION, Permission.EDIT: Level.OWN}})
    plain = role({"customer": SEE})
    assert trying(me, granting(plain, "customer", edit=Level.UNIT)) == (
        "You cannot give rights that you do not have yourself: edit customers."
    )
    assert trying(me, granting(plain, "customer", edit=Level.OWN)) is None
    assert trying(me, granting(plain, "channel", view=Level.ORGANISATION)) == (
        "You cannot give rights that you do not have yourself: view channels."
    )


def test_all_that_is_too_much_is_said_at_once() -> None:
    me, plain = someone(STAFF | {"customer": SEE}), role({})
    said = trying(me, granting(plain, "customer", view=Level.OWN, edit=Level.OWN, import_=Level.OWN)) or ""
    assert said == "You cannot give rights that you do not have yourself: edit, import customers."


def test_everything_else_is_not_raised_by_who_has_only_what_is_named() -> None:
    me, plain = someone(STAFF | {"customer": ALL}), role({})
    assert trying(me, granting(plain, "*", view=Level.OWN)) == (
        "You cannot give rights that you do not have yourself: view everything else."
    )
    assert trying(someone({"*": ALL}), granting(plain, "*", view=Level.ORGANISATION)) is None


def test_a_row_that_holds_a_role_back_is_not_taken_away() -> None:
    """Without a row of its own, an entity is granted as everything else is."""
    me = someone(STAFF | {"*": ALL, "customer": NOTHING})
    held = role({"*": SEE, "customer": NOTHING, "channel": SEE})
    assert "view customers" in (trying(me, lambda: drop(held, "customer")) or "")
    assert trying(me, lambda: drop(held, "channel")) is None


def drop(key: int, entity: str) -> None:
    whole = get(Role, key)
    whole.grants.remove(next(each for each in whole.grants if each.entity == entity))


def test_a_new_role_holds_no_more_than_one_has() -> None:
    me = someone(STAFF | {"customer": SEE})
    assert "create, edit, delete, assign, export, import customers" in (
        trying(me, lambda: save(new_role({"customer": ALL}))) or ""
    )
    assert "do everything" in (trying(me, lambda: save(Role(name="God", administrator=True))) or "")
    assert trying(me, lambda: save(new_role({"customer": SEE}))) is None


def test_ones_own_role_can_be_narrowed_and_not_widened() -> None:
    mine = role(STAFF | {"customer": OWN})
    me = holder(mine)
    assert "edit customers" in (trying(me, granting(mine, "customer", edit=Level.ORGANISATION)) or "")
    assert "edit everything else" in (trying(me, granting(mine, "*", edit=Level.OWN)) or "")
    assert trying(me, granting(mine, "customer", edit=Level.NONE)) is None


@pytest.mark.parametrize(
    "work",
    [
        lambda key: setting(Role, key, name="Renamed"),
        lambda key: granting(key, "customer", edit=Level.NONE),
        lambda key: deleting(Role, key),
    ],
)
def test_a_role_that_has_more_is_not_touched(work: Callable[[int], Callable[[], None]]) -> None:
    me, strong, weak = someone(STAFF | {"customer": SEE}), role({"customer": ALL}), role({"customer": SEE})
    assert "has rights that you do not have" in (trying(me, work(strong)) or "")
    assert trying(me, work(weak)) is None


def test_a_field_that_is_not_open_to_oneself_is_not_opened() -> None:
    me, plain = holder(role(STAFF, fields=[RoleField(field="customer.rating", access=Access.VIEW)])), role({})

    def opening(access: Access) -> Callable[[], None]:
        return lambda: adding(Role, plain, "fields", RoleField(field="customer.rating", access=access))

    assert trying(me, opening(Access.EDIT)) == "You cannot open a field that is not open to you: Rating."
    assert trying(me, opening(Access.VIEW)) is None


def test_a_role_is_not_raised_while_somebody_has_it_who_reaches_further() -> None:
    """With the same words, a right reaches further in a unit above."""
    top = unit("Top")
    below = unit("Below", top)
    me = someone(STAFF | {"customer": DIVISION}, below)
    held, free = role({"channel": NOTHING}), role({})
    holder(held, top, name="Olga")
    assert "“Olga” would reach more than you do yourself" in (
        trying(me, granting(held, "customer", view=Level.DIVISION)) or ""
    )
    assert trying(me, granting(free, "customer", view=Level.DIVISION)) is None


# Who has them.


def test_nobody_gives_themselves_a_role_however_small() -> None:
    me, small = someone(STAFF | {"customer": ALL}), role({"customer": SEE})
    assert "Nobody changes their own roles" in (trying(me, giving(me, small)) or "")
    assert "Nobody changes their own roles" in (trying(me, emptying(me, "roles")) or "")
    assert trying(me, giving(someone(NOBODY), small)) is None


def test_nobody_gives_others_a_role_with_more() -> None:
    me, other = someone(STAFF | {"customer": SEE}), someone(NOBODY)
    administrator = shipped_role(ADMINISTRATOR).id
    assert "create, edit, delete, assign, export, import customers" in (
        trying(me, giving(other, role({"customer": ALL}))) or ""
    )
    assert "do everything" in (trying(me, giving(other, administrator)) or "")
    assert trying(me, giving(other, role({"customer": SEE}))) is None


def test_a_new_user_comes_with_no_more_than_their_maker_has() -> None:
    me, strong, weak = someone(STAFF | {"customer": SEE}), role({"customer": ALL}), role({"customer": SEE})

    def making(of: int) -> Callable[[], None]:
        return lambda: save(User(name="New", email=f"new{of}@example.com", roles=[UserRole(role_id=of)]))

    assert "create, edit, delete, assign, export, import customers" in (trying(me, making(strong)) or "")
    assert trying(me, making(weak)) is None


def test_a_role_is_not_handed_on_by_changing_whose_it_is() -> None:
    me, strong = someone(STAFF), holder(role({"customer": ALL}))
    other, key = someone(NOBODY), next(each.id for each in get(User, strong).roles if each.role.grants)
    assert "has rights that you do not have" in (trying(me, setting(UserRole, key, user_id=other)) or "")


def test_nobody_with_edit_own_changes_their_own_roles_units_or_activity() -> None:
    me, where = someone({"user": OWN, "role": SEE, "business_unit": SEE}), unit("Somewhere")
    assert "Nobody changes their own" in (trying(me, giving(me, role({}))) or "")
    assert "Nobody changes their own" in (trying(me, placing(me, where)) or "")
    assert "Nobody changes their own" in (trying(me, setting(User, me, active=False)) or "")
    assert "Nobody changes their own" in (trying(me, deleting(User, me)) or "")
    assert trying(me, setting(User, me, name="Another")) is None


# Units.


def test_nobody_joins_a_unit_by_themselves() -> None:
    top = unit("Top")
    me = someone(STAFF | {"customer": UNIT}, unit("Below", top))
    assert "Nobody changes their own" in (trying(me, placing(me, top)) or "")
    assert "Nobody changes their own" in (trying(me, emptying(me, "units")) or "")


def test_nobody_is_placed_where_they_reach_more_than_who_places_them() -> None:
    top = unit("Top")
    below, seller = unit("Below", top), role({"customer": UNIT})
    me, boss = someone(STAFF | {"customer": UNIT}, below), someone(NOBODY, top)
    other = holder(seller, below, name="Olga")
    assert "“Olga” would reach more than you do yourself" in (trying(me, placing(other, top)) or "")
    assert trying(someone(STAFF | {"customer": ALL}), placing(other, top)) is None
    assert get(User, boss).units[0].unit_id == top


def test_a_new_user_is_placed_among_ones_own_colleagues_alone() -> None:
    mine, elsewhere, seller = unit("Mine"), unit("Elsewhere"), role({"customer": UNIT})
    me, _ = someone(STAFF | {"customer": UNIT}, mine), someone(NOBODY, elsewhere)

    def making(place: int) -> Callable[[], None]:
        parts: Any = {"roles": [UserRole(role_id=seller)], "units": [UserUnit(unit_id=place)]}
        return lambda: save(User(name="New", email=f"new{place}@example.com", **parts))

    assert "“New” would reach more" in (trying(me, making(elsewhere)) or "")
    assert trying(me, making(mine)) is None


def test_nobody_draws_others_into_their_own_unit_to_reach_what_these_own() -> None:
    mine = unit("Mine")
    me, rich, near = someone(STAFF | {"customer": UNIT}, mine), someone(NOBODY), someone(NOBODY, mine)
    owned_by(actor_for(db.session, get(User, rich)))
    assert "This would widen what you reach yourself" in (trying(me, placing(rich, mine)) or "")
    other = unit("Other")
    assert trying(me, placing(near, other)) is None


def test_nobody_places_others_where_colleagues_come_to_reach_what_these_own() -> None:
    top = unit("Top")
    below = unit("Below", top)
    someone({"customer": {Permission.VIEW: Level.DIVISION}}, top)
    me, rich, wide = someone(STAFF), someone(NOBODY), someone(STAFF | {"customer": SEE})
    assert "would reach more than you do yourself" in (trying(me, placing(rich, below)) or "")
    assert trying(wide, placing(rich, below)) is None


def test_business_units_are_moved_by_administrators_alone() -> None:
    top, other = unit("Top"), unit("Other")
    below = unit("Below", top)
    me, administrator = someone({"*": ALL}), someone()
    for work in (
        setting(BusinessUnit, below, above_id=other),
        setting(BusinessUnit, below, above_id=None),
        lambda: setattr(get(BusinessUnit, below), "above", get(BusinessUnit, other)),
    ):
        assert "Ask an administrator" in (trying(me, work) or "")
    assert trying(me, setting(BusinessUnit, below, name="Renamed")) is None
    assert trying(me, lambda: save(BusinessUnit(name="New", above_id=top))) is None
    assert trying(administrator, setting(BusinessUnit, below, above_id=other)) is None


# Accounts.


@pytest.mark.parametrize(
    "values",
    [
        {"email": "mine@example.com"}, {"password": Sealed(OTHER)}, {"active": False}, {"name": "Renamed"},
    ],
    ids=lambda values: next(iter(values)),
)  # fmt: skip
def test_the_account_of_somebody_with_more_rights_is_not_touched(values: dict[str, Any]) -> None:
    me = someone(STAFF | {"customer": SEE})
    strong, administrator, weak = holder(role({"customer": ALL})), someone(), holder(role({"customer": SEE}))
    assert "has rights that you do not have" in (trying(me, setting(User, strong, **values)) or "")
    assert "has rights that you do not have" in (trying(me, setting(User, administrator, **values)) or "")
    assert trying(me, setting(User, weak, **values)) is None
    others = {name: "x@example.com" if name == "email" else value for name, value in values.items()}
    assert trying(administrator, setting(User, strong, **others)) is None


def test_nor_is_it_that_of_somebody_whose_same_right_reaches_further() -> None:
    top = unit("Top")
    below, seller = unit("Below", top), role({"customer": DIVISION})
    me = someone(STAFF | {"customer": DIVISION}, below)
    above, beside = holder(seller, top), holder(seller, below)
    assert "has rights that you do not have" in (trying(me, setting(User, above, password=Sealed(OTHER))) or "")
    assert trying(me, setting(User, beside, name="Renamed")) is None


def test_somebody_with_more_rights_is_not_deleted_nor_stripped() -> None:
    me, strong = someone(STAFF), holder(role({"customer": ALL}))
    assert "has rights that you do not have" in (trying(me, deleting(User, strong)) or "")
    assert "has rights that you do not have" in (trying(me, emptying(strong, "roles")) or "")
    assert trying(me, deleting(User, someone(NOBODY))) is None


def test_who_edits_users_of_their_unit_edits_no_others_and_none_who_has_more() -> None:
    mine, other = unit("Mine"), unit("Other")
    me = someone({"user": UNIT}, mine)
    near, far, boss = someone(NOBODY, mine), someone(NOBODY, other), someone({"customer": ALL}, mine)
    assert trying(me, setting(User, near, name="Renamed")) is None
    assert "has rights that you do not have" in (trying(me, setting(User, boss, email="mine@example.com")) or "")
    with pytest.raises(AssertionError, match="no place"):  # the gate's own refusal: the page itself is not theirs
        trying(me, setting(User, far, name="Renamed"))


def test_undo_does_not_bring_rights_back_that_one_could_not_give() -> None:
    me, administrator, other = someone(STAFF | {"*": ALL}), someone(), someone()
    assert trying(administrator, emptying(other, "roles")) is None
    last = db.session.connection().scalar(select(func.max(ChangeSet.id))) or 0
    assert "do everything" in (trying(me, lambda: undo(db.session, last)) or "")
    assert trying(administrator, lambda: undo(db.session, last)) is None
    assert actor_for(db.session, get(User, other)).is_administrator


def test_undo_does_not_bring_a_deleted_administrator_back_either() -> None:
    me, administrator, other = someone(STAFF | {"*": ALL}), someone(), someone()
    assert trying(administrator, deleting(User, other)) is None
    last = db.session.connection().scalar(select(func.max(ChangeSet.id))) or 0
    assert "do everything" in (trying(me, lambda: undo(db.session, last)) or "")
    assert trying(administrator, lambda: undo(db.session, last)) is None


# The last administrator.


def test_the_last_administrator_who_is_active_stays_one() -> None:
    me = someone()
    someone(active=False, name="Away")
    for work in (
        emptying(me, "roles"),
        setting(User, me, active=False),
        deleting(User, me),
        lambda: setattr(get(User, me).roles[0], "role_id", role({})),
    ):
        assert "is the last active administrator" in (trying(me, work) or "")
    second = someone()
    assert trying(me, emptying(second, "roles")) is None


def test_the_role_that_may_do_everything_is_given_no_rights_of_its_own() -> None:
    me = someone()
    key = next(each.role_id for each in get(User, me).roles)
    assert "nothing to set" in (trying(me, granting(key, "customer", view=Level.OWN)) or "")
    assert trying(me, setting(Role, key, name="Root")) is None


def test_readers_are_not_asked_about_any_of_it() -> None:
    viewer = someone(VIEWER)
    with pytest.raises(AssertionError, match="no place"):
        trying(viewer, granting(role({}), "customer", view=Level.ORGANISATION))


def test_nobody_shows_personal_data_that_they_do_not_see_themselves() -> None:
    me, plain, wide = someone(STAFF), role({}, personal=Personal.HIDDEN), role({})
    with acting_as(db.session, SYSTEM):
        get(User, me).roles[0].role.personal = Personal.ON_REQUEST
        db.session.commit()
    reason = "You cannot show personal data that you do not see yourself."
    assert trying(me, setting(Role, plain, personal=Personal.ON_REQUEST)) is None
    assert trying(me, setting(Role, plain, personal=Personal.SHOWN)) == reason
    assert trying(me, lambda: db.session.add(Role(name="wide", personal=Personal.SHOWN))) == reason
    assert trying(me, giving(someone(NOBODY), plain)) is not None  # who has a role that shows them has more already
    assert trying(me, giving(holder_of_nothing(), wide)) == reason
    assert trying(me, giving(holder_of_nothing(), plain)) is None


def holder_of_nothing() -> int:
    """Add a user without any role; return their key."""
    set_actor(db.session, SYSTEM)
    user = User(name="Newcomer", email=f"new{uuid4().hex}@example.com", password=Sealed(HASH))
    save(user)
    return user.id
