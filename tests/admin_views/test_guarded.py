"""A guarded field of which people would learn something without seeing it stops the start."""

from __future__ import annotations

import pytest
from flask import Flask
from sqlalchemy.orm import Mapped

from admin_views import guarded
from admin_views.base import PanelView
from admin_views.checks import DeclarationError
from models.base import Base
from models.customer import Customer
from models.fields import Count, Country, Name, Phone, Province, field, parent
from tests.models.scratch import forget


@pytest.mark.parametrize("option", ["column_default_sort", "column_subtitle"])
def test_what_is_the_same_for_everybody_does_not_come_from_a_guarded_field(app: Flask, option: str) -> None:
    view = type("TellingView", (PanelView,), {option: "rating"})
    with pytest.raises(DeclarationError, match=f"TellingView.{option} names “rating”, which is guarded"):
        view(Customer)


def test_a_guarded_field_stands_alone(app: Flask) -> None:
    class Till(Base):
        name: Mapped[Name] = field(guarded=True)
        country: Mapped[Country | None] = field(guarded=True)
        hotline: Mapped[Phone | None] = field(country="country")
        number: Mapped[Count] = field(guarded=True)
        province: Mapped[Province | None] = field(guarded=True, country="country")
        sealed: Mapped[bool] = field(default=False, guarded=True)

    class TillCoin(Base):
        till: Mapped[Till] = parent(part=True)
        worth: Mapped[Count | None] = field(guarded=True)

    try:
        found = [*guarded.in_model(Till), *guarded.in_model(TillCoin)]
    finally:
        forget(TillCoin)
        forget(Till)
    assert found == [
        "Till.name cannot be guarded: it is the title of its entity.",
        "Till.name cannot be guarded: a row cannot be saved without it.",
        "Till.country cannot be guarded: hotline depends on it.",
        "Till.number cannot be guarded: a row cannot be saved without it.",
        "Till.province cannot be guarded: what is wrong with it depends on another field.",
        "Till.country cannot be guarded: province depends on it.",
        "TillCoin.worth cannot be guarded: it is part of another record, whose fields can be.",
    ]
    assert list(guarded.in_model(Customer)) == []
