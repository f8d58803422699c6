"""CSV export: what is filtered, in its order, safe to open, without secrets, and a batch at a time."""

from __future__ import annotations

import csv
from datetime import UTC, date, datetime
from decimal import Decimal
from io import StringIO

import pytest
from flask import Flask
from sqlalchemy import select

from admin_views.lists.export import harmless
from admin_views.registry import views_by_model
from models.base import db
from models.customer import CustomerKind, CustomerPhone, Status
from models.gate import set_actor
from models.payment import Payment
from models.permissions import SYSTEM, Grants, Level, Permission
from models.rules.document_kinds import DocumentKind
from models.task import Task
from models.unit import BusinessUnit
from models.user import UserRole
from tests.models.papers import issued, line, open_shop
from tests.models.world import ALL
from tests.panel import Panel, add, company, contact, default_group, new_company, statements, stored
from tests.people import EDITOR, add_user


def table(app: Flask, query: str = "", entity: str = "customer") -> list[dict[str, str]]:
    text = Panel(app).get(f"/{entity}/export/csv/?{query}").get_data(as_text=True)
    assert text.startswith("\ufeff")
    return list(csv.DictReader(StringIO(text.removeprefix("\ufeff"))))


def test_rows_come_filtered_and_in_the_order_of_the_list(app: Flask) -> None:
    add(
        new_company("B Srl", status=Status.BLOCKED), new_company("A Srl", status=Status.BLOCKED), new_company("C Srl"),
    )  # fmt: skip
    assert [row["Name"] for row in table(app, "f_status=blocked")] == ["A Srl", "B Srl"]
    assert [row["Name"] for row in table(app, "f_status=blocked&sort=-name")] == ["B Srl", "A Srl"]
    assert [row["Name"] for row in table(app, "search=c%20srl")] == ["C Srl"]
    assert len(table(app, "page_size=20&page=2")) == 3


def test_values_are_written_as_people_read_them(app: Flask) -> None:
    company(
        "Aurora Srl", emails=["a@example.com", "b@example.com"], billing_country="IT", billing_province="MI",
        newsletter=True, employees=12, website="https://aurora.example",
    )  # fmt: skip
    [row] = table(app)
    assert (row["Country"], row["Province"], row["Emails"]) == ("Italy", "Milano", "a@example.com; b@example.com")
    assert (row["Newsletter consent"], row["Employees"], row["Group"]) == ("yes", "12", "General")
    assert row["Status"] == "Active"


FORMULAS = [
    "+39 02/1234",
    "+39 1+1",
    "+391234",
    "=1+1",
    "+1+1",
    "-1+1",
    "@SUM(1)",
    "＝1+1",
    "＋1",
    "－1",
    "＠x",
    '=HYPERLINK("http://evil.test")',
]


@pytest.mark.parametrize("text", FORMULAS)
def test_text_is_never_a_formula(app: Flask, text: str) -> None:
    company(text, legal_form=text)
    [row] = table(app)
    assert row["Name"] == f"'{text}"
    assert row["Legal form"] == f"'{text}"


@pytest.mark.databases("sqlite")
def test_phone_numbers_are_as_they_were_typed_where_no_formula_can_come_of_it(app: Flask) -> None:
    contact(company(), "Marta", phone="+34 617 123 456")
    [row] = table(app, entity="contact")
    assert row["Phone"] == "+34 617 123 456"
    assert [harmless(each) for each in ("+34 1\t2", "+34 1\n=1", "\n=1+1")] == ["'+34 1\t2", "'+34 1\n=1", "'\n=1+1"]


@pytest.mark.databases("sqlite")
def test_each_of_several_values_of_a_cell_is_written_as_it_would_be_alone(app: Flask) -> None:
    phones = [CustomerPhone(number="+34 617 123 456", primary=True), CustomerPhone(number="+34 618 123 456")]
    add(company(phones=phones, emails=[]))
    [row] = table(app)
    assert row["Phones"] == "+34 617 123 456; +34 618 123 456"
    set_actor(db.session, SYSTEM)
    invoice = issued(open_shop(), DocumentKind.INVOICE, line(price="10"))
    add(Payment(document=invoice, date=invoice.date, amount=Decimal("2.5")))
    [row] = table(app, entity="document")
    assert (row["Total"], row["Payments"]) == ("12.20", "2.50")


