"""Nothing is written without the token of the session, nor by somebody whose role does not allow it."""

from __future__ import annotations

from collections.abc import Iterator
from urllib.parse import urlencode

import pytest
from flask import Flask
from sqlalchemy import MetaData, func, select

from models.base import db
from models.customer import Customer
from models.history import ChangeSet
from models.user import User
from tests.panel import Panel, company, contact, default_group, note_on, stored
from tests.people import EDITOR, VIEWER

UNSAFE = {"POST", "PUT", "PATCH", "DELETE"}
ENTITIES = ("customer", "contact", "note", "customer_group", "user")


def unsafe_rules(app: Flask) -> Iterator[tuple[str, str]]:
    """Yield every address with a method that may change something; keys are 1."""
    for rule in app.url_map.iter_rules():
        for method in sorted(UNSAFE & (rule.methods or set())):
            yield method, str(rule.rule).replace("<int:key>", "1").replace("<key>", "1")


def rows() -> dict[str, int]:
    """Count the rows of every table, as the database has them."""
    connection = db.session.connection()
    tables = MetaData()
    tables.reflect(connection)
    return {
        name: connection.scalar(select(func.count()).select_from(table)) or 0 for name, table in tables.tables.items()
    }


@pytest.mark.quick(database=["sqlite"])  # the token is asked for before any database
def test_every_address_that_changes_something_asks_for_the_token_of_the_session(app: Flask) -> None:
    panel, other = Panel(app), Panel(app)
    company()
    rules = list(unsafe_rules(app))
    assert len(rules) > 20
    before = rows()
    for token in ("", "forged", other.token):
        for method, path in rules:
            form = {"csrf_token": token, "action": "delete", "rowid": "1", "confirmed": "1"}
            answer = panel.client.open(f"{path}?id=1", method=method, data=form)
            refused = 401 if path.startswith("/api/") else 400  # programs show a token of their own instead
            assert answer.status_code == refused, (method, path, token)
    assert rows() == before


def test_a_token_in_the_address_is_none(app: Flask) -> None:
    panel = Panel(app)
    assert panel.client.post(f"/customer/new/?{urlencode({'csrf_token': panel.token})}").status_code == 400


def test_reading_never_asks_for_a_token_and_never_writes(app: Flask) -> None:
    panel = Panel(app)
    customer = company()
    for name in ENTITIES:
        assert panel.get(f"/{name}/export/csv/").status_code == 200, name  # that personal data went out is noted
    before = rows()
    for name in ENTITIES:
        for path in (f"/{name}/", f"/{name}/?search=aurora", f"/{name}/new/"):
            assert panel.get(path).status_code == 200, path
    for page in ("details", "edit", "delete", "history"):
        assert panel.get(f"/customer/{page}/?id={customer.id}").status_code == 200, page
    assert rows() == before


WRITES = (
    "new/", "edit/?id={0}", "edit/?id={0}&panel=0", "delete/?id={0}",
)  # fmt: skip


@pytest.mark.parametrize("path", WRITES)
def test_a_viewer_may_not_write(app: Flask, path: str) -> None:
    customer = company()
    panel = Panel(app, VIEWER)
    before = rows()
    for fragment in (False, True):
        for answer in (
            panel.get(f"/customer/{path.format(customer.id)}", fragment=fragment),
            panel.post(f"/customer/{path.format(customer.id)}", {"confirmed": "1", "name": "x"}, fragment=fragment),
        ):
            assert answer.status_code == 403
            assert "Viewer" in answer.text
    assert rows() == before


OTHERWISE = ("/ajax/update/", "/duplicate/", "/visit/", "/reveal/", "/mask/")  # the last are about what one sees


def test_a_viewer_is_refused_by_every_address_that_changes_records(app: Flask) -> None:
    customer = company()
    of_entity = {
        "customer": customer.id, "contact": contact(customer).id, "note": note_on(customer, body="x").id,
        "customer_group": customer.group.id, "user": 1,
    }  # fmt: skip
    panel = Panel(app, VIEWER)
    of_entity["user"] = stored(User)[-1].id
    before = rows()
    checked = 0
    for _, path in unsafe_rules(app):
        entity = path.split("/")[1]
        if entity in of_entity and not path.endswith(OTHERWISE):
            key = str(of_entity[entity])
            forged = {
                "action": "delete",
                "rowid": key,
                "confirmed": "1",
                "name": "x",
                "body": "x",
                "role": "administrator",
            }
            assert panel.post(f"{path}?id={key}", forged).status_code in {403, 404}, path
            checked += 1
    assert checked == 7 * len(of_entity)
    assert rows() == before


