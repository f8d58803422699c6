"""How far a right reaches: one's own, one's business units, those below them, the whole organisation."""

from __future__ import annotations

from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from models.actors import actor_for
from models.base import db
from models.contact import Contact
from models.customer import Customer, Rating
from models.errors import Refused
from models.gate import acting_as, set_actor
from models.permissions import NARROW, SYSTEM, Actor, Level, Permission, decide
from models.rights import Access, Grants
from models.role import RoleField
from models.unit import BusinessUnit
from models.user import User, UserRole
from tests.models.world import SEE, begin, company, save
from tests.people import add_user, new_role

SET_UP: dict[str, Grants] = dict.fromkeys(("user", "customer_group", "channel", "business_unit"), SEE)


class Firm:
    """Sales with its team Italy, and Export beside it; everybody owns a customer that is called after them."""

    def __init__(self) -> None:
        begin()
        self.sales, self.export = BusinessUnit(name="Sales"), BusinessUnit(name="Export")
        self.italy = BusinessUnit(name="Italy", above=self.sales)
        save(self.sales, self.export, self.italy)
        places = {"Head": self.sales, "Peer": self.sales, "Italian": self.italy, "Exporter": self.export}
        self.people = {name: add_user({}, unit, name=name).id for name, unit in places.items()}
        for name, key in self.people.items():
            company(name, owner_id=key)
        company("Nobody")

    def may(self, name: str, **levels: Level) -> User:
        """Let somebody do something with customers, up to a level each."""
        with acting_as(db.session, SYSTEM):
            user = db.session.get_one(User, self.people[name])
            granted = {Permission(each): level for each, level in levels.items()}
            user.roles.append(UserRole(role=new_role({**SET_UP, "customer": granted})))
            db.session.add(user)
            db.session.commit()
        return user

    def actor(self, name: str) -> Actor:
        """Return somebody with the rights of this moment, and work on their behalf."""
        set_actor(db.session, SYSTEM)
        found = actor_for(db.session, db.session.get_one(User, self.people[name]))
        set_actor(db.session, found)
        return found


@pytest.fixture
def firm(app: Flask) -> Firm:
    return Firm()


def seen() -> set[str]:
    return set(db.session.scalars(select(Customer.name)))


def customer(name: str) -> Any:
    return db.session.scalars(select(Customer).where(Customer.name == name)).one()


def decided(firm: Firm, permission: Permission) -> set[str]:
    """Return the customers with which the head may do something."""
    head = firm.actor("Head")
    set_actor(db.session, SYSTEM)
    return {row.name for row in db.session.scalars(select(Customer)) if decide(head, permission, Customer, row)}


REACHED = {
    Level.NONE: set[str](),
    Level.OWN: {"Head"},
    Level.UNIT: {"Head", "Peer"},
    Level.DIVISION: {"Head", "Peer", "Italian"},
    Level.ORGANISATION: {"Head", "Peer", "Italian", "Exporter", "Nobody"},
}


@pytest.mark.parametrize("level", Level)
def test_a_level_reaches_just_its_owners(firm: Firm, level: Level) -> None:
    firm.may("Head", view=level)
    firm.actor("Head")
    assert seen() == REACHED[level]


@pytest.mark.parametrize("permission", Permission)
@pytest.mark.parametrize("level", Level)
def test_a_decision_reaches_as_far(firm: Firm, permission: Permission, level: Level) -> None:
    also = {} if permission is not Permission.ASSIGN else {"edit": Level.ORGANISATION}
    firm.may("Head", **{**also, permission.value: level})
    assert decided(firm, permission) == REACHED[level]


@pytest.mark.parametrize("edit", Level)
def test_a_row_is_assigned_by_those_who_may_edit_it_as_well(firm: Firm, edit: Level) -> None:
    firm.may("Head", assign=Level.DIVISION, edit=edit)
    assert decided(firm, Permission.ASSIGN) == REACHED[min(edit, Level.DIVISION)]


def test_assigning_is_refused_for_the_edit_that_is_missing(firm: Firm) -> None:
    firm.may("Head", view=Level.UNIT, assign=Level.UNIT, edit=Level.OWN)
    head = firm.actor("Head")
    refused = decide(head, Permission.ASSIGN, Customer, customer("Peer"))
    assert (refused.reason, refused.params["action"]) == (NARROW[Level.OWN], "edit")
    customer("Peer").owner_id = head.user_id
    with pytest.raises(Refused, match="may edit only your own customers"):
        db.session.commit()


def test_a_division_reaches_down_the_tree_and_never_up(firm: Firm) -> None:
    firm.may("Italian", view=Level.DIVISION)
    firm.actor("Italian")
    assert seen() == {"Italian"}


def test_who_is_in_two_units_reaches_both(firm: Firm) -> None:
    both = add_user({**SET_UP, "customer": {Permission.VIEW: Level.UNIT}}, firm.italy, firm.export)
    set_actor(db.session, actor_for(db.session, both))
    assert seen() == {"Italian", "Exporter"}


