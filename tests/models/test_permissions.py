"""What a query shows and what a decision says are the same, whatever the rights."""

from __future__ import annotations

from collections.abc import Sequence

import pytest
from flask import Flask
from sqlalchemy import select

from models.base import Base, db
from models.contact import Contact
from models.customer import Customer, CustomerEmail
from models.gate import set_actor
from models.group import CustomerGroup
from models.note import Note
from models.permissions import SYSTEM, Actor, Level, Permission, Rights, decide
from models.user import User
from seed.reference_rows import shipped_roles
from tests.models.world import LOOKING, begin, company, owned_by, save, seller
from tests.people import ADMINISTRATOR, EDITOR, VIEWER

MODELS: Sequence[type[Base]] = (Customer, Contact, Note, CustomerEmail, CustomerGroup, User)


@pytest.fixture
def anna(app: Flask) -> Actor:
    """Anna owns a customer, Bert one, and nobody one; each has a contact, a note and an email."""
    begin()
    anna = seller(name="Anna")
    for customer in (owned_by(anna, "Anna's"), owned_by(seller(name="Bert"), "Bert's"), company("Nobody's")):
        email = CustomerEmail(customer=customer, address="x@example.com")
        save(Contact(customer=customer, name="x"), Note(customer=customer, body="x"), email)
    return anna


@pytest.mark.parametrize("level", Level)
@pytest.mark.parametrize("model", MODELS)
def test_a_row_is_in_the_list_where_the_decision_allows_to_see_it(anna: Actor, model: type[Base], level: Level) -> None:
    grants = {"*": {Permission.VIEW: Level.ORGANISATION}, model.__tablename__: {Permission.VIEW: level}}
    if model in {Contact, Note, CustomerEmail}:
        grants["customer"] = {Permission.VIEW: level}
    someone = Actor(anna.user_id, "Anna", (Rights("some", grants),))
    set_actor(db.session, someone)
    listed = set(db.session.scalars(select(model.id)))
    everybody = db.session.scalars(select(model), execution_options=LOOKING).all()
    if level is not Level.NONE:  # users see themselves even where they may not open the panel of users
        set_actor(db.session, SYSTEM)
        everybody = db.session.scalars(select(model)).all()
        assert listed == {row.id for row in everybody if decide(someone, Permission.VIEW, model, row)}
    assert len(listed) == expected(model, level, len(everybody))


def expected(model: type[Base], level: Level, there: int) -> int:
    if level is Level.ORGANISATION:
        return there
    if model is User:
        return 1
    return 0 if level is Level.NONE or model is CustomerGroup else 1


def test_the_roles_are_what_they_are_called(app: Flask) -> None:
    may = {
        role.name: {
            permission.value: {
                model.__tablename__ for model in MODELS if role.rights.level(model.__tablename__, permission)
            }
            for permission in Permission
        }
        for role in shipped_roles()
    }
    all_of_them = {model.__tablename__ for model in MODELS}
    written = all_of_them - {"user", "customer_group"}
    assert may[ADMINISTRATOR] == {each.value: all_of_them for each in Permission}
    assert may[EDITOR] == {each.value: written for each in Permission} | {"view": all_of_them}
    assert may[VIEWER] == {each.value: set[str]() for each in Permission} | {"view": all_of_them}


def test_who_is_elevated_stays_who_they_are(anna: Actor) -> None:
    assert (anna.elevated().user_id, anna.elevated().name) == (anna.user_id, "Anna")
    assert decide(anna.elevated(), Permission.DELETE, User)
    assert not decide(anna, Permission.DELETE, User)
