"""An explanation says what was decided, and every step of it."""

from __future__ import annotations

from collections.abc import Sequence
from random import Random

import pytest
from flask import Flask

from models.actors import actor_for
from models.base import Base, db
from models.contact import Contact
from models.customer import Customer, CustomerEmail
from models.explaining import Explanation, Held, Units, explain, units_of
from models.gate import set_actor
from models.group import CustomerGroup
from models.permissions import SYSTEM, Actor, Rights, decide
from models.rights import Access, Level, Permission
from models.unit import BusinessUnit
from models.user import User, UserRole
from tests.models.world import begin, company, default_group, save, seller
from tests.people import add_user, new_role

NARROW = (Level.OWN, Level.UNIT, Level.DIVISION)


def explained(actor: Actor, row: Base, permission: Permission = Permission.EDIT) -> Explanation:
    return explain(actor, permission, type(row), row)


def with_rights(level: Level, peers: Sequence[int] = (), division: Sequence[int] = ()) -> Actor:
    grants = {"customer": dict.fromkeys(Permission, level)}
    return Actor(1, "Anna", (Rights("Seller", grants),), frozenset(peers), frozenset(division))


def random_level(dice: Random) -> Level:
    return dice.choice(list(Level))


def random_world(dice: Random) -> tuple[list[User], list[Base]]:
    """Store a tree of units, users with up to two roles in up to two units, and rows of various owners."""
    begin()
    units: list[BusinessUnit] = []
    for number in range(6):
        units.append(BusinessUnit(name=f"unit {number}", above=dice.choice([None, *units])))
    save(*units)
    users = []
    for _ in range(5):
        kinds = ("*", "customer", "user")
        roles = [{kind: {each: random_level(dice) for each in Permission} for kind in kinds} for _ in range(2)]
        user = add_user(roles[0], *dice.sample(units, dice.randint(0, 2)))
        if dice.random() < 0.5:
            save(UserRole(user=user, role=new_role(roles[1])))
        users.append(user)
    customers = [company(owner_id=owner and owner.id) for owner in (*users, None)]
    contacts: list[Base] = [Contact(customer=each, name="x") for each in customers[::2]]
    emails: list[Base] = [CustomerEmail(customer=each, address="x@example.com") for each in customers[::3]]
    save(*contacts, *emails)
    return users, [*customers, *contacts, *emails, *users, default_group(), units[0]]


@pytest.mark.parametrize("seed", range(4))
def test_an_explanation_always_comes_to_what_was_decided(app: Flask, seed: int) -> None:
    users, rows = random_world(Random(seed))
    seen = set()
    for actor in [SYSTEM, *(actor_for(db.session, user) for user in users)]:
        for permission in Permission:
            for row in rows:
                found = explain(actor, permission, type(row), row)
                assert found.allowed == bool(decide(actor, permission, type(row), row)), (actor, permission, row)
                without = explain(actor, permission, type(row))
                assert without.allowed == bool(decide(actor, permission, type(row))), (actor, permission, type(row))
                seen.add((found.allowed, without.allowed))
    assert seen == {(True, True), (False, True), (False, False)}


def test_it_agrees_when_the_owner_or_the_parent_is_about_to_change(app: Flask) -> None:
    begin()
    anna, bert = seller(name="Anna"), seller(name="Bert")
    customer, other = company(owner_id=anna.user_id), company(owner_id=bert.user_id)
    contact = Contact(customer=customer, name="x")
    save(contact)
    with db.session.no_autoflush:
        customer.owner_id = bert.user_id  # type: ignore[attr-defined]
        contact.customer = other
        for row in (customer, contact):
            for actor in (anna, bert):
                for permission in Permission:
                    assert explained(actor, row, permission).allowed == bool(decide(actor, permission, type(row), row))
        assert len(explained(anna, customer, Permission.ASSIGN).held) == 2
    db.session.rollback()


def test_a_child_follows_the_rule_of_its_parent(app: Flask) -> None:
    begin()
    contact = Contact(customer=company(), name="x")
    save(contact)
    found = explained(with_rights(Level.ORGANISATION), contact)
    assert (found.path, found.ruling) == ((Contact, Customer), Customer)
    assert found.allowed