def test_of_several_roles_the_widest_counts_for_each_action(firm: Firm) -> None:
    firm.may("Head", view=Level.ORGANISATION, edit=Level.OWN)
    firm.may("Head", view=Level.OWN, edit=Level.DIVISION)
    head = firm.actor("Head")
    assert seen() == REACHED[Level.ORGANISATION]
    assert (head.level("customer", Permission.EDIT), head.level("customer", Permission.DELETE)) == (
        Level.DIVISION,
        Level.NONE,
    )


def test_children_follow_the_level_of_their_parent(firm: Firm) -> None:
    for name in ("Head", "Italian", "Exporter"):
        set_actor(db.session, SYSTEM)
        save(Contact(customer=customer(name), name=f"{name}'s"))
    firm.may("Head", view=Level.DIVISION, edit=Level.UNIT)
    firm.actor("Head")
    assert set(db.session.scalars(select(Contact.name))) == {"Head's", "Italian's"}
    contact = db.session.scalars(select(Contact).where(Contact.name == "Italian's")).one()
    contact.name = "X"
    with pytest.raises(Refused, match="business units"):
        db.session.commit()


def test_a_unit_that_moves_takes_the_reach_with_it_at_once(firm: Firm) -> None:
    firm.may("Head", view=Level.DIVISION)
    with acting_as(db.session, SYSTEM):
        db.session.get_one(BusinessUnit, firm.italy.id).above = db.session.get_one(BusinessUnit, firm.export.id)
        db.session.commit()
    firm.actor("Head")
    assert seen() == {"Head", "Peer"}


def test_a_unit_is_not_part_of_itself(firm: Firm) -> None:
    firm.sales.above = firm.italy
    with pytest.raises(ValueError, match="cannot be part of itself"):
        db.session.commit()


# Who the owner is, is a right of its own.

ALL_OWN = dict.fromkeys(("view", "create", "edit", "delete"), Level.DIVISION)


@pytest.mark.parametrize(
    ("level", "to", "allowed"),
    [
        (Level.NONE, "Peer", False),
        (Level.OWN, "Peer", False),
        (Level.UNIT, "Peer", True),
        (Level.UNIT, "Italian", False),
        (Level.DIVISION, "Italian", True),
        (Level.DIVISION, "Exporter", False),
        (Level.ORGANISATION, "Exporter", True),
    ],
)
def test_a_customer_is_given_to_whom_the_level_of_assign_reaches(
    firm: Firm, level: Level, to: str, allowed: bool
) -> None:
    firm.may("Head", **ALL_OWN, assign=level)
    firm.actor("Head")
    customer("Head").owner = db.session.scalars(select(User).where(User.name == to)).one()
    if allowed:
        db.session.commit()
        return
    with pytest.raises(Refused) as refusal:
        db.session.commit()
    assert refusal.value.field == "owner"


def test_nobody_takes_a_customer_from_beyond_their_reach(firm: Firm) -> None:
    firm.may("Head", view=Level.ORGANISATION, edit=Level.ORGANISATION, assign=Level.UNIT)
    head = firm.actor("Head")
    customer("Exporter").owner_id = head.user_id
    with pytest.raises(Refused):
        db.session.commit()


def test_a_customer_is_made_for_a_colleague_by_those_who_may_assign(firm: Firm) -> None:
    firm.may("Head", **ALL_OWN)
    values: dict[str, Any] = {"company": "New", "vat_number": "IT12345670785", "owner_id": firm.people["Peer"]}
    firm.actor("Head")
    db.session.add(Customer(**values))
    with pytest.raises(Refused):
        db.session.commit()
    db.session.rollback()
    firm.may("Head", assign=Level.UNIT)
    firm.actor("Head")
    save(Customer(**values))
    assert customer("New").owner.name == "Peer"


def test_a_user_who_is_not_active_is_given_nothing_and_keeps_what_is_theirs(firm: Firm) -> None:
    set_actor(db.session, SYSTEM)
    peer = db.session.get_one(User, firm.people["Peer"])
    peer.active = False
    customer("Peer").billing_city = "Como"
    db.session.commit()
    customer("Head").owner = peer
    with pytest.raises(ValueError, match="can no longer be chosen"):
        db.session.commit()


# Guarded fields are written by those whose role opens them.


@pytest.mark.parametrize(("access", "allowed"), [(None, False), (Access.VIEW, False), (Access.EDIT, True)])
def test_a_guarded_field_is_changed_by_those_whose_role_opens_it(
    firm: Firm, access: Access | None, allowed: bool
) -> None:
    head = firm.may("Head", view=Level.OWN, edit=Level.OWN)
    if access:
        with acting_as(db.session, SYSTEM):
            head.roles[-1].role.fields.append(RoleField(field="customer.rating", access=access))
            db.session.commit()
    firm.actor("Head")
    mine = customer("Head")
    mine.billing_city = "Como"
    db.session.commit()
    mine.rating = Rating.HOT
    if allowed:
        db.session.commit()
        return
    with pytest.raises(Refused, match="may not change “Rating”"):
        db.session.commit()
