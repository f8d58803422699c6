"""What the history keeps of a value gives the same value back."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime, timedelta, timezone
from decimal import Decimal
from enum import Enum
from typing import Any

import pytest
from flask import Flask
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import Date, inspect

from models.base import Base, db
from models.customer import Customer, CustomerKind, Rating
from models.description import entities
from models.group import CustomerGroup
from models.images import decode, encode, image, keys_of, stored
from models.user import User
from tests.models.world import begin

ZONES = st.builds(timezone, st.integers(-23, 23).map(lambda hours: timedelta(hours=hours)))
VALUES: dict[type, st.SearchStrategy[Any]] = {
    str: st.text(),
    int: st.integers(-(2**63), 2**63 - 1),
    bool: st.booleans(),
    Decimal: st.decimals(allow_nan=False, allow_infinity=False, places=2),
    datetime: st.datetimes(timezones=ZONES),
    date: st.dates(),
}
NAMES = [(model, key) for model in entities() for key in inspect(model).columns.keys()]  # noqa: SIM118  not a dict
FIRST = {repr(inspect(model).columns[key].type): (model, key) for model, key in reversed(NAMES)}  # of each type
COLUMNS = [
    pytest.param(
        *name, id=f"{name[0].__tablename__}.{name[1]}", marks=[pytest.mark.thorough] * (name not in FIRST.values())
    )
    for name in NAMES
]


def values(column: Any) -> st.SearchStrategy[Any]:
    enum: type[Enum] | None = getattr(column.type, "enum_class", None)
    some = st.sampled_from(list(enum)) if enum else VALUES[column.type.python_type]
    return st.none() | some


@pytest.mark.parametrize(("model", "key"), COLUMNS)
def test_every_column_of_every_entity_comes_back_through_json(model: type[Base], key: str) -> None:
    column = inspect(model).columns[key]

    @given(values(column))
    def comes_back(value: Any) -> None:
        kept = json.loads(json.dumps(encode(value)))
        found = decode(column, kept)
        assert (found, type(found)) == (value, type(value))
        assert encode(found) == kept

    comes_back()


def test_days_come_back_as_days() -> None:
    day = datetime(2026, 2, 28, tzinfo=UTC).date()
    column: Any = type("Column", (), {"type": Date()})
    assert decode(column, encode(day)) == day


def test_an_image_holds_every_column_but_secrets() -> None:
    columns = set(inspect(Customer).columns.keys())
    assert set(image(Customer(password="secret-123"))) == columns - {"password"}
    assert keys_of(User, secret=True) == ("password",)
    assert keys_of(CustomerGroup, secret=True) == ()


def test_an_image_is_plain_json() -> None:
    kept = image(Customer(kind=CustomerKind.PRIVATE, rating=Rating.HOT, first_name="Zoë", created_at=datetime.now(UTC)))
    assert (kept["kind"], kept["rating"], kept["first_name"]) == ("private", "hot", "Zoë")
    assert json.loads(json.dumps(kept)) == kept


def test_what_was_never_set_was_empty_before_it_was_assigned(app: Flask) -> None:
    begin()
    row = CustomerGroup(name="Gold")
    db.session.add(row)
    db.session.flush()
    row.price_list = "Winter"
    assert stored(row, "price_list") is None
    assert stored(row, "name") == "Gold"
