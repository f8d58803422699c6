"""Whatever somebody writes into an address or a form, the answer is a page, never a failure."""

from __future__ import annotations

import re
from collections.abc import Iterator
from io import BytesIO
from urllib.parse import quote

import pytest
from flask import Flask

from admin_views.base import PanelView
from models.base import db
from models.customer import Customer
from tests.panel import FRAGMENT, Panel, company, contact, note_on, stored

# Each as it stands in an address: percent-encoded, so that bytes that are no text can be among them.
VALUES = [
    *map(quote, [
        "", " ", "0", "-1", "1,2", "1 ", "01", "1e3", "1.5", "0x10", "1_0", "9" * 23, str(10**23), "2147483647",
        "2147483648", "9223372036854775808", "-9223372036854775809", "١", "²", "½", "Ⅷ", "NaN", "Infinity", "-inf",
        "1e999999", "[]", "{}", "null", "None", "true", "undefined", "a" * 3000, "ﾡ" * 3000, "é" * 200, "🦊",
        "\u202e\u200b\ufeff",
        "%", "_", "\\", "'", '"', "' OR 1=1 --", "';DROP TABLE customer;--", "$$", "\n", "\t", "a\r\nSet-Cookie: x=1",
        "<script>alert(1)</script>", "{{7*7}}", "${7*7}", "../../etc/passwd", "//evil.test", "http:evil.test",
        "2026-02-30", "0000-00-00", "9999-12-31", "10000-01-01", "2026-W01-1", "IT", "ZZ", "IT-ZZ", "-", "name",
        "-name", "password", "-password", "login_key", "customer.name", "__class__", "metadata", "csv", "1-1-1",
    ]),
    "%00", "a%00b", "%ff%fe", "%ed%a0%80", "%c0%80", "%", "%zz", "+", "%F0%28%8C%28",
]  # fmt: skip
GENERAL = [
    "page", "page_size", "sort", "search", "columns", "at", "before", "panel", "query", "action", "rowid", "next",
    "url", "endpoint", "self", "cls", "_method", "_external", "_anchor", "_scheme", "export_type", "flt1_0", "f_",
    "f_nothing", "f_name__", "columns[]", "sort[0]", "filters[a][b]", "modal",
]  # fmt: skip
ENTITIES = ("customer", "contact", "note", "customer_group", "user")
ON_POSTGRESQL = pytest.mark.quick(database=["postgresql"])  # which is the stricter one: it refuses more values


def assert_survives(panel: Panel, path: str, query: str) -> None:
    """Ask for a page, or for its fragment, by turns."""
    headers = FRAGMENT if len(query) % 2 else {}
    answer = panel.client.get(path, query_string=query, headers=headers, buffered=True)
    assert answer.status_code < 500, (path, query[:300], answer.status_code)
    assert "SELECT " not in answer.text
    assert "evil.test" not in answer.headers.get("Location", "")


def views(app: Flask) -> dict[str, PanelView]:
    return {view.endpoint: view for view in app.extensions["panel"]._views if isinstance(view, PanelView)}


def parameters(view: PanelView) -> list[str]:
    """Return every parameter that any address of the view reads, and many that none does."""
    return [*GENERAL, *(name for flt in view.filters.values() for name in flt.names)]


@pytest.fixture
def keys(app: Flask) -> dict[str, int]:
    """The key of a row of each entity."""
    customer = company()
    group, owner = customer.group, Panel(app)
    assert owner.get("/").status_code == 200
    return {
        "customer": customer.id, "contact": contact(customer).id, "note": note_on(customer, body="x").id,
        "customer_group": group.id, "user": 1,
    }  # fmt: skip


def pages(entity: str, key: int) -> Iterator[tuple[str, str]]:
    """Yield the addresses of an entity, with what they cannot do without."""
    for name in ("", "new/", "export/csv/"):
        yield f"/{entity}/{name}", ""
    for name in ("details/", "edit/", "delete/", "history/"):
        yield f"/{entity}/{name}", f"id={key}&"
    yield f"/{entity}/filter/", "field=created_at&"
    yield f"/{entity}/ajax/lookup/", "name=customer&"


