"""Amounts and other numbers: typed as people write them, shown in their currency, filtered, and exported plainly."""

from __future__ import annotations

import csv
from decimal import Decimal
from io import StringIO

import pytest
from flask import Flask

from admin_views import kinds_figures
from models.company import Company
from models.customer import Customer
from models.document_line import DocumentLine
from models.errors import DomainError
from models.rules.document_kinds import DocumentKind
from models.rules.numbers import read_decimal
from tests.admin_views.test_forms import errors
from tests.models.papers import D, draft, line, open_shop
from tests.panel import Forms, Panel, stored

K = DocumentKind


@pytest.fixture
def shop(app: Flask) -> Customer:
    return open_shop()


@pytest.mark.parametrize(
    ("typed", "number"),
    [
        ("1234.5", "1234.5"), ("1234,50", "1234.50"), ("1,234.50", "1234.50"), ("1.234,50", "1234.50"),
        ("1 234,5", "1234.5"), ("1'234.50", "1234.50"), ("1,234,567", "1234567"), ("1.234.567,8", "1234567.8"),
        ("-1,234.5", "-1234.5"), (" 12 ", "12"), ("0,125", "0.125"), ("1.234", "1.234"), ("1234,567", "1234.567"),
        ("12,34", "12.34"), ("1\u202f234,5", "1234.5"),
    ],
)  # fmt: skip
def test_numbers_are_read_as_people_write_them(typed: str, number: str) -> None:
    assert read_decimal(typed) == Decimal(number)


@pytest.mark.parametrize("typed", ["", "x", "1,2,3", "1.23.4", "1,234.5.6", "12,34.5", "1e5", "NaN", "١٢", "1,234,56"])
def test_what_is_no_number_is_refused(typed: str) -> None:
    with pytest.raises(DomainError, match="This is not a number"):
        read_decimal(typed)


@pytest.mark.parametrize(("typed", "said"), [("1,234", "write 1234 or 1.234"), ("-12,500", "write -12500 or -12.500")])
def test_what_can_be_read_in_two_ways_is_asked_back(typed: str, said: str) -> None:
    with pytest.raises(DomainError) as caught:
        read_decimal(typed)
    assert said in str(caught.value)


@pytest.mark.parametrize(
    ("value", "currency", "shown", "plain"),
    [
        ("1234.5", "EUR", "€1,234.50", "1234.50"), ("1234.5", "JPY", "JP¥1,234.5", "1234.5"),
        ("1234", "JPY", "JP¥1,234", "1234"), ("0.333333", "EUR", "€0.333333", "0.333333"),
        ("-3", "GBP", "-£3.00", "-3.00"), ("1.5", "KWD", "KWD\u00a01.500", "1.500"), ("7", None, "7.00", "7.00"),
    ],
)  # fmt: skip
def test_an_amount_has_the_digits_of_its_currency(
    app: Flask, value: str, currency: str | None, shown: str, plain: str
) -> None:
    with app.test_request_context():
        assert kinds_figures.amount(D(value), currency) == shown
        assert kinds_figures.decimals(D(value), currency) == plain


def test_a_list_shows_amounts_in_their_own_currency_on_the_right(app: Flask, shop: Customer) -> None:
    draft(shop, K.QUOTE, line(price="1000"))
    draft(shop, K.QUOTE, line(price="5"), currency="GBP")
    page = Panel(app).get("/document/?kind=quote").text
    assert '<td class="num" data-label="Total">€1,220.00</td>' in page
    assert '<td class="num" data-label="Total">£6.10</td>' in page


@pytest.mark.parametrize(
    ("asked", "found"),
    [
        ("f_total__from=12.2", {"12.20", "1220.00"}), ("f_total__from=12.21", {"1220.00"}),
        ("f_total__to=1,219.99", {"12.20"}), ("f_total__from=1.220,00", {"1220.00"}),
        ("f_total__from=12.2001", {"1220.00"}), ("f_total__to=12.2001", {"12.20"}),
        ("f_total__from=999999999999", set()), ("f_total__from=many", {"12.20", "1220.00"}),
    ],
)  # fmt: skip
def test_amounts_are_filtered_and_exported_as_plain_decimals(
    app: Flask, shop: Customer, asked: str, found: set[str]
) -> None:
    draft(shop, K.QUOTE, line(price="1000"))
    draft(shop, K.QUOTE, line(price="10"))
    exported = Panel(app).get(f"/document/export/csv/?kind=quote&{asked}").text
    rows = list(csv.DictReader(StringIO(exported.removeprefix("\ufeff"))))
    assert {row["Total"] for row in rows} == found


def test_a_form_shows_prices_with_cents_and_quantities_without_zeros(app: Flask, shop: Customer) -> None:
    document = draft(shop, K.QUOTE, line(quantity="2.50", price="1250"))
    key = document.lines[0].id
    values = Forms(Panel(app).get(f"/document/edit/?id={document.id}&panel=1").text).only.values
    assert (values[f"lines-{key}-quantity"], values[f"lines-{key}-price"]) == ("2.5", "1250.00")


def test_a_price_keeps_six_places_and_more_are_refused(app: Flask, shop: Customer) -> None:
    document = draft(shop, K.QUOTE)
    path, price = f"/document/edit/?id={document.id}&panel=1", f"lines-{document.lines[0].id}-price"
    panel = Panel(app)
    assert panel.fill(path, {price: "0,333333"}).status_code == 303
    assert stored(DocumentLine)[0].price == D("0.333333")
    assert errors(panel.fill(path, {price: "0.3333333"}).text)[price].startswith("This is not a number")


def test_an_account_number_is_read_in_groups_of_four(app: Flask, shop: Customer) -> None:
    panel = Panel(app)
    [company] = stored(Company)
    [form] = [each for each in Forms(panel.get(f"/company/edit/?id={company.id}").text).all if "iban" in each.values]
    form.values["iban"] = "it60x0542811101000000123456"
    assert panel.post(form.action, form.values).status_code == 303
    assert "IT60 X054 2811 1010 0000 0123 456" in panel.get(f"/company/details/?id={company.id}").text


@pytest.mark.parametrize(("currency", "shown"), [("EUR", "€1,234.50"), ("NOK", "NOK\u00a01,234.50")])
def test_a_currency_without_a_sign_stands_apart_from_its_digits(app: Flask, currency: str, shown: str) -> None:
    with app.test_request_context():
        assert kinds_figures.amount(D("1234.5"), currency) == shown
        assert kinds_figures.amount(D("-1"), "NOK") == "-NOK\u00a01.00"
