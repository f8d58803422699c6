"""Lines of documents: a table that is typed into, put in order, and added up by the server while one types."""

from __future__ import annotations

import re
from html import unescape
from typing import Any

import pytest
from flask import Flask
from werkzeug.test import TestResponse

from models.base import db
from models.customer import Customer
from models.document import Document
from models.document_line import DocumentLine
from models.operations.drafting import default_rate
from models.payment import Payment
from models.rules.document_kinds import DocumentKind
from models.vat_rate import VatRate
from tests.admin_views.test_forms import errors
from tests.models.papers import D, draft, issued, line, open_shop, rate
from tests.panel import Forms, Panel, add, statements, stored
from tests.people import VIEWER

K = DocumentKind


@pytest.fixture
def shop(app: Flask) -> Customer:
    return open_shop()


def new(customer: Customer, kind: str = "invoice") -> str:
    return f"/document/new/?customer={customer.id}&kind={kind}"


def edit(document: Document) -> str:
    return f"/document/edit/?id={document.id}&panel=1"


def typed(key: str, **values: Any) -> dict[str, Any]:
    return {f"lines-{key}-{name}": value for name, value in values.items()}


def lines() -> list[tuple[str, int]]:
    """Return what the stored lines say, and where they stand."""
    return [(each.description, each.position) for each in stored(DocumentLine)]


def totals(panel: Panel, page: TestResponse, changes: dict[str, Any]) -> TestResponse:
    """Ask what the form that is open comes to, with something typed into it."""
    [address] = re.findall(r'hx-post="([^"]*/totals/[^"]*)"', page.text)
    form = Forms(page.text).only
    for name, value in changes.items():
        form.values.poplist(name)
        form.values.setlist(name, value if isinstance(value, list) else [value])
    return panel.post(unescape(address), form.values, fragment=True)


def sums(html: str) -> dict[str, str]:
    """Return what is added up, by its label."""
    block = html.split('class="sums"', 1)[-1].split("</dl>", maxsplit=1)[0]
    found = re.findall(r"<dt>([^<]*)</dt>\s*<dd>(?:<output>)?([^<]*)<", block)
    return {label: unescape(amount) for label, amount in found}


def amounts(html: str) -> dict[str, str]:
    """Return what is computed of the lines, by key."""
    found = re.findall(r'<span id="lines-(\w+)-amount"[^>]*>\s*(.*?)</span>', html, re.DOTALL)
    return {key: unescape(re.sub("<[^>]+>", "", amount)) for key, amount in found}


def test_a_new_line_begins_with_what_is_usual_and_the_default_vat(app: Flask, shop: Customer) -> None:
    values = Forms(Panel(app).get(new(shop)).text).only.values
    usual = default_rate(db.session)
    assert usual is not None
    found = {name: values[f"lines-new-{name}"] for name in ("description", "quantity", "unit", "price", "vat_rate")}
    assert found == {"description": "", "quantity": "1", "unit": "C62", "price": "", "vat_rate": str(usual.id)}


def test_lines_are_typed_with_the_document_and_empty_ones_are_none(app: Flask, shop: Customer) -> None:
    answer = Panel(app).fill(new(shop), typed("new", description="Silk", quantity="2", price="1,234.50"))
    assert answer.status_code == 303
    [document] = stored(Document)
    assert [(each.description, each.price, each.amount) for each in document.lines] == [
        ("Silk", D("1234.500000"), D("2469.000"))
    ]
    assert (document.net, document.total) == (D("2469.000"), D("3012.180"))


def test_the_order_of_the_lines_is_the_order_in_which_they_are_sent(app: Flask, shop: Customer) -> None:
    document = draft(shop, K.INVOICE, line("a"), line("b"), line("c"))
    a, b, c = (str(each.id) for each in document.lines)
    sent: dict[str, Any] = {f"lines-{key}-at": None for key in (a, b, c, "new")}
    sent |= {"lines-keys": [c, "new", a, b], **typed("new", description="d", price="1")}
    assert Panel(app).fill(edit(document), sent).status_code == 303
    assert lines() == [("a", 2), ("b", 3), ("c", 0), ("d", 1)]
    page = Panel(app).get(f"/document/details/?id={document.id}").text
    assert page.index(">c<") < page.index(">d<") < page.index(">a<") < page.index(">b<")


@pytest.mark.parametrize(
    ("numbers", "order"),
    [("1 2 3 4", "abcd"), ("4 2 3 4", "bcda"), ("1 2 3 1", "dabc"), ("1 3 3 4", "acbd"), ("x 0 -1 4", "abcd")],
)
def test_without_a_script_lines_are_moved_by_number(app: Flask, shop: Customer, numbers: str, order: str) -> None:
    document = draft(shop, K.INVOICE, *map(line, "abcd"))
    keys = [str(each.id) for each in document.lines]
    sent = {f"lines-{key}-at": number for key, number in zip(keys, numbers.split(), strict=True)}
    assert Panel(app).fill(edit(document), sent).status_code == 303
    assert "".join(name for name, _ in sorted(lines(), key=lambda each: each[1])) == order


