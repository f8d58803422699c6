"""Addresses that only a button leads to: whoever comes back to one lands at the record or the list it is about."""

from __future__ import annotations

import pytest
from flask import Flask

from models.customer import Customer
from tests.admin_views.test_actions import ask, last_change
from tests.panel import Panel, add, new_company, stored

MORE = 4


def test_undo_on_the_page_that_asks_again_leads_to_the_list(app: Flask) -> None:
    rows = add(*(new_company(f"Customer {number}") for number in range(2)))
    me, other = Panel(app), Panel(app)
    page = ask(me, "customer", "deactivate", *rows)
    other.fill(f"/customer/edit/?id={rows[1].id}&panel={MORE}", {"tags": "theirs"})
    answer = me.send(page)
    undo = f"/change_set/{last_change()}/undo"
    assert undo in answer.text
    assert me.post(undo, {"next": "/customer/action/"}).location == "/customer/"
    assert [row.status.value for row in stored(Customer)] == ["active", "active"]


LANDINGS = {
    "/customer/action/": "/customer/",
    "/customer/mask/?id=1": "/customer/details/?id=1",
    "/task/tick/?id=1&customer=2": "/task/details/?id=1",
    "/change_set/1/undo": "/",
    "/me/password": "/me/",
}


@pytest.mark.parametrize("path", LANDINGS)
def test_what_answers_a_button_leads_elsewhere_when_it_is_opened(app: Flask, path: str) -> None:
    panel = Panel(app)
    answer = panel.get(path)
    assert (answer.status_code, answer.location) == (303, LANDINGS[path])
    assert panel.get(path, fragment=True).status_code == 405
