"""What a panel cannot do without: there once, whatever happened to it."""

from __future__ import annotations

from typing import Any

import pytest
from flask import Flask
from sqlalchemy import func, select

from models.base import db
from models.channel import Channel
from models.customer import Customer
from models.gate import set_actor
from models.group import CustomerGroup
from models.operations.accounts import create_administrator
from models.permissions import SYSTEM
from models.role import Role
from models.unit import BusinessUnit
from models.user import User
from seed.reference_rows import load_reference, shipped_roles


@pytest.fixture
def session(app: Flask) -> Any:
    set_actor(db.session, SYSTEM)
    load_reference(db.session)
    return db.session


def groups(session: Any) -> list[tuple[str, bool]]:
    return [(group.name, group.is_default) for group in session.scalars(select(CustomerGroup))]


def test_an_empty_database_gets_one_default_group_and_no_user(session: Any) -> None:
    assert groups(session) == [("General", True)]
    assert session.scalar(select(func.count(User.id))) == 0


def test_loading_again_adds_nothing(session: Any) -> None:
    load_reference(session)
    assert groups(session) == [("General", True)]


def test_a_renamed_default_group_stays_the_default(session: Any) -> None:
    session.scalars(select(CustomerGroup)).one().name = "Everybody"
    session.flush()
    load_reference(session)
    assert groups(session) == [("Everybody", True)]


def test_a_group_of_that_name_becomes_the_default_where_there_is_none(session: Any) -> None:
    session.scalars(select(CustomerGroup)).one().is_default = False
    session.flush()
    load_reference(session)
    assert groups(session) == [("General", True)]


def test_a_new_panel_has_roles_a_business_unit_and_a_channel_for_customers(session: Any) -> None:
    assert {role.name: role.rights for role in session.scalars(select(Role))} == {
        role.name: role.rights for role in shipped_roles()
    }
    assert list(session.scalars(select(BusinessUnit.name))) == ["Company"]
    assert list(session.scalars(select(Channel.name).where(Channel.offered(Customer)))) == ["Sales"]


def test_what_people_renamed_or_deleted_stays_so(session: Any) -> None:
    session.delete(session.scalars(select(Role).where(Role.name == "Viewer")).one())
    session.scalars(select(Channel)).one().name = "Shop"
    session.scalars(select(BusinessUnit)).one().name = "Clientela"
    session.flush()
    load_reference(session)
    assert "Viewer" not in session.scalars(select(Role.name)).all()
    assert (list(session.scalars(select(Channel.name))), list(session.scalars(select(BusinessUnit.name)))) == (
        ["Shop"],
        ["Clientela"],
    )


def test_the_first_administrator_belongs_to_the_first_business_unit(session: Any) -> None:
    user, _ = create_administrator(session, "boss@example.com", None, "Anna Rossi")
    assert [each.unit.name for each in user.units] == ["Company"]


def test_an_administrator_made_before_leaves_room_for_the_other_roles(app: Flask) -> None:
    set_actor(db.session, SYSTEM)
    create_administrator(db.session, "boss@example.com", None, "Anna Rossi")
    load_reference(db.session)
    assert sorted(db.session.scalars(select(Role.name))) == sorted(role.name for role in shipped_roles())