@pytest.mark.databases("sqlite")
def test_days_and_moments_are_written_so_that_spreadsheets_sort_them(app: Flask) -> None:
    at = datetime(2026, 2, 3, 4, 5, 6, tzinfo=UTC)
    add(Task(customer=company(), subject="Ring", due=date(2026, 1, 31), done=True, done_at=at))
    panel = Panel(app)
    panel.client.set_cookie("zone", "Europe/Rome")
    text = panel.get("/task/export/csv/").get_data(as_text=True).removeprefix("\ufeff")
    [row] = csv.DictReader(StringIO(text))
    assert (row["Due"], row["Done on"]) == ("2026-01-31", "2026-02-03 05:05:06")


@pytest.mark.databases("sqlite")
def test_no_two_columns_of_an_export_have_the_same_heading(app: Flask) -> None:
    for view in views_by_model(app.extensions["panel"]).values():
        headings = [name for _, name in view.get_export_columns()]
        headings += [part.model.__plural__ for part in view.description.parts]
        assert len(headings) == len(set(headings)), view.endpoint


@pytest.mark.parametrize("text", ['a "quoted" name', "a, b; c", "two\nlines", "Società Ñandú 株式会社"])
def test_signs_that_csv_knows_survive(app: Flask, text: str) -> None:
    customer = company()
    contact(customer, "Marta", notes=text)
    [row] = table(app, entity="contact")
    assert (row["Name"], row["Notes"], row["Customer"]) == ("Marta", text, "Aurora Srl")


def test_secrets_and_hidden_columns_are_left_out(app: Flask) -> None:
    company(emails=["a@example.com"], can_login=True, password="secret12", kind=CustomerKind.COMPANY)
    default_group()
    text = Panel(app).get("/customer/export/csv/").text + Panel(app).get("/user/export/csv/").text
    for word in ("argon2", "secret12", "login_key", "version"):
        assert word not in text
    header = text.splitlines()[0]
    assert "Password," not in header.replace("Password set,", "")


def test_the_answer_is_a_file_to_download(app: Flask) -> None:
    answer = Panel(app).get("/customer/export/csv/")
    assert answer.headers["Content-Disposition"] == 'attachment; filename="customers.csv"'
    assert answer.content_type == "text/csv; charset=utf-8"
    assert Panel(app).get("/customer/export/xls/").status_code == 404
    told = Panel(app).get("/document/export/csv/?kind=credit_note").headers["Content-Disposition"]
    assert told == 'attachment; filename="credit-notes.csv"'


@pytest.mark.quick(database=["sqlite"])  # how often a database is asked does not depend on which it is
def test_rows_are_read_a_batch_at_a_time_however_many_there_are(app: Flask) -> None:
    add(*(new_company(f"Customer {number:04}") for number in range(1200)))
    panel = Panel(app)
    with statements() as run:
        rows = table(app)
    assert len(rows) == 1200
    reads = [each for each in run if "LEFT OUTER JOIN" in each and "customer.company" in each]
    assert len(reads) == 3
    db.session.expire_all()
    with statements() as run:
        assert len(panel.get("/customer/export/csv/?search=0001").text.splitlines()) == 2
    assert len(run) <= 8


OWN = {Permission.VIEW: Level.ORGANISATION, Permission.EXPORT: Level.OWN}


def exporter(app: Flask, levels: Grants, *units: BusinessUnit) -> tuple[int, Panel]:
    set_actor(db.session, SYSTEM)
    user = add_user({"customer": levels}, *units)
    panel = Panel(app, user)
    return user.id, panel


def names(panel: Panel, query: str = "", entity: str = "customer") -> list[str]:
    text = panel.get(f"/{entity}/export/csv/?{query}").text
    return [row["Name"] for row in csv.DictReader(StringIO(text.removeprefix("\ufeff")))]


def test_an_export_has_only_what_one_may_export_and_the_list_says_so(app: Flask) -> None:
    me, panel = exporter(app, OWN)
    add(*(new_company(f"{name} Srl", owner_id=me) for name in "AB"), new_company("Foreign Srl"))
    page = panel.get("/customer/").text
    assert "Foreign Srl" in page
    assert "Export your own 2" in page
    assert names(panel) == ["A Srl", "B Srl"]
    assert "Export your own 1" in panel.get("/customer/?search=a%20srl").text
    assert names(panel, "sort=-name") == ["B Srl", "A Srl"]
    assert "Export your own 0" in panel.get("/customer/?search=foreign").text
    assert names(panel, "search=foreign") == []


