"""Lists lead to the rows that their reader may see; limits decide which way a search takes, never what it finds."""

from __future__ import annotations

from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from admin_views.forms import named
from admin_views.lists.listing import MOST_LOOKED_AT, State, capped_count, keys_in_order, most_counted, selection
from models import reaching
from models.base import db
from models.contact import Contact
from models.customer import Customer
from models.gate import set_actor
from models.permissions import SYSTEM, Actor
from models.search import query
from tests.models.search_world import found
from tests.models.world import begin, owned_by, save, seller

FOREIGN = 12
# FEW, SOME and MOST_VISITED.
WAYS = {
    "looked at": (100, 0, 2000),
    "by entries": (0, 32_000, 2000),
    "named": (0, 0, 2000),
    "all named": (0, 0, 8),
    "walked": (0, 0, 4),
}


@pytest.fixture
def anna(app: Flask) -> Actor:
    """Anna, whose two customers come after many of Bert's, with a contact each."""
    begin()
    anna, bert = seller(name="Anna"), seller(name="Bert")
    begin()
    foreign = [owned_by(bert, f"Aurora {number:02}") for number in range(FOREIGN)]
    mine = [owned_by(anna, name) for name in ("Zeta Aurora", "Zeta Velo")]
    save(*(Contact(customer=each, name=f"Of {each.name}") for each in (*foreign, *mine)))
    begin(anna)
    return anna


@pytest.mark.parametrize("way", WAYS)
def test_a_permitted_row_is_found_however_many_foreign_ones_match(
    anna: Actor, way: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value in zip(("FEW", "SOME", "MOST_VISITED"), WAYS[way], strict=True):
        monkeypatch.setattr(query, name, value)
    assert found("aurora") == ["Zeta Aurora"]
    assert found("zeta velo") == ["Zeta Velo"]
    assert found("aurora", Contact) == ["Of Zeta Aurora"]
    assert found("aurora 03") == []


@pytest.mark.parametrize("way", WAYS)
def test_a_picker_offers_permitted_rows_only(anna: Actor, way: str, monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in zip(("FEW", "SOME", "MOST_VISITED"), WAYS[way], strict=True):
        monkeypatch.setattr(query, name, value)
    assert [each.name for each in named(Customer, "aurora", 2)] == ["Zeta Aurora"]  # type: ignore[attr-defined]
    assert [each.name for each in named(Customer, "", 5)] == ["Zeta Aurora", "Zeta Velo"]  # type: ignore[attr-defined]


def listed(model: Any, **values: Any) -> tuple[list[str], int]:
    state = State(**values)
    clauses = selection(model, state, ())
    names = {row.id: row.name for row in db.session.scalars(select(model))}
    keys = db.session.scalars(keys_in_order(model, clauses, "name"))
    return [names[key] for key in keys], capped_count(model, clauses, most_counted(model, state))


@pytest.mark.parametrize(("owners", "rows"), [(64, 10_000), (0, 10_000), (0, 0)])
def test_whichever_way_leads_to_them_lists_show_the_same(
    anna: Actor, owners: int, rows: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(reaching, "FEW_OWNERS", owners)
    monkeypatch.setattr(reaching, "FEW_ROWS", rows)
    assert listed(Customer) == (["Zeta Aurora", "Zeta Velo"], 2)
    assert listed(Contact) == (["Of Zeta Aurora", "Of Zeta Velo"], 2)
    set_actor(db.session, SYSTEM)
    assert [len(listed(model)[0]) for model in (Customer, Contact)] == [FOREIGN + 2, FOREIGN + 2]


def test_while_searching_fewer_rows_are_counted(anna: Actor) -> None:
    assert most_counted(Customer, State(search="aurora")) == MOST_LOOKED_AT < most_counted(Customer, State())
    assert most_counted(Contact, State()) == MOST_LOOKED_AT
