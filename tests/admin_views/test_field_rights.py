"""Guarded fields: no page, list, filter, export, search or history tells of them to those whose role opens none."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator
from io import StringIO
from itertools import product
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import func, select

from models.base import db
from models.history import ChangeSet
from models.rights import Access
from tests.admin_views.confidential import (
    CANARIES,
    GUARDED,
    Tier,
    crawl,
    new_deal,
    new_outing,
    panel_with_deals,
    reader,
    told,
)
from tests.databases import Database
from tests.panel import Forms, Panel, stored

OPERATORS = {"": "quillfeather", "__not": "mandrake", "__contains": "q", "__from": "5", "__to": "5", "__empty": "1"}


@pytest.fixture(scope="module")
def app(database: Database) -> Iterator[Flask]:
    with panel_with_deals(database.copy()) as app:
        yield app


@pytest.fixture
def bridge(app: Flask) -> Any:
    deal = new_deal(app)
    new_outing(app, deal)
    return deal


def order(page: str) -> list[str]:
    return re.findall(r'<tr id="r(\d+)"', page)


def forged(deal: Any) -> list[str]:
    every = ",".join(("name", *GUARDED))
    lists = [f"/deal/?sort={sign}{key}&columns={every}" for sign, key in product(("", "-"), GUARDED)]
    lists += [f"/deal/?f_{key}{name}={value}" for key, (name, value) in product(GUARDED, OPERATORS.items())]
    lists += [f"/deal/?search={words}" for words in ("quillf", "ptarm", "zeug", "734092", "mandr")]
    others = [f"/deal/filter/?field={key}" for key in GUARDED] + [f"/deal/ajax/lookup/?name={key}" for key in GUARDED]
    others += ["/deal/export/csv/", "/outing/export/csv/?sort=mood"]
    others += ["/outing/?columns=mood&sort=mood&f_mood__contains=k"]
    pages = [f"/deal/{page}/?id={deal.id}" for page in ("details", "edit", "history", "delete")]
    panels = [f"/deal/{page}/?id={deal.id}&panel={panel}" for page in ("details", "edit") for panel in (0, 1)]
    return [*lists, *others, *pages, *panels, "/deal/new/", "/outing/", f"/outing/?deal={deal.id}"]


@pytest.mark.quick(database=["sqlite"])  # what is shown of a row is decided after it was read
def test_no_page_tells_of_a_guarded_field(app: Flask, bridge: Any) -> None:
    me, admin = reader(app), Panel(app)
    for value in ("quillfeather mandrake", "ptarmigan"):
        admin.fill(f"/deal/edit/?id={bridge.id}&panel=0", {"margin": value})
    admin.fill(f"/outing/edit/?id={bridge.outings[0].id}", {"mood": "zeugma"})
    answers = crawl(me, forged(bridge), 600)
    assert {path: words for path, text in answers.items() if (words := told(text))} == {}
    assert len(answers) >= 600
    assert sum("Bridge" in text for text in answers.values()) > 300


def test_those_whose_role_opens_them_see_them_on_the_same_pages(app: Flask, bridge: Any) -> None:
    me = reader(app, Access.VIEW)
    assert told(me.get("/deal/").text) >= {"quillfeather", "mandrake", "7340921"}
    assert told(me.get(f"/deal/details/?id={bridge.id}").text) >= {"quillfeather", "mandrake", "ptarmigan", "kumquat"}
    assert told(me.get("/deal/export/csv/").text) >= {"quillfeather", "zeugma", "7340921"}
    assert "Bridge" in me.get("/deal/?f_margin__contains=quillf").text
    assert "mandrake" in told(me.get("/deal/filter/?field=tier").text)
    Panel(app).fill(f"/deal/edit/?id={bridge.id}&panel=0", {"margin": "less"})
    assert told(me.get(f"/deal/history/?id={bridge.id}").text) == {"quillfeather"}


@pytest.mark.parametrize("key", GUARDED)
def test_neither_order_nor_number_of_rows_depends_on_it(app: Flask, bridge: Any, key: str) -> None:
    first = {"margin": "a", "worth": 1, "verdict": "a", "tier": Tier.PLAIN, "traits": "a", "urgent": False}
    new_deal(app, "Quay", **first)
    new_deal(app, "Arch", **dict.fromkeys(GUARDED, None) | {"urgent": False})
    me = reader(app)
    plain = order(me.get("/deal/").text)
    assert len(plain) == 3
    for asked in (f"sort={key}", f"sort=-{key}", *(f"f_{key}{name}={value}" for name, value in OPERATORS.items())):
        page = me.get(f"/deal/?{asked}").text
        assert order(page) == plain, asked
        assert 'class="chips"' not in page
        assert me.get(f"/deal/export/csv/?{asked}").text == me.get("/deal/export/csv/").text
        assert "1 of 3" in me.get(f"/deal/details/?id={plain[0]}&at=1&{asked}").text


@pytest.mark.parametrize("words", ["quillf", "ptarmigan", "zeugma", "mandrake", "7340921", "kumquat"])
def test_search_finds_nothing_by_it_whoever_asks(app: Flask, bridge: Any, words: str) -> None:
    assert order(reader(app).get(f"/deal/?search={words}").text) == []
    assert order(Panel(app).get(f"/deal/?search={words}").text) == []
    assert order(Panel(app).get("/deal/?search=bridge").text) == [str(bridge.id)]


def test_a_guarded_column_filter_or_field_is_not_even_offered(app: Flask, bridge: Any) -> None:
    me = reader(app)
    for path in ("/deal/", f"/deal/details/?id={bridge.id}", f"/deal/edit/?id={bridge.id}", "/deal/new/"):
        page = me.get(path).text
        for label in ("Margin", "Worth", "Verdict", "Tier", "Traits"):
            assert label not in page, path
    for key in GUARDED:
        assert me.get(f"/deal/filter/?field={key}").status_code == 404
    [header] = me.get("/deal/export/csv/").text.splitlines()[:1]
    assert header.removeprefix("\ufeff") == "Name,City,Owner,Created,Updated"


def test_a_panel_of_guarded_fields_alone_is_there_for_those_who_see_them(app: Flask, bridge: Any) -> None:
    path = f"/deal/details/?id={bridge.id}"
    assert ">Inside<" not in reader(app).get(path).text
    assert ">Inside<" in reader(app, Access.VIEW).get(path).text
    assert f"id={bridge.id}&amp;panel=1" not in reader(app, Access.VIEW).get(path).text
    assert f"id={bridge.id}&amp;panel=1" in reader(app, Access.EDIT).get(path).text


@pytest.mark.parametrize("access", [None, Access.VIEW])
def test_what_is_forged_into_a_form_changes_nothing(app: Flask, bridge: Any, access: Access | None) -> None:
    me = reader(app, access)
    wanted = {"margin": "mine", "worth": "1", "verdict": "mine", "tier": "plain", "traits": "mine", "urgent": "y"}
    for path in (f"/deal/edit/?id={bridge.id}", f"/deal/edit/?id={bridge.id}&panel=0"):
        names = Forms(me.get(path).text).only.values
        assert not set(wanted) & set(names)
        assert me.fill(path, {**wanted, "city": "Genoa"}).status_code == 303
    assert me.fill("/deal/new/", {**wanted, "name": "Quay"}).status_code == 303
    old, new = stored(type(bridge))
    assert (old.city, old.margin, old.worth, old.tier) == ("Genoa", "quillfeather", 7340921, Tier.MANDRAKE)
    assert [getattr(new, key) for key in GUARDED] == [None, None, None, None, None, False]


def test_who_may_edit_a_guarded_field_types_it_like_any_other(app: Flask, bridge: Any) -> None:
    me = reader(app, Access.EDIT)
    assert me.fill(f"/deal/edit/?id={bridge.id}", {"margin": "mine", "tier": "plain"}).status_code == 303
    [row] = stored(type(bridge))
    assert (row.margin, row.tier, row.worth) == ("mine", Tier.PLAIN, 7340921)


def test_a_row_in_a_grid_is_edited_without_its_guarded_field(app: Flask, bridge: Any) -> None:
    path = f"/outing/edit/?id={bridge.outings[0].id}&deal={bridge.id}"
    for me in (reader(app), reader(app, Access.VIEW)):
        assert "mood" not in Forms(me.get(path, fragment=True).text).only.values
        assert me.fill(path, {"mood": "forged", "report": "Again."}, fragment=True).status_code == 200
    [outing] = stored(type(bridge.outings[0]))
    assert (outing.mood, outing.report) == ("kumquat", "Again.")


def test_two_people_editing_are_told_nothing_of_what_one_may_not_see(app: Flask, bridge: Any) -> None:
    me, admin, path = reader(app), Panel(app), f"/deal/edit/?id={bridge.id}"
    page = me.get(path)
    admin.fill(path, {"margin": "kumquat", "city": "Bari"})
    answer = me.send(page, {"margin": "mine", "city": "Rome"})
    assert answer.status_code == 422
    assert "changed this to “Bari”" in answer.text
    assert told(answer.text) == set()
    assert me.send(answer).status_code == 303
    [row] = stored(type(bridge))
    assert (row.city, row.margin) == ("Rome", "kumquat")


def test_that_another_row_says_the_same_is_told_to_those_who_see_it(app: Flask, bridge: Any) -> None:
    other = new_deal(app, "Quay")
    path = f"/deal/edit/?id={other.id}&panel=0"
    for me, says in ((reader(app), False), (reader(app, Access.VIEW), True)):
        me.fill(path, {"city": str(says)})
        assert ("has the same traits" in me.get("/deal/").text.lower()) is says


def test_the_history_says_that_something_was_changed_without_what(app: Flask, bridge: Any) -> None:
    me = reader(app)
    Panel(app).fill(f"/deal/edit/?id={bridge.id}", {"margin": "kumquat"})
    page = me.get(f"/deal/history/?id={bridge.id}").text
    assert "Something that your role does not show" in page
    assert "Margin" not in page
    Panel(app).fill(f"/deal/edit/?id={bridge.id}", {"city": "Genoa", "worth": "5"})
    page = me.get(f"/deal/history/?id={bridge.id}").text
    assert page.count("Something that your role does not show") == 2
    assert "Genoa" in page


@pytest.mark.parametrize("access", [None, Access.VIEW])
def test_a_change_of_it_is_not_taken_back_by_those_who_may_not_make_it(
    app: Flask, bridge: Any, access: Access | None
) -> None:
    Panel(app).fill(f"/deal/edit/?id={bridge.id}", {"margin": "kumquat"})
    key = last_change()
    me = reader(app, access)
    assert f"/change_set/{key}/undo" not in me.get(f"/deal/history/?id={bridge.id}").text
    answer = me.post(f"/change_set/{key}/undo")
    assert answer.status_code == 403
    assert "may not change “Margin”." in answer.text
    assert told(answer.text) == set()
    assert stored(type(bridge))[0].margin == "kumquat"
    assert reader(app, Access.EDIT).post(f"/change_set/{key}/undo").status_code == 303
    assert stored(type(bridge))[0].margin == "quillfeather"


def test_what_one_deleted_comes_back_with_what_one_does_not_see(app: Flask, bridge: Any) -> None:
    me = reader(app)
    me.fill(f"/deal/delete/?id={bridge.id}")
    assert stored(type(bridge)) == []
    assert me.post(f"/change_set/{last_change()}/undo").status_code == 303
    [row] = stored(type(bridge))
    assert (row.margin, row.worth) == ("quillfeather", 7340921)


def test_an_export_has_the_columns_of_the_person(app: Flask, bridge: Any) -> None:
    text = reader(app, Access.VIEW, fields=("worth",)).get("/deal/export/csv/").text.removeprefix("\ufeff")
    [row] = csv.DictReader(StringIO(text))
    assert row["Worth"] == "7340921"
    assert told(text) == {"7340921"}
    assert set(CANARIES) & set(row.values()) == {"7340921"}


def last_change() -> int:
    return db.session.connection().scalar(select(func.max(ChangeSet.id))) or 0