def test_the_file_is_called_by_how_far_it_reaches(app: Flask) -> None:
    _, panel = exporter(app, OWN)
    answer = panel.get("/customer/export/csv/")
    assert answer.headers["Content-Disposition"] == 'attachment; filename="customers-own.csv"'
    _, panel = exporter(app, {Permission.VIEW: Level.OWN, Permission.EXPORT: Level.ORGANISATION})
    answer = panel.get("/customer/export/csv/")
    assert answer.headers["Content-Disposition"] == 'attachment; filename="customers.csv"'
    assert "Export your own" not in panel.get("/customer/").text


def test_an_export_may_reach_as_far_as_business_units(app: Flask) -> None:
    above = add(BusinessUnit(name="Above"))
    below = add(BusinessUnit(name="Below", above=above))
    peer, under = add_user(EDITOR, above), add_user(EDITOR, below)
    add(new_company("Peer Srl", owner_id=peer.id), new_company("Under Srl", owner_id=under.id), new_company("Far Srl"))
    _, panel = exporter(app, OWN | {Permission.EXPORT: Level.UNIT}, above)
    assert names(panel) == ["Peer Srl"]
    assert "Export 1 of your units<" in panel.get("/customer/").text
    _, panel = exporter(app, OWN | {Permission.EXPORT: Level.DIVISION}, above)
    assert names(panel) == ["Peer Srl", "Under Srl"]
    assert "Export 2 of your division<" in panel.get("/customer/").text


def test_children_are_exported_by_the_rule_of_their_parent(app: Flask) -> None:
    me, panel = exporter(app, OWN)
    mine, foreign = company("Mine Srl", owner_id=me), company("Foreign Srl")
    contact(mine, "Marta Mine")
    contact(foreign, "Franco Foreign")
    assert "Franco Foreign" in panel.get("/contact/").text
    assert "Export your own 1" in panel.get("/contact/").text
    assert names(panel, entity="contact") == ["Marta Mine"]


def test_what_one_may_export_and_not_see_is_not_exported(app: Flask) -> None:
    me, panel = exporter(app, {Permission.VIEW: Level.OWN, Permission.EXPORT: Level.ORGANISATION})
    add(new_company("Mine Srl", owner_id=me), new_company("Foreign Srl"))
    assert names(panel) == ["Mine Srl"]


def test_who_may_export_nothing_is_refused_and_shown_no_button(app: Flask) -> None:
    _, panel = exporter(app, {Permission.VIEW: Level.ORGANISATION})
    assert panel.get("/customer/export/csv/").status_code == 403
    assert "/customer/export/" not in panel.get("/customer/").text


def test_what_links_lead_to_is_written_for_those_who_see_it(app: Flask) -> None:
    add(BusinessUnit(name="Nowhere"))
    user = add_user(EDITOR, db.session.scalars(select(BusinessUnit).where(BusinessUnit.name == "Nowhere")).one())
    [row] = [row for row in table(app, entity="user") if row["Email"] == user.email]
    assert (row["Roles"], row["Business units"]) == ("Editor", "Nowhere")
    blind = Panel(app, add_user({"user": ALL}))
    text = blind.get("/user/export/csv/").get_data(as_text=True).removeprefix("\ufeff")
    [row] = [row for row in csv.DictReader(StringIO(text)) if row["Email"] == user.email]
    assert (row["Roles"], row["Business units"]) == ("", "")


def test_a_record_that_is_hidden_does_not_tell_what_leads_to_it(app: Flask) -> None:
    set_actor(db.session, SYSTEM)
    user = add_user(EDITOR)
    [has] = stored(UserRole, user_id=user.id)
    role, blind = has.role_id, Panel(app, add_user({"user": ALL}))
    for path in (f"/user/export/csv/?roles={role}", f"/user/details/?id={user.id}&at=1&roles={role}"):
        assert blind.get(path).status_code == 404
        assert Panel(app).get(path).status_code == 200
