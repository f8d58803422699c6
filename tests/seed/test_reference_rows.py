"""The default group: there once, whatever happened to it."""

from __future__ import annotations

from typing import Any

import pytest
from flask import Flask
from sqlalchemy import func, select

from models.base import db
from models.gate import set_actor
from models.group import CustomerGroup
from models.permissions import SYSTEM
from models.user import User
from seed.reference_rows import load_reference


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
