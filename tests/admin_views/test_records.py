"""The record page: its panels, its head, its place in the list, its history."""

from __future__ import annotations

import re
from html import unescape

import pytest
from flask import Flask

from models.customer import Customer, CustomerKind
from models.group import CustomerGroup
from models.permissions import READING
from tests.admin_views.test_actions import toasts
from tests.admin_views.test_lists import titles
from tests.panel import Panel, add, company, contact, default_group, new_company, note_on, stored
from tests.people import VIEWER, add_user, regrant


def test_a_record_shows_its_panels_children_and_history(app: Flask) -> None:
    owner = add_user(name="Olga Owner")
    customer = company(
        emails=["a@example.com"], owner=owner, billing_country="IT", billing_province="MI", billing_city="Milano",
        website="https://aurora.example", employees=12, tags="good, big",
    )  # fmt: skip
    contact(customer, "Marta Bianchi", phone="333 1234567")  # of a customer in Italy
    note_on(customer, body="Called today.")
    page = Panel(app).get(f"/customer/details/?id={customer.id}").text
    for text in ("Aurora Srl", "Italy", "Milano", "Olga Owner", "Marta Bianchi", "Called today.", ">12<"):
        assert text in page, text
    assert '<a href="mailto:a@example.com">' in page
    assert '<a href="tel:+393331234567">' in page
    assert 'href="https://aurora.example" rel="noopener noreferrer" target="_blank"' in page
    assert f'<a href="/user/details/?id={owner.id}">Olga Owner</a>' in page
    assert f'hx-get="/customer/history/?id={customer.id}"' in page


def test_a_panel_is_edited_in_its_place(app: Flask) -> None:
    customer = company()
    panel = Panel(app)
    path = f"/customer/edit/?id={customer.id}&panel=4"
    form = panel.get(path, fragment=True)
    assert '<section class="panel editing" id="panel-4"' in form.text
    assert "Edit Aurora" not in form.text
    assert f'hx-get="/customer/details/?id={customer.id}&amp;panel=4"' in form.text
    answer = panel.send(form, {"tags": "good"}, fragment=True)
    assert answer.status_code == 200
    assert '<section class="panel" id="panel-4"' in answer.text
    assert "good" in answer.text
    assert "<html" not in answer.text
    assert toasts(answer.text) == ["Aurora Srl was saved."]
    assert 'action="/change_set/' in answer.text


def test_a_panel_that_changes_what_stands_above_it_shows_the_whole_record_anew(app: Flask) -> None:
    customer = company()
    panel = Panel(app)
    for number, typed in ((0, {"name": "New name"}), (4, {"status": "blocked"}), (2, {"billing_city": "Rome"})):
        answer = panel.fill(f"/customer/edit/?id={customer.id}&panel={number}", typed, fragment=True)
        assert (answer.status_code, answer.text) == (204, ""), typed
        assert answer.headers["HX-Redirect"] == f"/customer/details/?id={customer.id}"


def test_a_panel_with_something_wrong_stays_open_in_its_place(app: Flask) -> None:
    customer = company()
    answer = Panel(app).fill(f"/customer/edit/?id={customer.id}&panel=4", {"employees": "many"}, fragment=True)
    assert answer.status_code == 422
    assert '<section class="panel editing" id="panel-4"' in answer.text
    assert 'value="many"' in answer.text


def test_closing_a_panel_brings_back_what_is_stored(app: Flask) -> None:
    customer = company(tags="stored")
    answer = Panel(app).get(f"/customer/details/?id={customer.id}&panel=4", fragment=True)
    assert '<section class="panel" id="panel-4"' in answer.text
    assert "stored" in answer.text


def test_a_record_knows_its_place_in_the_list_it_was_opened_from(app: Flask) -> None:
    add(*(new_company(f"Match {number:02}", tags="x") for number in range(43)), new_company("Other"))
    panel = Panel(app)
    page = panel.get("/customer/?search=match&f_tags=x&sort=-name&page_size=20&page=2").text
    assert titles(page)[0] == "Match 22"
    url = unescape(re.findall(r'<a href="(/customer/details/\?id=[^"]+)">Match 22<', page)[0])
    record = panel.get(url).text
    assert "21 of 43" in record
    before, after = (unescape(link) for link in re.findall(r'class="square" href="([^"]+)"', record))
    assert "Match 23" in panel.get(before).text
    assert "20 of 43" in panel.get(before).text
    following = panel.get(after).text
    assert "Match 21" in following
    assert "22 of 43" in following
    assert 'href="/customer/?search=match&amp;f_tags=x&amp;sort=-name&amp;page_size=20&amp;page=2"' in record
    back = unescape(re.findall(r'href="(/customer/\?search[^"]+)"', panel.get(before).text)[0])
    assert "page=" not in back.replace("page_size", "")


def test_the_first_and_the_last_have_one_neighbour(app: Flask) -> None:
    add(*(new_company(f"Match {number}") for number in range(3)))
    panel = Panel(app)
    found = [row.id for row in stored(Customer)]
    for at, neighbours in ((1, 1), (2, 2), (3, 1)):
        page = panel.get(f"/customer/details/?id={found[at - 1]}&at={at}").text
        assert f"{at} of 3" in page
        assert len(re.findall(r'class="square" href="/customer/details', page)) == neighbours