def test_a_viewer_may_neither_act_on_a_selection_nor_export_nor_undo(app: Flask) -> None:
    admin, panel = Panel(app), Panel(app, VIEWER)
    customer = company()
    admin.fill(f"/customer/edit/?id={customer.id}&panel=4", {"tags": "new"})
    last = db.session.connection().scalar(select(func.max(ChangeSet.id)))
    selection = {"action": "delete", "rowid": str(customer.id), "confirmed": "1"}
    assert panel.post("/customer/action/", selection).status_code == 403
    assert panel.get("/customer/export/csv/").status_code == 403
    assert panel.post(f"/change_set/{last}/undo").status_code == 403
    assert stored(Customer)[0].tags == "new"


def test_what_a_viewer_may_not_do_is_not_offered(app: Flask) -> None:
    customer = company()
    contact(customer)
    note_on(customer, body="Called.")
    panel = Panel(app, VIEWER)
    page = panel.get(f"/customer/details/?id={customer.id}").text
    assert "/edit/" not in page
    assert "/delete/" not in page
    assert "/contact/new/" not in page
    listing = panel.get("/customer/").text
    assert "/customer/new/" not in listing
    assert "/export/" not in listing
    assert 'name="rowid"' not in listing
    assert "/undo" not in panel.get(f"/customer/history/?id={customer.id}").text


def test_an_editor_writes_customers_but_neither_groups_nor_users(app: Flask) -> None:
    group = default_group()
    panel = Panel(app, EDITOR)
    assert panel.get("/customer/new/").status_code == 200
    assert panel.get("/contact/new/").status_code == 200
    assert panel.get("/customer_group/").status_code == 200
    for path in (f"/customer_group/edit/?id={group.id}", "/customer_group/new/", "/user/new/"):
        assert panel.get(path).status_code == 403
        assert panel.post(path, {"name": "x"}).status_code == 403


def test_flask_admins_editable_lists_are_closed(app: Flask) -> None:
    panel = Panel(app)
    customer = company()
    answer = panel.post("/customer/ajax/update/", {"list_form_pk": customer.id, "name": "Taken over"})
    assert answer.status_code == 404
    assert stored(Customer)[0].name == "Aurora Srl"


def test_flask_admins_own_scripts_are_not_served(app: Flask) -> None:
    assert not [rule for rule in app.url_map.iter_rules() if rule.endpoint.endswith(".static")]


def pages_to_read(customer: int, person: int, note: int) -> list[str]:
    """Return an address of every kind that only reads."""
    pages = [f"/customer/{page}/?id={customer}" for page in ("details", "edit", "delete", "history")]
    pages += [f"/customer/{page}/?id={customer}&panel={part}" for page in ("details", "edit") for part in range(5)]
    pages += [f"/contact/edit/?id={person}&customer={customer}", f"/note/edit/?id={note}&customer={customer}"]
    pages += [f"/{name}/{page}" for name in ENTITIES for page in ("", "?search=aurora", "new/", "export/csv/")]
    pages += ["/contact/ajax/lookup/?name=customer&query=aurora", "/customer/filter/?field=group", "/me/"]
    return [*pages, f"/contact/?customer={customer}", "/places/provinces?x=IT"]


def test_whatever_is_read_is_read_in_a_transaction_that_cannot_write(fresh_app: Flask) -> None:
    with fresh_app.app_context():
        panel, customer = Panel(fresh_app), company(emails=["a@example.com"])
        key, person, note = customer.id, contact(customer).id, note_on(customer, body="x").id
        db.session.rollback()
        edit = f"/customer/edit/?id={key}&panel=4"
        assert panel.fill(edit, {"tags": "new"}).status_code == 303
        for path in pages_to_read(key, person, note):
            for fragment in (False, True):
                assert panel.get(path, fragment=fragment).status_code == 200, path
        assert panel.fill(edit, {"tags": "newer"}).status_code == 303
