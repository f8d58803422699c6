"""Whatever twenty people do in whatever order, the program answers as the rules say."""

from __future__ import annotations

import random
from collections.abc import Iterable, Iterator

import pytest
from flask import Flask

from models.base import db
from models.contact import Contact
from models.customer import CustomerEmail
from models.gate import set_actor
from models.permissions import SYSTEM
from models.rights import Level, Permission
from models.role import LEVEL_KEYS, Role, RoleGrant
from models.unit import BusinessUnit
from models.user import User, UserRole, UserUnit
from seed.reference_rows import load_reference
from tests.people import shipped_role
from tests.rights.browser import FEWER, Browser, Browsing
from tests.rights.program import WORD, Program, new_customer
from tests.rights.rules import ACTIONS, LEVELS, Grants, Handle, Rules
from tests.rights.walk import ADMINISTRATOR, Walk

USERS, UNITS, ROLES, CUSTOMERS = 20, 9, 14, 24
EVERYBODY: Grants = {name: {"view": "organisation"} for name in ("channel", "customer_group", "role")}


class World:
    """Two copies of a unit tree of three levels, random roles, users who have several, and customers."""

    def __init__(self, seed: int, program: Program) -> None:
        self.random = random.Random(seed)
        self.rules, self.program = Rules(), program
        set_actor(db.session, SYSTEM)
        load_reference(db.session)
        self.units()
        self.roles()
        self.users()
        self.customers()
        db.session.commit()

    def keep(self, handle: Handle, row: object) -> None:
        db.session.add(row)
        db.session.flush()
        self.program.know(handle, row)

    def units(self) -> None:
        """Three at the top or below: one, two and six."""
        for number in range(UNITS):
            above = None if number == 0 else ("business_unit", (number - 1) // 3)
            handle = "business_unit", number
            self.rules.above[handle] = above and ("business_unit", above[1])
            key = above and self.program.keys["business_unit", above[1]]
            self.keep(handle, BusinessUnit(name=f"Unit {number}", above_id=key))

    def roles(self) -> None:
        administrator, everybody = ("role", 0), ("role", 1)
        self.rules.grants |= {administrator: {}, everybody: EVERYBODY}
        self.rules.administrators.add(administrator)
        self.rules.grants |= {("role", 2 + number): self.grants() for number in range(ROLES)}
        for handle, grants in self.rules.grants.items():
            stored = [RoleGrant(entity=entity, **columns(actions)) for entity, actions in grants.items()]
            is_first = handle == administrator
            self.keep(handle, shipped_role("Administrator") if is_first else Role(name=str(handle), grants=stored))

    def grants(self) -> Grants:
        """Return a role that says something of some entities: seeing is granted wider than the rest."""
        some = self.random.sample(("customer", "account", "user"), self.random.randint(1, 3))
        return {entity: dict(self.levels()) for entity in some}

    def levels(self) -> Iterator[tuple[str, str]]:
        for action in ACTIONS:
            yield action, self.random.choices(LEVELS, (2, 3, 3, 3, 3 if action == "view" else 1))[0]

    def users(self) -> None:
        for number in range(USERS):
            handle = "user", number
            roles = {("role", 0)} if handle == ADMINISTRATOR else {("role", 1), *self.some(self.rules.grants, 3)}
            units = self.some(self.rules.above, 2)
            self.rules.roles[handle], self.rules.units[handle] = roles, units
            self.rules.active.add(handle)
            keys = self.program.keys
            has = [UserRole(role_id=keys[role]) for role in sorted(roles)]
            is_in = [UserUnit(unit_id=keys[unit]) for unit in sorted(units)]
            self.keep(handle, User(name=WORD, email=f"{number}@example.com", roles=has, units=is_in))

    def some(self, there: Iterable[Handle], most: int) -> set[Handle]:
        return set(self.random.sample([each for each in there if each != ("role", 0)], self.random.randint(0, most)))

    def customers(self) -> None:
        for number in range(CUSTOMERS):
            handle, account, *below = ((each, number) for each in ("customer", "account", "contact", "customer_email"))
            owner = ("user", number) if number < USERS else None
            stored = new_customer(owner_id=owner and self.program.keys[owner])
            rows = (
                Contact(name=WORD, customer=stored),
                CustomerEmail(address="x@example.com", label=WORD, customer=stored),
            )
            self.keep(handle, stored)
            self.program.know(account, stored.account)
            self.rules.owner |= {handle: owner, account: owner}
            self.rules.account[handle] = account
            self.rules.parent |= dict.fromkeys(below, handle)
            for child, row in zip(below, rows, strict=True):
                self.program.know(child, row)


def columns(actions: dict[str, str]) -> dict[str, Level]:
    """Return levels as the columns of a grant."""
    return {LEVEL_KEYS[Permission(action)]: Level(level) for action, level in actions.items()}


def walk(seed: int, steps: int) -> Walk:
    """Walk from a new world, and return where it led."""
    world = World(seed, Program())
    there = Walk(world.rules, world.program, seed)
    there.go(steps)
    assert world.program.state() == world.rules.owner | world.rules.parent
    return there


@pytest.mark.quick(seed=[0, 1])
@pytest.mark.parametrize("seed", range(5))
@pytest.mark.databases("sqlite")
def test_whatever_people_do_the_program_answers_as_the_rules_say(app: Flask, seed: int) -> None:
    ends = walk(seed, 2000).ends
    for verb in ("edited", "deleted", "moved", "given"):
        assert all(ends.get(f"{verb} {end}") for end in ("done", "refused", "absent")), ends
    for verb in ("created", "added", "entrusted"):
        assert all(ends.get(f"{verb} {end}") for end in ("done", "refused")), ends
    for verb in ("listed", "found", "exported"):
        assert all(ends.get(f"{verb} {end}") for end in ("some", "none")), ends


@pytest.mark.databases("postgresql")
def test_the_other_database_answers_alike(app: Flask, trust: bool) -> None:
    walk(99, 1200 if trust else 600)


@pytest.mark.quick(database=["sqlite"], seed=[7])
@pytest.mark.quick(database=["postgresql"], seed=[8])
@pytest.mark.parametrize("seed", range(7, 9))
def test_the_pages_answer_alike(app: Flask, seed: int) -> None:
    world = World(seed, Browser(app))
    Browsing(world.rules, world.program, seed, verbs=FEWER).go(120)
    assert world.program.state() == world.rules.owner | world.rules.parent