@pytest.mark.quick(database=["postgresql"], entity=["customer", "contact", "user"])
@pytest.mark.quick(entity=["customer"])
@pytest.mark.parametrize("entity", ENTITIES)
def test_an_address_survives_any_value_in_all_of_its_parameters_at_once(
    app: Flask, keys: dict[str, int], entity: str, trust: bool
) -> None:
    panel = Panel(app)
    names = parameters(views(app)[entity])
    is_strict = entity == "customer" and (trust or db.engine.dialect.name == "postgresql")
    for path, needed in pages(entity, keys[entity]):
        for value in VALUES if is_strict else VALUES[::3]:
            hostile = "&".join(f"{name}={value[:60]}" for name in names)
            assert_survives(panel, path, f"{needed}{hostile}")


@ON_POSTGRESQL
@pytest.mark.quick(name=["id", "search"])
@pytest.mark.parametrize("name", ["id", "customer", "page", "page_size", "sort", "search", "panel", "before", "at"])
def test_an_address_survives_any_value_in_a_parameter_that_decides_what_is_shown(
    app: Flask, keys: dict[str, int], name: str, trust: bool
) -> None:
    panel = Panel(app)
    of_a_record = name in {"id", "panel", "before", "at"}
    for path in ("", "details/") if trust else ("details/",) if of_a_record else ("",):
        needed = "" if name == "id" or not path else f"id={keys['contact']}&"
        for value in VALUES:
            assert_survives(panel, f"/contact/{path}", f"{needed}{name}={value}")


@ON_POSTGRESQL
@pytest.mark.quick(name=["query"])
@pytest.mark.parametrize("name", ["field", "name", "query"])
def test_forms_of_filters_and_lookups_survive_any_value(app: Flask, name: str) -> None:
    panel = Panel(app)
    for value in VALUES:
        assert_survives(panel, "/customer/filter/", f"{name}={value}")
        assert_survives(panel, "/contact/ajax/lookup/", f"name=customer&{name}={value}")
        assert_survives(panel, "/places/provinces", f"{name}={value}")


def test_parameters_may_be_repeated_and_nested(app: Flask, keys: dict[str, int]) -> None:
    panel = Panel(app)
    many = "&".join(f"f_group={number}&f_billing_country=IT&search={number}&page={number}" for number in range(500))
    nested = "f_group[0][id]=1&f_billing_country[]=IT&search[a]=b&page[]=2&sort[]=name"
    for query in (many, nested, "&&&===&&", "=", "id=1&id=2&id=3"):
        for path in ("/customer/", "/customer/details/", "/customer/export/csv/"):
            assert_survives(panel, path, query)


@pytest.mark.parametrize("entity", ENTITIES)
def test_unknown_and_nonsensical_keys_are_not_found(app: Flask, entity: str) -> None:
    panel = Panel(app)
    for page in ("details", "edit", "delete", "history"):
        for key in ("", "0", "-1", "999999", "2147483648", str(10**23), "1,2", "abc", "١", "1%00", "[]"):
            assert panel.get(f"/{entity}/{page}/?id={key}").status_code == 404, (page, key)
        assert panel.get(f"/{entity}/{page}/").status_code == 404


def test_a_form_survives_any_value_in_any_of_its_fields(app: Flask, keys: dict[str, int], trust: bool) -> None:
    panel = Panel(app)
    is_strict = trust or db.engine.dialect.name == "postgresql"
    view = views(app)["customer"]
    names = [*view.form_columns, "version", "id", "emails-present", "emails-keys", "emails-known", "emails-primary"]
    names += ["emails-new-address", "emails-new1-address", "emails-1-address", "phones-present", "phones-keys"]
    for value in VALUES if is_strict else VALUES[::3]:
        body = "&".join(f"{name}={value}" for name in names) + f"&csrf_token={panel.token}"
        for path in ("/customer/new/", f"/customer/edit/?id={keys['customer']}&panel=0"):
            answer = panel.client.post(path, data=body, content_type="application/x-www-form-urlencoded")
            assert answer.status_code in {303, 422}, (path, value[:50], answer.status_code)
            db.session.expire_all()


