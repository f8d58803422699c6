"""On whatever way one writes, what one's level does not reach stays as it is, and what it reaches is written."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from flask import Flask

from models.base import Base
from models.contact import Contact
from models.customer import Customer, CustomerEmail
from models.permissions import Level
from tests.models.world import everything
from tests.panel import VAT
from tests.panel import stored as rows
from tests.rights import stage
from tests.rights.cast import EDITED, LEVELS, OWNED, STRANGER, Cast, owned_views, stored
from tests.rights.marks import AN_OWNED_ONE_AND_A_CHILD, ON_SQLITE, THE_WIDEST_LEVEL

TYPED = {
    "customer": "tags",
    "account": "tags",
    "contact": "notes",
    "note": "body",
    "call": "subject",
    "task": "subject",
    "attachment": "name",
}
FORGED = {
    "name": "forged", "body": "forged", "company": "forged", "kind": "company", "vat_number": VAT, "confirmed": "1",
    "version": "1", "notes": "forged", "tags": "forged",
}  # fmt: skip


app, cast = stage.app, stage.cast


def keys_of(entity: str, cast: Cast, level: Level) -> Iterator[int]:
    yield from (key for _, key in cast.foreign(level, entity))


WAYS = ("edit/?id={0}", "edit/?id={0}&panel=0", "edit/?id={0}&panel=4", "delete/?id={0}", "duplicate/?id={0}")


@ON_SQLITE
@THE_WIDEST_LEVEL
@pytest.mark.parametrize("level", LEVELS)
def test_forms_sent_to_rows_beyond_reach_find_nothing(cast: Cast, level: Level) -> None:
    before = stored()
    for path in WAYS:
        for entity, key in cast.foreign(level):
            for fragment in (False, True):
                forged = {**FORGED, "customer": str(cast.keys["own", "customer"])}
                answer = cast.panels[level].post(f"/{entity}/{path.format(key)}", forged, fragment=fragment)
                assert (answer.status_code, cast.leaks(level, answer.text)) == (404, []), path
    assert stored() == before


@ON_SQLITE
@THE_WIDEST_LEVEL
@pytest.mark.parametrize("level", LEVELS)
def test_forms_sent_to_rows_within_reach_are_saved(cast: Cast, level: Level) -> None:
    for entity in EDITED:
        key = cast.farthest(level, entity)
        assert cast.panels[level].fill(f"/{entity}/edit/?id={key}", {TYPED[entity]: "typed"}).status_code == 303
        assert cast.panels[level].fill(f"/{entity}/edit/?id={key}").status_code == 303
    assert str(stored()).count("'typed'") == len(EDITED)


@ON_SQLITE
@AN_OWNED_ONE_AND_A_CHILD
@pytest.mark.parametrize("entity", OWNED)
def test_what_is_deleted_in_bulk_is_within_reach(cast: Cast, entity: str) -> None:
    everything = {key for (_, each), key in cast.keys.items() if each == entity}
    gone: set[int] = set()
    for level in LEVELS:
        panel, own = cast.panels[level], cast.farthest(level, entity)
        chosen = {"action": "delete", "rowid": [str(own), *map(str, keys_of(entity, cast, level))]}
        asked = panel.post(f"/{entity}/action/", chosen)
        assert cast.leaks(level, asked.text) == []
        answer = panel.post(f"/{entity}/action/", {**chosen, "confirmed": "1"})
        assert (answer.status_code in {200, 303}, cast.leaks(level, answer.text)) == (True, [])
        gone.add(own)
        model: Any = {"customer": Customer, "contact": Contact}.get(entity)
        if model:
            assert {row.id for row in rows(model)} == everything - gone
    assert len(gone) == len(LEVELS)


def test_rows_within_reach_are_deleted_one_by_one(cast: Cast) -> None:
    for level in LEVELS:
        key = cast.farthest(level, "contact")
        assert cast.panels[level].fill(f"/contact/delete/?id={key}").status_code == 303
        assert rows(Contact, id=key) == []


def test_children_are_not_added_beyond_reach(cast: Cast) -> None:
    before = stored()
    for level in LEVELS:
        for key in keys_of("customer", cast, level):
            for entity in ("contact", "note"):
                panel = cast.panels[level]
                assert panel.post(f"/{entity}/new/?customer={key}", FORGED).status_code == 404
                answer = panel.post(f"/{entity}/new/", {**FORGED, "customer": str(key)})
                assert (answer.status_code, cast.leaks(level, answer.text)) == (422, [])
                absent = panel.post(f"/{entity}/new/", {**FORGED, "customer": "999999"})
                assert same(answer.text, key) == same(absent.text, 999_999)
    assert stored() == before


def same(page: str, key: int) -> list[str]:
    """Return the lines of a page that do not change from request to request, without what was typed."""
    lines = (line.replace(f'value="{key}"', "value") for line in page.splitlines())
    return [line for line in lines if not any(part in line for part in ("nonce", "<code>", "csrf"))]


def test_children_are_added_within_reach(cast: Cast) -> None:
    for level in LEVELS:
        key = cast.farthest(level, "customer")
        answer = cast.panels[level].fill(f"/contact/new/?customer={key}", {"name": "typed"})
        assert answer.status_code == 303
        assert len(rows(Contact, customer_id=key)) == 2


def test_children_move_neither_beyond_reach_nor_from_there(cast: Cast) -> None:
    before = stored()
    for level in LEVELS:
        mine = cast.farthest(level, "contact")
        for key in keys_of("customer", cast, level):
            answer = cast.panels[level].fill(f"/contact/edit/?id={mine}", {"customer": str(key)})
            assert (answer.status_code, cast.leaks(level, answer.text)) == (422, [])
    assert stored() == before
    for level, other in ((Level.UNIT, "own"), (Level.DIVISION, "own")):
        target = str(cast.keys[other, "customer"])
        mine = cast.farthest(level, "contact")
        assert cast.panels[level].fill(f"/contact/edit/?id={mine}", {"customer": target}).status_code == 303


@pytest.mark.parametrize("relation", ["account", "owner"])
def test_relations_lead_to_nothing_beyond_reach(cast: Cast, relation: str) -> None:
    before = stored()
    for level in LEVELS:
        mine = cast.farthest(level, "customer")
        foreign = [cast.users_by_key[STRANGER]] if relation == "owner" else keys_of(relation, cast, level)
        for key in foreign:
            answer = cast.panels[level].fill(f"/customer/edit/?id={mine}", {relation: str(key)})
            assert (answer.status_code, cast.leaks(level, answer.text)) in ((422, []), (403, []))
    assert stored() == before


def test_an_owner_is_changed_within_reach(cast: Cast) -> None:
    mine, to = cast.farthest(Level.UNIT, "customer"), cast.users_by_key["own"]
    assert cast.panels[Level.UNIT].fill(f"/customer/edit/?id={mine}", {"owner": str(to)}).status_code == 303
    assert rows(Customer, id=mine)[0].owner_id == to


def test_parts_of_records_beyond_reach_are_not_written_through_ones_own(cast: Cast) -> None:
    """The rows of a part are sent with keys: a foreign one, known or not, changes and takes away nothing."""
    before = {row.id: (row.customer_id, row.address, row.version) for row in rows(CustomerEmail)}
    for level in LEVELS:
        mine = cast.farthest(level, "customer")
        path = f"/customer/edit/?id={mine}"
        for key in keys_of("customer_email", cast, level):
            form = cast.panels[level].get(path)
            own = str(cast.farthest(level, "customer_email"))
            forged = {"emails-keys": [own, str(key)], f"emails-{key}-address": "forged@example.com"}
            cast.panels[level].send(form, {**forged, "emails-known": [f"{own}-1", f"{key}-1"]})
            cast.panels[level].send(form, {"emails-known": [f"{own}-1", f"{key}-1"], "emails-keys": [own]})
    after = {row.id: (row.customer_id, row.address, row.version) for row in rows(CustomerEmail)}
    assert after == {key: after[key] if key in after and key not in before else before[key] for key in after}
    assert set(before) <= set(after)


# Values for columns that the form of the row does not have: nobody can set them by sending them.
ASSIGNED = {
    "id": "4711", "owner_id": "{stranger}", "account_id": "{account}", "channel_id": "999", "customer_id": "{customer}",
    "login_key": "forged@example.com", "created_at": "2001-01-01", "updated_at": "2001-01-01", "author": "{stranger}",
    "author_id": "{stranger}", "password_changed_at": "2001-01-01", "active": "on", "administrator": "on",
}  # fmt: skip


@pytest.mark.parametrize("entity", EDITED)
def test_columns_that_a_form_does_not_have_are_not_set(app: Flask, cast: Cast, entity: str) -> None:
    level, values = Level.OWN, {"account": cast.keys[STRANGER, "account"], "customer": cast.keys[STRANGER, "customer"]}
    sent = {key: value.format(stranger=cast.users_by_key[STRANGER], **values) for key, value in ASSIGNED.items()}
    key, model = cast.keys["own", entity], owned_views(app)[entity].model
    before = columns(model, key)
    assert cast.panels[level].fill(f"/{entity}/edit/?id={key}", {**sent, TYPED[entity]: "typed"}).status_code == 303
    assert columns(model, key) == {**before, TYPED[entity]: "typed"}


def columns(model: type[Base], key: int) -> dict[str, Any]:
    """Return a row as it is stored, but for when it was changed."""
    [found] = [row for row in everything(model) if row["id"] == key]
    return {name: value for name, value in found.items() if name != "updated_at"}
