"""What people are told of what is kept about them, how they are forgotten, and what is offered rather than deleting."""

from __future__ import annotations

import csv
import json
import re
from io import BytesIO, StringIO
from typing import Any
from zipfile import ZipFile

import pytest
from flask import Flask
from sqlalchemy import select

from models.base import db
from models.customer import Customer, Rating, Status
from models.gate import set_actor
from models.history import ChangeSet
from models.note import Note
from models.permissions import SYSTEM, Level, Permission
from tests.models.canaries import DIGITS, MARK, TAX_CODE, document, full, known, tables
from tests.models.world import ALL, LOOKING, OWN, SEE
from tests.panel import Panel, add, company, stored
from tests.people import VIEWER, add_user

SELLING = {"customer": OWN, "account": OWN, "channel": SEE, "customer_group": SEE, "user": SEE}


@pytest.fixture
def panel(app: Flask) -> Panel:
    return Panel(app)


def somebody(**values: Any) -> Customer:
    """Store a customer with something in every field."""
    company("Other")  # the reference data comes with it
    customer = full()
    for key, value in values.items():
        setattr(customer, key, value)
    db.session.commit()
    return customer


def taken(panel: Panel, customer: Customer) -> dict[str, str]:
    """Return the files of the export by name."""
    answer = panel.get(f"/customer/person/?id={customer.id}")
    assert (answer.status_code, answer.mimetype) == (200, "application/zip")
    assert f'filename="customer-{customer.id}.zip"' in answer.headers["Content-Disposition"]
    with ZipFile(BytesIO(answer.data)) as archive:
        assert archive.testzip() is None
        return {name: archive.read(name).decode("utf-8") for name in archive.namelist()}


def words(text: str) -> set[str]:
    return set(re.findall(rf"{MARK}\w*", text))


def lines(text: str) -> list[dict[str, str]]:
    return list(csv.DictReader(StringIO(text.removeprefix("\ufeff"), newline="")))


def test_everything_that_is_kept_about_a_person_is_in_the_export(panel: Panel) -> None:
    customer = somebody()
    document(customer)
    files = taken(panel, customer)
    assert files.keys() == {
        "everything.json", "customer.csv", "customer_email.csv", "customer_phone.csv", "contact.csv", "note.csv",
        "message.csv", "document.csv", "document_line.csv", "account.csv", "history.csv",
    }  # fmt: skip
    ours = known() - {f"{MARK}id"}  # a key of the program's own, which nobody is shown
    assert ours - words(files["everything.json"]) == set()
    assert ours - words("".join(text for name, text in files.items() if name.endswith(".csv"))) == set()


def test_the_json_says_what_every_value_is(panel: Panel) -> None:
    customer = somebody()
    told = json.loads(taken(panel, customer)["everything.json"])["record"]
    assert (told["entity"], told["label"], told["id"]) == ("customer", "Customer", customer.id)
    assert told["fields"]["billing_country"] == {"label": "Country", "value": "IT"}
    assert [each["title"] for each in told["below"]["emails"]] == [f"{MARK}1@example.com", f"{MARK}2@example.com"]


def test_a_csv_is_text_to_a_spreadsheet(panel: Panel) -> None:
    customer = somebody(tags="=1+1")
    add(Note(customer=customer, body='+cmd|"x"!A1, and\nmore'))
    files = taken(panel, customer)
    assert lines(files["customer.csv"])[0]["Tags"] == "'=1+1"
    assert lines(files["note.csv"])[-1]["Note"] == '\'+cmd|"x"!A1, and\nmore'


def test_secrets_are_not_exported(panel: Panel) -> None:
    customer = somebody()
    [password] = [each.password for each in stored(Customer, id=customer.id)]
    said = "".join(taken(panel, customer).values())
    assert password
    assert password not in said
    assert "argon2" not in said


def test_guarded_fields_are_for_those_whose_role_opens_them(app: Flask) -> None:
    customer = somebody(rating=Rating.HOT)
    open_to_all = Panel(app)
    assert lines(taken(open_to_all, customer)["customer.csv"])[0]["Rating"] == "Hot"
    closed = Panel(app, add_user(SELLING | {"customer": ALL}))
    files = taken(closed, customer)
    assert "Rating" not in lines(files["customer.csv"])[0]
    assert "hot" not in re.findall(r"\w+", files["everything.json"].lower())


def test_what_is_not_yours_is_not_there(app: Flask) -> None:
    customer = somebody()
    stranger = Panel(app, add_user(SELLING))
    for address in ("person", "anonymise", "deactivate"):
        assert stranger.get(f"/customer/{address}/?id={customer.id}").status_code == 404
        assert stranger.get(f"/customer/{address}/?id=x").status_code == 404


def test_whoever_may_not_export_or_delete_is_told_so(app: Flask) -> None:
    customer = somebody()
    viewer = Panel(app, VIEWER)
    for address in ("person", "anonymise", "deactivate"):
        assert viewer.get(f"/customer/{address}/?id={customer.id}").status_code == 403
    seen = viewer.get(f"/customer/details/?id={customer.id}").text
    assert not [each for each in ("Anonymise…", "Export everything", "Deactivate…") if each in seen]


def test_export_narrower_than_view_holds_here_too(app: Flask) -> None:
    customer = somebody()
    levels = ALL | {Permission.EXPORT: Level.OWN}
    assert (
        Panel(app, add_user(SELLING | {"customer": levels})).get(f"/customer/person/?id={customer.id}").status_code
        == 403
    )