@ON_POSTGRESQL
@pytest.mark.quick(path=["edit/"])
@pytest.mark.parametrize("path", ["action/", "delete/", "edit/", "new/"])
def test_a_post_survives_any_value(app: Flask, keys: dict[str, int], path: str) -> None:
    panel = Panel(app)
    for value in VALUES:
        body = f"action={value}&rowid={value}&confirmed={value}&csrf_token={panel.token}&customer={value}&name={value}"
        for query in (f"id={value}", f"id={keys['contact']}&panel={value}", f"customer={value}"):
            answer = panel.client.post(
                f"/contact/{path}", query_string=query, data=body, content_type="application/x-www-form-urlencoded"
            )
            assert answer.status_code < 500, (path, query[:80], answer.status_code)


def test_any_key_of_a_change_set_is_survived(app: Flask) -> None:
    panel = Panel(app)
    for value in ("0", "-1", "999999", "2147483648", str(10**23), "abc", "%00", "1,2", "%ff"):
        answer = panel.client.post(f"/change_set/{value}/undo", data={"csrf_token": panel.token})
        assert answer.status_code == 404, value


def test_a_file_in_the_place_of_a_text_is_ignored(app: Flask) -> None:
    panel = Panel(app)
    form = {"csrf_token": panel.token, "name": (BytesIO(b"MZ"), "name.exe"), "kind": "company"}
    answer = panel.client.post("/customer/new/", data=form, content_type="multipart/form-data")
    assert answer.status_code == 422
    assert stored(Customer) == []


@pytest.mark.parametrize(
    "url", ["http:evil.test", "//evil.test", "/\\evil.test", "%1b///evil.test", "https://evil.test"]
)
def test_no_page_leads_to_another_site(app: Flask, url: str) -> None:
    panel = Panel(app)
    customer = company()
    for path in ("/customer/?", "/customer/new/?", f"/customer/edit/?id={customer.id}&"):
        page = panel.get(f"{path}url={quote(url)}&next={quote(url)}").text
        links = re.findall(r'(?:href|action|hx-get|hx-post)="([^"]*)"', page)
        assert len(links) > 10
        assert not [link for link in links if not re.match(r"[/#](?![/\\\\])", link) or "evil" in link.split("?")[0]]
    answer = panel.post("/change_set/1/undo", {"next": url})
    assert "evil" not in answer.headers.get("Location", "")
    saved = panel.fill(f"/customer/edit/?id={customer.id}&url={quote(url)}&next={quote(url)}", {"tags": "x"})
    assert saved.location == f"/customer/details/?id={customer.id}"


def test_words_that_flask_and_flask_admin_know_are_nothing_in_an_address(app: Flask) -> None:
    panel, customer = Panel(app), company()
    known = "_external=1&_anchor=evil&_scheme=javascript&_method=POST&endpoint=evil&self=1&cls=1&values=1&modal=True"
    pages = [f"/customer/{page}/?id={customer.id}&" for page in ("details", "edit", "history", "delete")]
    for path in ("/customer/?", "/customer/new/?", *pages):
        answer = panel.get(path + known)
        assert answer.status_code == 200
        links = re.findall(r'(?:href|action|hx-get|hx-post)="([^"]*)"', answer.text)
        assert not [link for link in links if link[:1] not in {"/", "#"} or "evil" in link.partition("#")[2]]
    saved = panel.fill(f"/customer/edit/?id={customer.id}&{known}", {"tags": "x"})
    assert saved.location == f"/customer/details/?id={customer.id}"