@pytest.mark.parametrize("at", ["9", "0", "-1", "abc", "999999999", str(10**23)])
def test_a_place_that_is_not_true_is_not_shown(app: Flask, at: str) -> None:
    customer = company()
    page = Panel(app).get(f"/customer/details/?id={customer.id}&at={at}")
    assert page.status_code == 200
    assert " of 1<" not in page.text


def test_editing_keeps_the_place_in_the_list(app: Flask) -> None:
    add(*(new_company(f"Match {number}") for number in range(3)))
    panel = Panel(app)
    [_, second, _] = stored(Customer)
    record = panel.get(f"/customer/details/?id={second.id}&at=2&search=match").text
    edit = unescape(re.findall(r'class="btn btn-primary"[^>]*href="(/customer/edit/[^"]+)"', record)[0])
    answer = panel.fill(edit, {"tags": "x"})
    assert answer.location == f"/customer/details/?id={second.id}&at=2&search=match"
    assert "2 of 3" in panel.get(answer.location).text


def test_the_history_tells_who_changed_what_by_name(app: Flask) -> None:
    gold = add(CustomerGroup(name="Gold"))
    customer = company(emails=["a@example.com"], billing_country="IT", billing_province="MI")
    panel = Panel(app)
    panel.fill(f"/customer/edit/?id={customer.id}&panel=0", {"group": str(gold.id)})
    panel.fill(f"/customer/edit/?id={customer.id}&panel=4", {"status": "blocked"})
    panel.fill(f"/customer/edit/?id={customer.id}&panel=1", {"can_login": "y", "password": "secret12"})
    page = panel.get(f"/customer/history/?id={customer.id}", fragment=True).text
    assert re.search(r"<dt>Group</dt><dd><del>General</del>\s*<span[^>]*>→</span>\s*<ins>Gold</ins>", page)
    assert re.search(r"<dt>Status</dt><dd><del>Active</del>\s*<span[^>]*>→</span>\s*<ins>Blocked</ins>", page)
    assert "Anna Rossi" in page
    assert re.search(r"<dt>Password</dt><dd><del>empty</del>\s*<span[^>]*>→</span>\s*<ins>hidden</ins>", page)
    assert page.index("Password") < page.index("Status") < page.index("Group")
    for secret in ("argon2", "secret12", "login_key"):
        assert secret not in page


def test_a_long_history_is_read_a_page_at_a_time(app: Flask) -> None:
    customer = company(tags="0")
    panel = Panel(app)
    for number in range(1, 24):
        [row] = stored(Customer)
        row.tags = str(number)
        add(row)
    first = panel.get(f"/customer/history/?id={customer.id}", fragment=True).text
    assert first.count("<article") == 20
    older = unescape(re.findall(r'hx-get="(/customer/history/\?[^"]+)"', first)[0])
    second = panel.get(older, fragment=True).text
    assert second.count("<article") == 4
    assert "Created Customer" in " ".join(re.sub(r"<[^>]+>", " ", second).split())


def test_contacts_of_a_customer_are_in_its_history(app: Flask) -> None:
    customer = company()
    panel = Panel(app)
    panel.fill(f"/contact/new/?customer={customer.id}", {"name": "Marta"})
    page = panel.get(f"/customer/history/?id={customer.id}").text
    assert "Created Contact" in page
    assert "Marta" in page


def test_a_private_customer_is_called_by_name(app: Flask) -> None:
    default_group()
    panel = Panel(app)
    typed = {"kind": "private", "first_name": "Ada", "last_name": "Verdi"}
    answer = panel.fill("/customer/new/", typed)
    page = panel.get(answer.location).text
    assert "<h1>Ada Verdi</h1>" in page
    assert stored(Customer)[0].kind is CustomerKind.PRIVATE
    assert "Private" in page


def test_what_a_role_cannot_see_is_in_no_menu_and_cannot_be_opened(app: Flask) -> None:
    regrant(VIEWER, {"customer": READING})
    customer = company()
    panel = Panel(app, VIEWER)
    page = panel.get(f"/customer/details/?id={customer.id}")
    assert page.status_code == 200
    assert 'href="/user/"' not in page.text
    for path in ("/user/", "/customer_group/", "/user/details/?id=1", "/user/export/csv/", "/user/ajax/lookup/"):
        assert panel.get(path).status_code == 403, path


STORED = [
    "<script>alert(1)</script>", '"><img src=x onerror=alert(1)>', "{{ 7*7 }}", "javascript:alert(1)", "[alert(1)]",
    "' onmouseover='alert(1)", "</textarea><script>alert(1)</script>", "&lt;b&gt;",
]  # fmt: skip


@pytest.mark.parametrize("text", STORED)
def test_what_people_type_is_text_on_every_page(app: Flask, text: str) -> None:
    customer = company(text, tags=text, billing_city=text, legal_form=text)
    contact(customer, text, notes=text)
    note_on(customer, body=text)
    panel = Panel(app)
    pages = [f"/customer/{page}/?id={customer.id}" for page in ("details", "edit", "delete", "history")]
    pages += ["/customer/?columns=tags,billing_city,legal_form", f"/customer/?search={text[:5]}", "/contact/", "/note/"]
    for path in (*pages, f"/contact/?customer={customer.id}"):
        page = panel.get(path).text
        assert "<script>alert" not in page, path
        assert "<img src=x" not in page
        assert "' onmouseover" not in page
        assert ">49<" not in page
        assert 'href="javascript' not in page
