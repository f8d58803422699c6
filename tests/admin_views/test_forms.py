"""Forms: a wrong value comes back beside its field with all that was typed; what was not asked for is not taken."""

from __future__ import annotations

import re
from html import unescape

import pytest
from flask import Flask

from models.customer import Customer
from models.group import CustomerGroup
from models.user import User
from tests.panel import VAT, Forms, Panel, add, company, default_group, stored
from tests.people import add_user

LONG = "x" * 1000
RIGHT = {
    "kind": "company", "company": "Aurora Srl", "vat_number": VAT, "code": "A-1", "billing_street": "Via Roma 1",
    "billing_city": "Milano", "billing_postal_code": "20121", "billing_country": "IT", "billing_province": "Milano",
    "website": "https://aurora.example", "employees": "12", "language": "it", "currency": "EUR", "tags": "a, b",
    "rating": "hot",
}  # fmt: skip
WRONG = {
    "kind": "nothing", "company": LONG, "vat_number": "IT123", "first_name": LONG, "last_name": LONG, "name": LONG,
    "code": LONG, "group": "999999", "account": "999999", "password": "short",
    "billing_street": LONG, "billing_street2": LONG, "billing_postal_code": "not one", "billing_city": LONG,
    "billing_country": "XX", "billing_province": "Atlantis", "shipping_street": LONG,
    "shipping_street2": LONG, "shipping_postal_code": LONG, "shipping_city": LONG,
    "shipping_country": "Atlantis", "shipping_province": LONG, "tax_code": "WRONG", "recipient": "no-code",
    "website": "javascript:alert(1)", "owner": "999999", "status": "nothing", "rating": "boiling", "language": "xx",
    "currency": "XYZ", "employees": "many", "legal_form": LONG, "tags": LONG,
}  # fmt: skip
NOT_SENT_BACK = {"kind", "group", "account", "owner", "status", "rating", "language", "currency", "password"}
NOT_SENT_BACK |= {"billing_country", "shipping_country"}  # a list offers only what there is


@pytest.fixture(autouse=True)
def _reference(app: Flask) -> None:
    default_group()


def errors(page: str) -> dict[str, str]:
    """Return what is said beside the fields of a form, by field."""
    found = re.findall(r'<p class="error" id="([^"]+)-error">(?:<svg.*?</svg>)?([^<]*)</p>', page, re.DOTALL)
    return {name: unescape(text.strip()) for name, text in found}


def values(page: str) -> dict[str, str]:
    """Return what the fields of a form hold."""
    return dict(Forms(page).only.values.items())


def test_a_customer_is_created_from_what_was_typed(app: Flask) -> None:
    answer = Panel(app).fill("/customer/new/", RIGHT)
    [customer] = stored(Customer)
    assert (answer.status_code, answer.location) == (303, f"/customer/details/?id={customer.id}")
    assert (customer.name, customer.billing_province, customer.website) == (
        "Aurora Srl",
        "MI",
        "https://aurora.example",
    )
    assert (customer.group.is_default, customer.owner.name) == (True, "Anna Rossi")


def test_every_field_of_the_form_is_in_the_table(app: Flask) -> None:
    shown = {name for name in Forms(Panel(app).get("/customer/new/").text).only.values if "-" not in name}
    assert shown - {"csrf_token", "version", "once"} <= set(WRONG)
    assert set(WRONG) - shown <= {"rating", "kind"}


@pytest.mark.parametrize("name", WRONG)
def test_a_wrong_value_comes_back_beside_its_field_with_everything_typed_still_there(app: Flask, name: str) -> None:
    typed = {**RIGHT, name: WRONG[name]}
    if name.startswith("shipping_") and name != "shipping_country":
        typed["shipping_country"] = "IT"
    if name == "password":
        typed["can_login"] = "y"
    answer = Panel(app).fill("/customer/new/", typed)
    assert answer.status_code == 422
    said = errors(answer.text)
    assert name in said, said
    assert len(said[name]) > 10
    kept = values(answer.text)
    for other in set(typed) - NOT_SENT_BACK - {"can_login"}:
        assert kept[other] == typed[other], other
    for other in {"billing_country", "language", "currency", "kind", "rating"} - {name}:
        assert kept[other] == RIGHT[other], other
    assert f'href="#{name}"' in answer.text
    assert stored(Customer) == []