def test_every_role_says_what_it_grants_and_the_widest_counts(app: Flask) -> None:
    begin()
    roles = [
        Rights(name, {"customer": {Permission.EDIT: level}})
        for name, level in (("Clerk", Level.OWN), ("Boss", Level.DIVISION), ("Guest", Level.NONE))
    ]
    found = explain(Actor(1, "Anna", tuple(roles)), Permission.EDIT, Customer)
    assert [(each.role, each.level, each.counts) for each in found.granted] == [
        ("Clerk", Level.OWN, False), ("Boss", Level.DIVISION, True), ("Guest", Level.NONE, False),
    ]  # fmt: skip
    assert found.level is Level.DIVISION
    assert not [each for each in explain(Actor(1, "Anna", ()), Permission.EDIT, Customer).granted if each.counts]


NEEDED = {1: Level.OWN, 2: Level.UNIT, 3: Level.DIVISION, 4: Level.ORGANISATION, None: Level.ORGANISATION}


@pytest.mark.parametrize(("owner", "needs"), NEEDED.items())
def test_it_says_how_wide_a_level_the_owner_would_need(app: Flask, owner: int | None, needs: Level) -> None:
    begin()
    row = Customer(owner_id=owner)
    for level in NARROW:
        actor = with_rights(level, (1, 2), (1, 2, 3))
        assert explained(actor, row, Permission.CREATE).held == (Held(owner, needs, needs <= level),)


def test_a_guarded_field_says_which_role_opens_it(app: Flask) -> None:
    roles = (
        Rights("Clerk", fields={"customer.rating": Access.VIEW}), Rights("Guest"),
        Rights("Boss", fields={"customer.rating": Access.EDIT}),
    )  # fmt: skip
    [rating] = explain(Actor(1, "Anna", roles), Permission.EDIT, Customer).opened
    assert (rating.attribute.key, rating.roles) == ("rating", (("Clerk", Access.VIEW), ("Boss", Access.EDIT)))
    assert explain(Actor(1, "Anna", roles), Permission.EDIT, CustomerGroup).opened == ()


def tree() -> tuple[Sequence[BusinessUnit], User, User, User]:
    """Anna is in the south, Bert in Salerno below it, Carla in both and in the north."""
    begin()
    north, south = BusinessUnit(name="North"), BusinessUnit(name="South")
    campania = BusinessUnit(name="Campania", above=south)
    salerno = BusinessUnit(name="Salerno", above=campania)
    anna, bert = add_user({}, south), add_user({}, salerno)
    return (north, south, campania, salerno), anna, bert, add_user({}, north, south, salerno)


def test_units_that_two_people_share_are_named_and_those_below_with_the_one_above(app: Flask) -> None:
    _, anna, bert, carla = tree()
    units = units_of(db.session, [anna.id, bert.id, carla.id, None])
    assert units.of(carla.id) == ["North", "South", "Salerno"]
    assert (units.shared(anna.id, carla.id), units.shared(anna.id, bert.id)) == (["South"], [])
    assert units.below(anna.id, bert.id) == [("Salerno", "South")]
    assert units.below(bert.id, anna.id) == []
    assert units.of(None) == []


def test_units_are_named_to_those_alone_who_may_see_them(app: Flask) -> None:
    _, anna, bert, _ = tree()
    one, other = anna.id, bert.id
    for entity, mine in (("user", []), ("business_unit", ["South"])):
        grants = {entity: {Permission.VIEW: Level.ORGANISATION}}
        set_actor(db.session, Actor(one, "Anna", (Rights("x", grants),)))
        found = units_of(db.session, [one, other])
        assert (found.of(one), found.of(other)) == (mine, [])


def test_a_tree_with_a_circle_is_walked_once(app: Flask) -> None:
    units = Units({1: "a", 2: "b", 3: "c"}, {1: 2, 2: 1, 3: None}, {7: (1,), 8: (3,)})
    assert units.below(8, 7) == []
