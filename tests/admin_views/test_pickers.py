"""Relations in forms: found by key or by name, never lost and never taken for nothing."""

from __future__ import annotations

import pytest
from flask import Flask

from models.contact import Contact
from models.customer import Customer
from models.permissions import EVERYTHING
from tests.admin_views.test_forms import errors
from tests.panel import Panel, company, contact, stored
from tests.people import EDITOR, add_user, regrant


@pytest.mark.parametrize("key", ["999999", "0", "-1", "abc", "1,2", str(10**23), "١"])
def test_an_unknown_key_in_a_relation_is_an_error_and_never_nothing(app: Flask, key: str) -> None:
    owner = add_user()
    customer = company(owner=owner)
    panel = Panel(app)
    for name in ("owner", "group", "channel"):
        answer = panel.fill(f"/customer/edit/?id={customer.id}&panel=0", {name: key})
        assert errors(answer.text)[name] == "This does not exist, or is not yours to use."
    [row] = stored(Customer)
    assert (row.owner.id, row.group.is_default, row.channel.name) == (owner.id, True, "Sales")


def test_a_relation_that_may_be_empty_can_be_emptied(app: Flask) -> None:
    customer = company(owner=add_user())
    assert Panel(app).fill(f"/customer/edit/?id={customer.id}&panel=0", {"owner": ""}).status_code == 303
    assert stored(Customer)[0].owner is None


def test_a_relation_to_a_hidden_row_stays_when_the_panel_is_saved(app: Flask) -> None:
    regrant(EDITOR, {"*": EVERYTHING, "user": {}})
    owner = add_user()
    customer = company(owner=owner)
    assert Panel(app, EDITOR).fill(f"/customer/edit/?id={customer.id}&panel=0", {"code": "X-1"}).status_code == 303
    [row] = stored(Customer)
    assert (row.code, row.owner_id) == ("X-1", owner.id)


def test_who_is_picked_is_found_by_name_without_javascript(app: Flask) -> None:
    first, second = company("Aurora Srl"), company("Aurora Nova Srl")
    panel = Panel(app)
    answer = panel.fill("/contact/new/", {"customer": ["", "Aurora Srl"], "name": "Marta"})
    assert answer.status_code == 303
    answer = panel.fill("/contact/new/", {"customer": ["", "nova"], "name": "Marta"})
    assert answer.status_code == 303
    assert [row.customer_id for row in stored(Contact)] == [first.id, second.id]
    several = panel.fill("/contact/new/", {"customer": ["", "aur"], "name": "Marta"})
    assert errors(several.text) == {"customer": "Several match: choose one of them."}
    assert f'<option value="{first.id}">Aurora Srl</option>' in several.text
    assert errors(panel.fill("/contact/new/", {"customer": ["", "zzz"], "name": "M"}).text) == {
        "customer": "Nothing called “zzz” was found.",
    }  # fmt: skip


def test_what_is_typed_beside_the_present_choice_replaces_it(app: Flask) -> None:
    first, second = company("First Srl"), company("Second Srl")
    row = contact(first)
    Panel(app).fill(f"/contact/edit/?id={row.id}", {"customer": [str(first.id), "Second Srl"]})
    assert stored(Contact)[0].customer_id == second.id


def test_pickers_look_rows_up_by_any_of_their_words(app: Flask) -> None:
    company("Officine Aurora Srl", emails=["info@example.com"])
    company("Beta Srl")
    panel = Panel(app)
    for query in ("aurora", "OFFICINE", "info@example"):
        found = panel.get(f"/contact/ajax/lookup/?name=customer&query={query}").json
        assert [row["label"] for row in found or []] == ["Officine Aurora Srl"], query
    everything = panel.get("/contact/ajax/lookup/?name=customer").json
    assert [row["label"] for row in everything or []] == ["Beta Srl", "Officine Aurora Srl"]
    for name in ("", "name", "nothing", "id", "__class__"):
        assert panel.get(f"/contact/ajax/lookup/?name={name}").status_code == 404
