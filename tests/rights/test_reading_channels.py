"""On whatever way one looks, what one's level does not reach is not there, and what it reaches is."""

from __future__ import annotations

import re

import pytest
from flask import Flask
from sqlalchemy import select

from models.base import db
from models.customer import Customer
from models.gate import set_actor, ungated
from models.permissions import SYSTEM, Level
from tests.panel import statements
from tests.rights import stage
from tests.rights.cast import (
    LEVELS,
    MARK,
    OWNED,
    REACHED,
    SENT,
    SET_UP,
    STRANGER,
    Cast,
    change_sets,
    owned_views,
    stored,
    word,
)
from tests.rights.marks import AN_OWNED_ONE_AND_A_CHILD, ON_SQLITE, THE_WIDEST_LEVEL

PAST = ungated("a test looks past the gate")
ABSENT = 999_999


app, cast = stage.app, stage.cast


def test_all_that_is_owned_is_in_the_cast(app: Flask) -> None:
    assert set(owned_views(app)) == set(OWNED)


MANY = {
    "the list": "/{0}/?size=100",
    "the list in another order": "/{0}/?size=100&sort=-updated_at",
    "search": "/{0}/?size=100&search={1}",
    "export": "/{0}/export/csv/",
    "export of what was searched": "/{0}/export/csv/?search={1}",
}


@ON_SQLITE
@AN_OWNED_ONE_AND_A_CHILD
@pytest.mark.parametrize("entity", OWNED)
def test_many_rows_are_those_within_reach(cast: Cast, entity: str) -> None:
    for level in LEVELS:
        for way, path in MANY.items():
            text = plain(cast.panels[level].get(path.format(entity, MARK)).text)
            assert cast.leaks(level, text) == [], way
            assert cast.told(level, text, entity) == REACHED[level], (level, way)
            several = f"1–{len(REACHED[level])} of {len(REACHED[level])}"
            assert several in text or "export" in path, (level, way)


def plain(text: str) -> str:
    """Return a page without the tags that mark what was searched for."""
    return re.sub(r"</?mark[^>]*>", "", text)


def test_pickers_find_what_is_within_reach(app: Flask, cast: Cast) -> None:
    for entity, view in owned_views(app).items():
        for key in (each.key for each in view.description.attributes.values() if each.target):
            for level in LEVELS:
                text = cast.panels[level].get(f"/{entity}/ajax/lookup/?name={key}&query={MARK}").text
                assert cast.leaks(level, text) == []
                if key in OWNED:
                    assert cast.told(level, text, key) == REACHED[level], (level, entity, key)


def test_forms_and_filters_offer_nothing_beyond_reach(app: Flask, cast: Cast) -> None:
    for entity, view in owned_views(app).items():
        known = (key for key in view.filters if key not in {each.key for each in view.description.guarded})
        for path in ("new/", *(f"filter/?field={key}" for key in known)):
            for level in LEVELS:
                answer = cast.panels[level].get(f"/{entity}/{path}")
                assert answer.status_code == status(entity, path), (entity, path)
                assert cast.leaks(level, answer.text) == [], (entity, path)


def status(entity: str, path: str) -> int:
    """Return how a page answers to those who may do what others do with such rows: nobody edits what is only sent."""
    return 403 if entity in SENT and path.startswith("edit/") else 200


def test_filters_by_what_is_beyond_reach_find_nothing_and_name_nobody(app: Flask, cast: Cast) -> None:
    for entity, view in owned_views(app).items():
        for level in LEVELS:
            for key in view.filters.keys() & {"customer", "account"}:
                for _, foreign in cast.foreign(level, key):
                    text = cast.panels[level].get(f"/{entity}/?f_{key}={foreign}").text
                    assert cast.leaks(level, text) == [], (entity, key)


ONE = (
    "details/?id={0}", "details/?id={0}&panel=0", "details/?id={0}&at=1", "edit/?id={0}", "edit/?id={0}&panel=0",
    "delete/?id={0}", "history/?id={0}", "why/?id={0}&may=edit", "access/?id={0}",
)  # fmt: skip


