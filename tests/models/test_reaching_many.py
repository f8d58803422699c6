"""Whoever reaches the rows of many owners finds what matches of theirs, in order and counted, whatever way is taken."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from itertools import product

import pytest
from flask import Flask

from admin_views.lists.listing import State, capped_count, fetch, keys_in_order, selection
from models import reaching
from models.base import db
from models.customer import Customer
from models.permissions import Actor, Level, Permission, Rights
from models.reaching import first_keys
from models.rights import Personal
from models.search import query
from models.search.backends import backend_of
from tests.models.search_world import Statements, execute, plans, recorded
from tests.models.world import begin, owned_by, seller

FIRST = ("Rossi", "Velo", "Bianchi", "Zeta", "Rossini")
SECOND = ("Milano", "Torino", "Milanese")
TEXTS = ("rossi", "milan", "rossi milan", "milano zeta", "ossi ilan", "velo torino", "nothing")
# FEW, SOME and MOST_VISITED of the search; DENSE and STEPS of the lists.
WAYS = {
    "few rows": (500, 32_000, 2000, 16, (1024,)),
    "few entries": (0, 32_000, 2000, 16, (1024,)),
    "in turn": (0, 0, 1, 1, (1024,)),
    "in steps": (0, 0, 1, 1_000_000, (2, 3)),
    "in one step": (0, 0, 1, 1_000_000, (1024,)),
}


@pytest.fixture
def names(app: Flask) -> list[str]:
    """The names that somebody of a unit may see, in order: of two colleagues' customers, and not of others'."""
    begin()
    owners = [seller(name=name) for name in ("Anna", "Bert", "Carla", "Dario")]
    begin()
    names = [f"{FIRST[n % 5]} {SECOND[n % 3]} {n:02}" for n in range(60)]
    for number, name in enumerate(names):
        owned_by(owners[number % 4], name)
    rights = Rights("sales", {"customer": {Permission.VIEW: Level.UNIT}}, personal=Personal.SHOWN)
    peers = frozenset(owner.user_id for owner in owners[1:3] if owner.user_id)
    begin(Actor(owners[1].user_id, "Bert", (rights,), peers))
    return sorted(name for number, name in enumerate(names) if number % 4 in (1, 2))


@pytest.fixture(params=WAYS)
def way(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> str:
    few, some, visited, dense, steps = WAYS[request.param]
    for module, values in (
        (query, {"FEW": few, "SOME": some, "MOST_VISITED": visited}),
        (reaching, {"FEW_KEYS": 0, "DENSE": dense, "STEPS": steps}),
    ):
        for name, value in values.items():
            monkeypatch.setattr(module, name, value)
    return str(request.param)


def pages(text: str, sort: str) -> Iterator[tuple[list[str], int]]:
    """Yield pages of four names, with the count that each shows, until one is empty."""
    for number in range(1, 20):
        state = State(search=text, sort=sort, size=4, page=number)
        page = fetch(Customer, state, selection(Customer, state, ()), sort, ())
        if page.state.page < number:
            return
        yield [getattr(row, "name", "") for row in page.rows], page.count


def test_every_page_shows_what_matches_in_order_and_counts_it(names: list[str], way: str) -> None:
    for sort, text in product(("name", "-name"), TEXTS):
        wanted = [name for name in names if all(word in name.lower() for word in text.split())]
        found = list(pages(text, sort))
        assert [name for page, _ in found for name in page] == (wanted[::-1] if sort == "-name" else wanted), text
        assert {count for _, count in found} == {len(wanted)}, text


@pytest.fixture
def undecided(monkeypatch: pytest.MonkeyPatch) -> None:
    """Few rows count as many, so that the words decide the way."""
    monkeypatch.setattr(query, "FEW", 0)
    monkeypatch.setattr(reaching, "FEW_KEYS", 0)
    if db.engine.dialect.name == "postgresql":
        execute("ANALYZE")  # as the server does by itself within a minute


def asked(text: str) -> tuple[Statements, Statements]:
    """Return what is asked to decide the way, and then for the keys and their count."""
    with recorded() as deciding:
        clauses = selection(Customer, State(search=text), ())
    with recorded() as listing:
        capped_count(Customer, clauses, 1000)
        first_keys(db.session, clauses, partial(keys_in_order, Customer, sort="name"), 50, 0)
    return deciding, listing


def test_if_few_entries_have_the_word_theirs_are_looked_at_and_named(
    names: list[str], undecided: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    backend = backend_of(db.engine.dialect.name)  # of so few rows PostgreSQL's planner can only guess
    monkeypatch.setattr(type(backend), "frequency", lambda self, ask, forms, most: 12)
    deciding, listing = asked("bianchi milanese")
    assert any(sign in deciding[-1][0] for sign in ("MATCH", "LIKE"))
    assert len(listing) == 2
    assert not any("search_entry" in statement for statement, _ in listing)


def test_if_fewer_rows_are_seen_than_have_the_word_postgresql_looks_at_these(names: list[str], undecided: None) -> None:
    deciding, listing = asked("milan")
    assert ("MATCH" in deciding[-1][0]) == (db.engine.dialect.name == "sqlite")
    assert "LIKE" not in deciding[-1][0]
    assert not any("search_entry" in statement for statement, _ in listing)


def test_of_common_words_sqlite_counts_by_key_and_merges_owners_before_it_looks(
    names: list[str], undecided: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value in {"SOME": 0, "MOST_VISITED": 1}.items():
        monkeypatch.setattr(query, name, value)
    _, listing = asked("milan")
    lines = [plans([each]) for each in listing]
    if db.engine.dialect.name == "postgresql":
        assert len(listing) == 2
    else:
        counted, merged, looked = lines
        assert "SCAN customer" in counted
        assert any("ix_customer_owner_id_name_id" in line for line in merged)
        assert not any("search_entry" in line for line in merged)
        assert any("ix_search_entry_root" in line for line in looked)
