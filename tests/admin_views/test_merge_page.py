"""Rows are merged on a page that shows them side by side, asks, and can be taken back."""

from __future__ import annotations

import re

import pytest
from flask import Flask

from models.base import db
from models.customer import Customer
from tests.models.world import person
from tests.panel import Panel, add, company, contact, stored
from tests.people import EDITOR, VIEWER


@pytest.fixture
def panel(app: Flask) -> Panel:
    return Panel(app, EDITOR)


def two() -> tuple[int, int]:
    """Return two customers; the second has a contact and knows how many it employs."""
    one, other = company("Seta", tags="a"), company("Seta Como", tags="b", employees=7, website="https://seta.example")
    contact(other, "Marta")
    return one.id, other.id


def url(*keys: int) -> str:
    return "/customer/merge/?" + "&".join(f"id={key}" for key in keys)


def told(panel: Panel, key: int) -> list[tuple[str, str]]:
    """Return what the history of a customer says of merging."""
    page = panel.get(f"/customer/history/?id={key}", fragment=True).text
    return re.findall(r'class="quiet">(Merged[^<]*)</span> ([^<]*)<', page)


def names() -> list[str]:
    return [each.name for each in stored(Customer)]


def test_a_selection_leads_to_the_page_if_there_are_two_to_five(panel: Panel) -> None:
    one, other = two()
    answer = panel.post("/customer/action/", [("action", "merge"), ("rowid", one), ("rowid", other)], fragment=True)
    assert answer.headers["HX-Redirect"] == url(one, other)
    alone = panel.post("/customer/action/", {"action": "merge", "rowid": one})
    assert alone.location == "/customer/"
    assert "Choose two to five customers to merge." in panel.get("/customer/").text
    assert "Merge…" not in panel.get("/note/").text


def test_what_differs_is_picked_then_confirmed_then_done_and_undone(panel: Panel) -> None:
    one, other = two()
    page = panel.get(url(one, other))
    assert "1 field is equal" not in page.text
    assert page.text.count('name="pick-tags"') == 2
    assert 'name="pick-vat_number"' not in page.text  # both have the same
    assert "Their account is not the same. With nothing else in them, these become one, too." in page.text
    asked = panel.send(page, {"master": str(one), "pick-tags": str(other)})
    assert "The account “Seta” has nothing else, and goes into “Seta Como”." in asked.text
    assert "Merge 2 customers into “Seta”?" in asked.text
    assert "1 contact moves to “Seta”." in asked.text
    done = panel.send(asked)
    assert done.location == f"/customer/details/?id={one}"
    [left] = stored(Customer)
    assert (left.tags, left.employees, left.website) == ("b", 7, "https://seta.example")
    shown = panel.get(done.location)
    assert told(panel, one) == [("Merged into “Seta Como”: Customer", "Seta Como")]
    assert "2 customers are one now: “Seta Como”." in shown.text
    panel.post(next(each for each in shown.text.split('"') if each.endswith("/undo")))
    assert names() == ["Seta", "Seta Como"]
    assert told(panel, other) == [("Merged into “Seta”: Customer", "Seta Como")]


def test_rows_of_one_name_are_told_apart_by_when_they_came(panel: Panel) -> None:
    first, second = company("Seta", tags="a"), company("Seta", tags="b")
    page = panel.get(url(first.id, second.id))
    assert page.text.count("Seta, since ") > 1
    assert "Seta, since " in panel.send(page, {"master": str(first.id)}).text


def test_what_is_wrong_and_what_was_changed_meanwhile_is_told_with_what_was_picked(panel: Panel) -> None:
    one, other = two()
    page = panel.get(url(one, other))
    add(stored(Customer)[1]).tags = "c"
    db.session.commit()
    refused = panel.send(panel.send(page, {"pick-tags": str(other), "master": str(one)}))
    assert refused.status_code == 422
    assert "was changed since this page was opened" in refused.text
    again = panel.send(refused)
    assert panel.send(again).status_code == 303
    assert [each.tags for each in stored(Customer)] == ["c"]


def test_a_record_is_merged_with_one_that_is_searched_for(panel: Panel) -> None:
    one, other = two()
    assert f'href="/customer/merge/?id={one}"' in panel.get(f"/customer/details/?id={one}").text
    assert panel.get(f"/customer/merge/lookup/?id={one}&query=seta").json == [
        {"value": str(other), "label": "Seta Como"}
    ]
    assert panel.fill(f"/customer/merge/?id={one}", {"other": str(other)}).location == url(one, other)
    assert panel.fill(f"/customer/merge/?id={one}", {"other": str(one)}).status_code == 422


def test_who_may_not_see_edit_or_delete_them_does_not_get_there(app: Flask, panel: Panel) -> None:
    one, other = two()
    assert Panel(app, VIEWER).get(url(one, other)).status_code == 403
    assert panel.get(url(one, 4711)).status_code == 404
    gone = panel.post(url(one, 4711), {"confirmed": "1"})
    assert gone.location == "/customer/"
    assert panel.get("/note/merge/").status_code == 404
    assert panel.get("/customer/merge/").status_code == 404


def test_duplicates_lead_into_merge_or_are_told_apart(panel: Panel) -> None:
    one, other = two()
    assert 'href="/customer/duplicates/"' in panel.get("/customer/").text
    page = panel.get("/customer/duplicates/")
    assert "Same VAT number" in page.text
    assert f'href="{url(one, other).replace("&", "&amp;")}"' in page.text
    assert panel.send(page).location == "/customer/duplicates/#alike-0"  # no other has moved up
    assert "No duplicates were found." in panel.get("/customer/duplicates/").text
    apart = panel.get("/customer/duplicates/?apart=1")
    assert "Seta Como" in apart.text
    panel.post("/customer/duplicates/", [("id", one), ("id", other), ("again", "1")])
    assert "Same VAT number" in panel.get("/customer/duplicates/").text
    for nowhere in ("7:", "0:%00", "9999999999", "-1:x", "a"):
        assert panel.get(f"/customer/duplicates/?after={nowhere}").status_code == 200
    assert panel.get("/note/duplicates/").status_code == 404


def test_a_firm_and_a_person_are_said_to_be_different(panel: Panel) -> None:
    one, other = two()
    ada = person("Ada", "Byron").id
    assert "Not all of them are persons" in panel.get(url(one, ada)).text
    assert "Not all of them are persons" not in panel.get(url(one, other)).text


def test_the_history_begins_with_what_was_merged_and_not_with_what_moved(panel: Panel) -> None:
    one, other = two()
    for number in range(14):
        contact(stored(Customer, id=other)[0], f"Contact {number}")
    panel.send(panel.send(panel.get(url(one, other)), {"master": str(one)}))
    page = panel.get(f"/customer/history/?id={one}", fragment=True).text
    assert told(panel, one)
    merged, moved = page.split("<details><summary>", 1)
    assert "Merged into" in merged
    assert "Changed Contact" not in merged
    assert "Changed Contact" in moved