def test_several_wrong_values_are_all_said_at_once(app: Flask) -> None:
    answer = Panel(app).fill("/customer/new/", {**RIGHT, "vat_number": "IT1", "website": "x:y", "employees": "1.5"})
    assert set(errors(answer.text)) >= {"vat_number", "website", "employees"}
    wrong = {"kind": "company", "company": "", "website": "x:y", "phones-new-number": "phone home"}
    answer = Panel(app).fill("/customer/new/", {**RIGHT, **wrong})
    assert set(errors(answer.text)) >= {"company", "website", "phones-new-number"}


def test_what_the_record_lacks_as_a_whole_is_said_beside_the_fields(app: Flask) -> None:
    panel = Panel(app)
    answer = panel.fill("/customer/new/", {"kind": "company"})
    assert errors(answer.text) == {
        "company": "A company needs its company name.", "vat_number": "A company needs its VAT number.",
    }  # fmt: skip
    answer = panel.fill("/customer/new/", {"kind": "private"})
    assert set(errors(answer.text)) == {"first_name", "last_name"}


def test_a_province_is_typed_by_name_and_stays_a_name(app: Flask) -> None:
    panel = Panel(app)
    wrong = panel.fill("/customer/new/", {**RIGHT, "vat_number": "IT1"})
    assert values(wrong.text)["billing_province"] == "Milano"
    panel.fill("/customer/new/", RIGHT)
    [customer] = stored(Customer)
    page = panel.get(f"/customer/edit/?id={customer.id}&panel=2").text
    assert values(page)["billing_province"] == "Milano"
    assert '<option value="Agrigento">' in page
    panel.fill(f"/customer/edit/?id={customer.id}&panel=2", {"billing_province": "rm"})
    assert stored(Customer)[0].billing_province == "RM"
    details = panel.get(f"/customer/details/?id={customer.id}").text
    assert "<dd>Roma</dd>" in details
    assert ">Roma<" in panel.get("/customer/?columns=billing_province").text


def test_provinces_of_a_country_are_asked_for_by_its_field(app: Flask) -> None:
    panel = Panel(app)
    assert "Milano" in panel.get("/places/provinces?billing_country=IT").text
    assert "California" in panel.get("/places/provinces?x=US").text
    assert panel.get("/places/provinces?billing_country=XX").text.strip() == ""


def test_a_password_without_the_login_it_is_for_is_refused_beside_its_field(app: Flask) -> None:
    customer = company(emails=["a@example.com"])
    panel = Panel(app)
    path = f"/customer/edit/?id={customer.id}&panel=1"
    answer = panel.fill(path, {"password": "secret12"})
    assert errors(answer.text) == {"password": "Turn on “Can log in to the site” first, or leave this empty."}
    assert panel.fill(path, {"password": "secret12", "can_login": "y"}).status_code == 303
    [customer] = stored(Customer)
    assert (customer.login_key, bool(customer.password)) == ("a@example.com", True)


def test_a_password_is_never_sent_back_and_stays_when_left_empty(app: Flask) -> None:
    customer = company(emails=["a@example.com"], can_login=True, password="secret12")
    before = customer.password
    panel = Panel(app)
    path = f"/customer/edit/?id={customer.id}&panel=1"
    answer = panel.fill(path, {"password": "Typed123" * 9})
    assert "password" in errors(answer.text)
    assert "Typed123" not in answer.text
    assert "Set on" in answer.text
    assert panel.fill(path).status_code == 303
    assert stored(Customer)[0].password == before


def test_a_login_that_is_taken_names_who_has_it(app: Flask) -> None:
    company("First Srl", emails=["same@example.com"], can_login=True, password="secret12")
    second = company("Second Srl", emails=["same@example.com"])
    path = f"/customer/edit/?id={second.id}&panel=1"
    answer = Panel(app).fill(path, {"can_login": "y", "password": "secret12"})
    assert errors(answer.text)["can_login"] == "“same@example.com” is already in use by “First Srl”."
    assert "Type the password again" in errors(answer.text)["password"]
    assert "UNIQUE" not in answer.text
    assert "constraint" not in answer.text


def test_a_code_that_is_taken_is_said_beside_it_also_when_creating(app: Flask) -> None:
    company("First Srl", code="A-1")
    answer = Panel(app).fill("/customer/new/", RIGHT)
    assert errors(answer.text) == {"code": "“A-1” is already in use by “First Srl”."}
    assert values(answer.text)["company"] == "Aurora Srl"
    assert "INSERT" not in answer.text