def test_lines_that_are_left_out_are_removed(app: Flask, shop: Customer) -> None:
    document = draft(shop, K.INVOICE, line("a"), line("b"))
    assert Panel(app).fill(edit(document), {"lines-keys": [str(document.lines[1].id)]}).status_code == 303
    assert lines() == [("b", 0)]


def test_a_wrong_cell_is_marked_and_everything_typed_is_still_there(app: Flask, shop: Customer) -> None:
    sent = {**typed("new", description="Silk", price="ten"), **typed("new01", price="1,234"), "reference": "A-1"}
    answer = Panel(app).fill(new(shop), sent)
    assert answer.status_code == 422
    said = errors(answer.text)
    assert said["lines-new-price"] == "This is not a number. Write it as in 12 or 12.5."
    assert said["lines-new01-price"] == "This can be read in two ways: write 1234 or 1.234."
    assert said["lines-new01-description"] == "This field is required."
    kept = Forms(answer.text).only.values
    assert (kept["lines-new-price"], kept["lines-new01-price"], kept["reference"]) == ("ten", "1,234", "A-1")
    assert not stored(Document)


def test_a_refusal_of_the_model_stands_beside_the_cell(app: Flask, shop: Customer) -> None:
    answer = Panel(app).fill(new(shop), typed("new", description="Silk", price="1", discount="101"))
    assert errors(answer.text)["lines-new-discount"] == "Type a percentage from 0 to 100."


def test_as_many_lines_fit_as_the_part_says(app: Flask, shop: Customer) -> None:
    keys = [f"new{number}" for number in range(501)]
    sent: dict[str, Any] = {"lines-keys": keys}
    for key in keys:
        sent |= typed(key, description="a", price="1", quantity="1", unit="C62")
    answer = Panel(app).fill(new(shop), sent)
    assert errors(answer.text)["lines"].startswith("At most 500 fit here.")


def test_a_rate_of_former_days_stays_and_is_not_offered_to_others(app: Flask, shop: Customer) -> None:
    old = add(VatRate(name="20 %", rate=D(20), active=True))
    document = draft(shop, K.INVOICE, line("a", vat_rate=old), line("b"))
    [old] = stored(VatRate, name="20 %")
    old.active = False
    add(old)
    first, second = (str(each.id) for each in document.lines)
    panel = Panel(app)
    page = panel.get(edit(document)).text
    assert page.count(f'value="{old.id}" selected') == page.count(">20 %<") == 1
    assert panel.fill(edit(document), typed(first, description="aa")).status_code == 303
    refused = panel.fill(edit(document), typed(second, vat_rate=str(old.id)))
    assert errors(refused.text)[f"lines-{second}-vat_rate"].startswith("“20 %” can no longer be chosen")


def test_a_line_that_somebody_removed_meanwhile_goes_unless_it_was_changed(app: Flask, shop: Customer) -> None:
    document = draft(shop, K.INVOICE, line("a"), line("b"))
    first, second = (str(each.id) for each in document.lines)
    me, other = Panel(app), Panel(app)
    page = me.get(edit(document))
    assert other.fill(edit(document), {"lines-keys": [first]}).status_code == 303
    assert me.send(page, typed(first, description="mine")).status_code == 303
    assert lines() == [("mine", 0)]
    refused = me.send(page, typed(second, description="changed"))
    assert refused.status_code == 422
    assert "removed a row that you changed" in errors(refused.text)["lines"]
    assert "changed" in refused.text


def test_totals_follow_what_is_typed_and_nothing_is_saved(app: Flask, shop: Customer) -> None:
    panel = Panel(app)
    page = panel.get(new(shop))
    sent = {**typed("new", description="Silk", quantity="3", price="10"), **typed("new01", quantity="2", price="0.5")}
    sent |= {"lines-new01-vat_rate": str(rate("10 %").id), "discount": "10"}
    answer = totals(panel, page, sent)
    assert answer.status_code == 200
    assert sums(answer.text) == {
        "Net": "€27.90", "VAT 22 %": "€5.94", "VAT 10 %": "€0.09", "Total": "€33.93",
    }  # fmt: skip
    assert amounts(answer.text) == {"new": "€27.00", "new01": "€0.90", "new02": ""}
    assert not stored(Document)


def test_what_is_wrong_in_one_cell_leaves_the_others_their_totals(app: Flask, shop: Customer) -> None:
    panel = Panel(app)
    sent = {**typed("new", description="Silk", quantity="3", price="ten"), **typed("new01", price="7"), "discount": "x"}
    answer = totals(panel, panel.get(new(shop)), sent)
    assert sums(answer.text)["Net"] == "€7.00"
    assert amounts(answer.text) == {"new": "", "new01": "€7.00", "new02": ""}


def test_totals_of_a_stored_draft_follow_in_its_own_currency(app: Flask, shop: Customer) -> None:
    document = draft(shop, K.QUOTE, line("a"), line("b"), currency="GBP")
    panel = Panel(app)
    first, second = (str(each.id) for each in document.lines)
    answer = totals(panel, panel.get(edit(document)), {**typed(first, quantity="2"), "lines-keys": [first, "new"]})
    assert amounts(answer.text)[first] == "£20.00"
    assert sums(answer.text)["Net"] == "£20.00"
    assert [each.quantity for each in stored(DocumentLine)] == [D(1), D(1)]
    assert second