def test_before_anybody_is_anonymised_the_page_says_what_goes_and_what_stays(panel: Panel) -> None:
    customer = somebody()
    document(customer)
    page = panel.get(f"/customer/anonymise/?id={customer.id}", fragment=True).text
    for said in (
        "Customer: Name, Company, First name, Last name, Code, VAT number, Tax code",
        "Account: Name",
        "3 emails are deleted.",
        "1 contact is deleted.",
        "1 note loses its text.",
        "1 document loses its remarks.",
        "1 document stays as it was issued.",
        "in the history and the search as well, and cannot be undone:",
    ):
        assert said in page
    assert "Cancel" in page


def test_an_account_that_others_belong_to_is_named_to_those_who_see_it(app: Flask) -> None:
    customer = somebody()
    account = customer.account
    company("Another", account=account)
    address = f"/customer/anonymise/?id={customer.id}"
    assert f"The account “{account.name}” stays as it is: others belong to it." in Panel(app).get(address).text
    seller = add_user({"customer": ALL, "channel": SEE, "customer_group": SEE})
    told = Panel(app, seller).get(address).text
    assert "The account stays as it is: others belong to it." in told


def test_nothing_happens_until_the_name_is_typed(panel: Panel) -> None:
    customer = somebody()
    address = f"/customer/anonymise/?id={customer.id}"
    for wrong in ("", "Ada", customer.name.upper()):
        answer = panel.post(address, {"typed": wrong, "confirmed": "1"})
        assert "That is not the name." in answer.text
    assert stored(Customer, id=customer.id)[0].first_name == f"{MARK}first"


def anonymised(panel: Panel, customer: Customer) -> None:
    address = f"/customer/anonymise/?id={customer.id}"
    answer = panel.fill(address, {"typed": f" {customer.name} "})
    assert answer.status_code == 303
    assert answer.location == f"/customer/details/?id={customer.id}"


def test_nobody_reads_anywhere_what_was_erased(panel: Panel) -> None:
    customer = somebody()
    key, account = customer.id, customer.account.id
    anonymised(panel, customer)
    seen = [
        panel.get(address).text
        for address in (
            f"/customer/details/?id={key}",
            f"/customer/history/?id={key}",
            f"/account/details/?id={account}",
            f"/account/history/?id={account}",
            f"/customer/?search={MARK[2:]}",
            "/customer/export/csv/",
            "/contact/",
            "/note/",
            "/message/",
        )
    ]
    files = "".join(taken(panel, stored(Customer, id=key)[0]).values())
    assert not [each for each in (*seen, files) if MARK in each or DIGITS in each or TAX_CODE in each]
    assert f"Anonymised customer #{key}" in seen[0]
    assert "erased" in seen[1]
    assert tables(MARK) == {}


def test_no_undo_is_offered_and_none_works(panel: Panel) -> None:
    customer = somebody()
    key = customer.id
    anonymised(panel, customer)
    toast = panel.get("/account/").text
    assert "what told of people is erased" in toast
    assert "/undo" not in toast
    assert "/undo" not in panel.get(f"/customer/history/?id={key}").text
    newest = db.session.scalars(select(ChangeSet.id).order_by(ChangeSet.id.desc()), execution_options=LOOKING).first()
    panel.post(f"/change_set/{newest}/undo")
    assert "was anonymised, and what was erased does not come back." in panel.get("/account/").text
    assert stored(Customer, id=key)[0].first_name == "(removed)"


def test_a_form_that_was_open_meanwhile_brings_nothing_back(panel: Panel) -> None:
    customer = somebody()
    key = customer.id
    forms = [panel.get(f"/customer/edit/?id={key}"), panel.get(f"/customer/edit/?id={key}&panel=2")]
    anonymised(panel, customer)
    for form in forms:
        answer = panel.send(form)
        assert answer.status_code == 409
        assert "was anonymised while you were editing, so nothing was saved." in answer.text
        assert tables(MARK) == {}


def test_a_customer_with_issued_documents_is_not_deleted_and_the_page_says_what_to_do(panel: Panel) -> None:
    customer = somebody()
    document(customer)
    page = panel.get(f"/customer/delete/?id={customer.id}", fragment=True).text
    assert "1 document that would go with it must stay. It has been issued: cancel it or credit it." in page
    assert "Deactivate the customer instead, or anonymise it so that it tells of nobody any more." in page
    assert f"/customer/deactivate/?id={customer.id}" in page
    assert f"/customer/anonymise/?id={customer.id}" in page
    panel.post(f"/customer/delete/?id={customer.id}", {"confirmed": "1", "rowid": str(customer.id)})
    assert stored(Customer, id=customer.id)


def test_in_a_bulk_delete_those_stay_apart_with_the_reason_and_the_others_go(panel: Panel) -> None:
    held, free = somebody(), company("Free")
    name = document(held).name
    draft = company("Drafts")
    document(draft, issued=False)
    chosen = {"action": "delete", "rowid": [str(each.id) for each in (held, free, draft)]}
    page = panel.post("/customer/action/", chosen)
    apart = page.text.split("These stay:")[1]
    assert held.name in apart
    assert f"“{name}”" in apart
    assert "Free" not in apart
    panel.send(page)
    assert {each.name for each in stored(Customer)} == {held.name, "Other"}


def test_a_customer_can_be_deactivated_with_everything_kept(panel: Panel) -> None:
    customer = somebody()
    panel.fill(f"/customer/deactivate/?id={customer.id}")
    [row] = stored(Customer, id=customer.id)
    assert (row.status, row.first_name) == (Status.INACTIVE, f"{MARK}first")
    assert "Deactivate…" not in panel.get(f"/customer/details/?id={row.id}").text
    set_actor(db.session, SYSTEM)