def test_a_refusal_about_a_field_of_another_panel_stands_on_top_with_its_name(app: Flask) -> None:
    customer = company(billing_country="DE", tax_code="12345")
    moved = {"billing_country": "IT", "billing_province": "MI"}
    answer = Panel(app).fill(f"/customer/edit/?id={customer.id}&panel=2", moved)
    assert answer.status_code == 422
    assert "Tax code: " in answer.text.split('class="refusals"')[1]
    assert values(answer.text)["billing_province"] == "Milano"


def test_fields_outside_the_panel_are_ignored(app: Flask) -> None:
    customer = company(code="A-1")
    owner = add_user()
    path = f"/customer/edit/?id={customer.id}&panel=2"
    forged = {
        "billing_city": "Torino", "name": "Forged", "code": "FORGED", "owner": str(owner.id), "owner_id": str(owner.id),
        "id": "77", "created_at": "2000-01-01", "login_key": "x@example.com", "password": "secret12", "can_login": "y",
        "group_id": "1", "is_default": "1",
    }  # fmt: skip
    assert Panel(app).fill(path, forged).status_code == 303
    [row] = stored(Customer)
    assert (row.billing_city, row.name, row.code, row.owner, row.id) == (
        "Torino",
        "Aurora Srl",
        "A-1",
        None,
        customer.id,
    )
    assert (row.login_key, row.password, row.can_login) == (None, None, False)
    assert row.version == 2


@pytest.mark.parametrize("version", ["999999", "-1", "", "abc", "0"])
def test_a_forged_version_changes_nothing_about_versions(app: Flask, version: str) -> None:
    customer = company()
    assert (
        Panel(app).fill(f"/customer/edit/?id={customer.id}&panel=4", {"version": version, "tags": "x"}).status_code
        == 303
    )
    assert stored(Customer)[0].version == 2


def test_a_record_that_is_not_there_any_more_is_not_found_at_save(app: Flask) -> None:
    customer = company()
    panel = Panel(app)
    page = panel.get(f"/customer/edit/?id={customer.id}&panel=4")
    panel.post(f"/customer/delete/?id={customer.id}", {"confirmed": "1"})
    assert panel.send(page, {"tags": "x"}).status_code == 404


def test_numbers_take_a_comma_and_say_what_they_want(app: Flask) -> None:
    group = default_group()
    panel = Panel(app)
    path = f"/customer_group/edit/?id={group.id}"
    assert panel.fill(path, {"discount": "12,50"}).status_code == 303
    assert values(panel.get(path).text)["discount"] == "12.5"
    for wrong in ("many", "1e3", "١٢", "NaN", "1_0", "1,2,3"):
        answer = panel.fill(path, {"discount": wrong})
        assert errors(answer.text) == {"discount": "This is not a number. Write it as in 12 or 12.5."}
        assert values(answer.text)["discount"] == wrong
    assert errors(panel.fill(path, {"discount": "101"}).text) == {"discount": "Type a percentage from 0 to 100."}
    assert errors(panel.fill(path, {"discount": ""}).text) == {"discount": "This field is required."}


def test_a_group_needs_a_name_of_its_own(app: Flask) -> None:
    add(CustomerGroup(name="Gold"))
    panel = Panel(app)
    assert errors(panel.fill("/customer_group/new/", {"name": " "}).text) == {"name": "This field is required."}
    assert errors(panel.fill("/customer_group/new/", {"name": "Gold"}).text) == {
        "name": "“Gold” is already in use by “Gold”.",
    }  # fmt: skip


def test_the_last_administrator_stays_one_and_the_form_says_so(app: Flask) -> None:
    panel = Panel(app)
    [me] = stored(User)
    for key in ("active", "roles"):
        answer = panel.fill(f"/user/edit/?id={me.id}", {"name": "Renamed", key: None})
        assert answer.status_code == 422
        assert "last active administrator" in errors(answer.text)[key]
        assert 'value="Renamed"' in answer.text
    [me] = stored(User)
    assert (me.name, me.active, me.roles[0].role.administrator) == ("Anna Rossi", True, True)


def test_an_unknown_panel_is_not_found(app: Flask) -> None:
    customer = company()
    panel = Panel(app)
    for name in ("5", "-1", "abc", "²", "01", ""):
        assert panel.get(f"/customer/edit/?id={customer.id}&panel={name}").status_code == 404
        assert panel.post(f"/customer/edit/?id={customer.id}&panel={name}", {"name": "x"}).status_code == 404
        assert panel.get(f"/customer/details/?id={customer.id}&panel={name or 9}", fragment=True).status_code == 404