def test_totals_are_for_those_who_may_edit_and_need_the_token(app: Flask, shop: Customer) -> None:
    document = draft(shop, K.INVOICE)
    assert Panel(app, VIEWER).post(f"/document/totals/?id={document.id}").status_code == 403
    assert Panel(app, VIEWER).post(f"/document/totals/?customer={shop.id}&kind=quote").status_code == 403
    panel = Panel(app)
    assert panel.post("/document/totals/?id=999999").status_code == 404
    assert panel.client.post(f"/document/totals/?id={document.id}").status_code == 400
    assert panel.get(f"/document/totals/?id={document.id}").status_code == 303


@pytest.mark.parametrize("many", [1, 100])
def test_statements_do_not_grow_with_the_lines(app: Flask, shop: Customer, many: int) -> None:
    names = ("22 %", "10 %", "4 %")
    document = draft(shop, K.INVOICE, *(line(f"Silk {at}", vat_rate=rate(names[at % 3])) for at in range(many)))
    panel = Panel(app)
    page = panel.get(edit(document))
    with statements() as asked:
        totals(panel, page, {})
    with statements() as form:
        panel.get(edit(document))
    with statements() as record:
        panel.get(f"/document/details/?id={document.id}")
    assert len(asked) <= 6, "\n".join(asked)
    assert len(form) <= 8, "\n".join(form)
    assert len(record) <= 16, "\n".join(record)


def test_a_record_shows_its_lines_as_a_table_and_what_they_add_up_to(app: Flask, shop: Customer) -> None:
    document = issued(shop, K.INVOICE, line("Silk", "2.5", "1000"), line("Wool", price="0.333333"))
    document.payments.append(Payment(amount=D(50)))
    add(document)
    page = Panel(app).get(f"/document/details/?id={document.id}").text
    assert '<td class="num" data-label="Quantity">2.5</td>' in page
    assert "€0.333333" in page
    assert "Discount %</th>" not in page  # of no line
    assert sums(page) == {
        "Net": "€2,500.33", "VAT 22 %": "€550.07", "Total": "€3,050.40", "Paid": "-€50.00", "Open": "€3,000.40",
    }  # fmt: skip


def test_payments_are_typed_as_lines_too(app: Flask, shop: Customer) -> None:
    document = issued(shop, K.INVOICE)
    panel = Panel(app)
    path = f"/document/edit/?id={document.id}&panel=2"
    assert Forms(panel.get(path).text).only.values["payments-new-date"] == str(document.date)
    assert panel.fill(path).status_code == 303
    assert not stored(Payment)
    answer = panel.fill(path, {"payments-new-amount": "100"})
    assert "This is more than what is open." in errors(answer.text).values()
    assert panel.fill(path, {"payments-new-amount": "5"}).status_code == 303
    assert [each.amount for each in stored(Payment)] == [D(5)]


def test_what_has_been_issued_is_shown_and_not_typed(app: Flask, shop: Customer) -> None:
    document = issued(shop, K.INVOICE, line("Silk"))
    panel = Panel(app)
    record = panel.get(f"/document/details/?id={document.id}").text
    assert 'id="edit-0"' not in record
    assert 'id="edit-1"' not in record
    assert 'id="edit-2"' in record  # payments
    form = Forms(panel.get(f"/document/edit/?id={document.id}").text).only
    assert not [name for name in form.values if name.startswith(("lines", "currency", "date"))]
    assert "remarks" in form.values


def test_what_was_issued_while_somebody_typed_is_refused(app: Flask, shop: Customer) -> None:
    document = draft(shop, K.INVOICE, line("Silk"))
    panel = Panel(app)
    page = panel.get(f"/document/edit/?id={document.id}")
    panel.post(f"/document/issue/?id={document.id}")
    from_now = stored(Document)[0]
    refused = panel.send(page, {"reference": "A-1", **typed(str(document.lines[0].id), price="1")})
    if not from_now.number:
        pytest.fail("it was not issued")
    said = errors(refused.text)
    settled = "It has been issued: only its status, its payments and your own remarks can change."
    assert said["reference"] == f"{settled} You typed: A-1"
    assert said["lines"].startswith(f"{settled} You typed: Silk")


@pytest.mark.parametrize(
    ("kind", "used", "unused"),
    [("invoice", "due", "weight"), ("ddt", "weight", "due"), ("credit_note", "lines-present", "due")],
)
def test_a_form_asks_only_what_its_kind_has_a_use_for(
    app: Flask, shop: Customer, kind: str, used: str, unused: str
) -> None:
    panel = Panel(app)
    values = Forms(panel.get(new(shop, kind)).text).only.values
    assert used in values
    assert unused not in values
    answer = panel.fill(new(shop, kind), {**typed("new", description="Silk", price="1"), unused: "2026-12-31"})
    assert answer.status_code == 303
    [document] = stored(Document)
    assert getattr(document, unused) is None