@ON_SQLITE
@THE_WIDEST_LEVEL
@pytest.mark.parametrize("level", LEVELS)
def test_a_page_of_a_row_is_there_within_reach_alone(cast: Cast, level: Level) -> None:
    panel = cast.panels[level]
    for path in ONE:
        for entity in OWNED:
            answer = panel.get(f"/{entity}/{path.format(cast.farthest(level, entity))}")
            assert answer.status_code == status(entity, path), (path, entity)
            assert cast.leaks(level, answer.text) == []
        for entity, key in cast.foreign(level):
            answer = panel.get(f"/{entity}/{path.format(key)}")
            assert answer.status_code == 404, (path, entity, key)
            assert cast.leaks(level, answer.text) == []


@ON_SQLITE
@AN_OWNED_ONE_AND_A_CHILD
@pytest.mark.parametrize("entity", OWNED)
def test_foreign_and_absent_rows_are_told_apart_by_nothing(cast: Cast, entity: str) -> None:
    panel, key = cast.panels[Level.UNIT], cast.keys[STRANGER, entity]
    for path in (*ONE, "duplicate/?id={0}"):
        answers = []
        for wanted in (key, ABSENT):
            for fragment in (False, True):
                with statements() as sent:
                    answer = panel.get(f"/{entity}/{path.format(wanted)}", fragment=fragment)
                headers = sorted(name for name, _ in answer.headers)
                answers.append((answer.status_code, headers, still(answer.text), len(sent)))
        assert answers[:2] == answers[2:], path


def still(page: str) -> list[str]:
    """Return the lines of a page that do not change from request to request."""
    return [line for line in page.splitlines() if not any(part in line for part in ("nonce", "<code>", "csrf"))]


def test_grids_of_children_are_there_within_reach_alone(cast: Cast) -> None:
    for level in LEVELS:
        for entity in ("contact", "note"):
            for _, key in cast.reached(level, "customer"):
                assert cast.panels[level].get(f"/{entity}/?customer={key}", fragment=True).status_code == 200
            for _, key in cast.foreign(level, "customer"):
                answer = cast.panels[level].get(f"/{entity}/?customer={key}", fragment=True)
                assert (answer.status_code, cast.leaks(level, answer.text)) == (404, [])


def test_who_sees_less_of_what_points_to_a_record_is_not_told_of_the_rest(cast: Cast) -> None:
    """An account that one may see has customers of all owners: on no page of it they appear."""
    account = cast.keys["own", "account"]
    with_all = [cast.keys[owner, "customer"] for owner, entity in cast.keys if entity == "customer"]
    move_customers(with_all, account)
    panel = cast.panels[Level.OWN]
    for page in ("details", "edit", "delete", "history"):
        text = panel.get(f"/account/{page}/?id={account}").text
        assert (page, cast.leaks(Level.OWN, text)) == (page, [])
    assert word("own", "customer") in panel.get(f"/account/details/?id={account}").text


def move_customers(keys: list[int], account: int) -> None:
    """Let customers have this account, whoever they are."""
    set_actor(db.session, SYSTEM)
    for customer in db.session.scalars(select(Customer).where(Customer.id.in_(keys))):
        customer.account_id = account  # type: ignore[attr-defined]
    db.session.commit()


def test_nothing_beyond_reach_is_undone(cast: Cast) -> None:
    before = stored()
    for level in LEVELS:
        rows = set(cast.foreign(level))
        for key in change_sets(rows):
            answer = cast.panels[level].post(f"/change_set/{key}/undo")
            assert (answer.status_code, cast.leaks(level, answer.text)) == (404, [])
            absent = cast.panels[level].post(f"/change_set/{ABSENT}/undo")
            assert still(answer.text) == still(absent.text)
    assert stored() == before


def test_what_the_panel_is_set_up_with_names_no_row(app: Flask, cast: Cast) -> None:
    """Users, roles, units, channels and groups are everybody's to see; what points to them is not."""
    for level in LEVELS:
        panel = cast.panels[level]
        for path in ("/", "/me/", *(f"/{entity}/" for entity in SET_UP)):
            assert cast.leaks(level, panel.get(path).text) == [], path
        for entity in SET_UP:
            view = next(each for each in app.extensions["admin"][0]._views if each.endpoint == entity)
            key = db.session.scalars(select(view.model.id).limit(1), execution_options=PAST).one()
            for page in ("details", "history"):
                text = panel.get(f"/{entity}/{page}/?id={key}").text
                assert cast.leaks(level, text) == [], (entity, page)
