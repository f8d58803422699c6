"""Before an electronic invoice is made, one reads what it lacks."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest

from models.errors import DomainErrors
from models.rules.einvoices.formats import Format, e_invoice, formats, lacking
from models.rules.paper import Paper, Party
from tests.models.rules.einvoices.papers import AURORA, DUPONT, ROSSI, WEBER, Sale, paper

EXEMPT = Sale("1", "0", nature="N4")
OUTSIDE = Sale("1", "0", nature="N2.1")
REVERSED = Sale("1", "0", nature="N6.9")


def said(given: Paper, form: Format) -> str:
    return " ".join(str(error) for error in lacking(given, form))


@pytest.mark.parametrize("form", Format)
@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"kind": "quote"}, "Only invoices and credit notes"),
        ({"number": None}, "Issue the document first"),
        ({"cancelled": True}, "is cancelled"),
        ({"seller": replace(ROSSI, name="")}, "Your company's name"),
        ({"seller": replace(ROSSI, iban="")}, "IBAN is missing"),
        ({"seller": replace(ROSSI, vat_number="", tax_code="")}, "Your company's VAT number"),
        ({"buyer": replace(AURORA, country="")}, "The customer's name and country"),
    ],
)
def test_every_format_needs_it(form: Format, changes: dict[str, Any], sentence: str) -> None:
    assert sentence in said(paper(Sale("1"), **changes), form)


@pytest.mark.parametrize("form", Format)
def test_a_document_needs_lines_and_each_a_description(form: Format) -> None:
    assert "no lines" in said(paper(), form)
    assert "Line 2 has no description" in said(paper(Sale("1"), Sale("1", description=" \n")), form)


@pytest.mark.parametrize(
    ("sales", "changes", "sentence"),
    [
        ([REVERSED], {"buyer": replace(AURORA, vat_number="")}, "reverse charge and intra-Community"),
        ([OUTSIDE, Sale("1")], {}, "need a document of their own"),
        ([Sale("1.234")], {"currency": "KWD"}, "KWD have more than two decimals"),
        ([Sale("1", "0", nature="N3.1")], {"seller": replace(ROSSI, vat_number="")}, "Your company's VAT number"),
    ],
)
def test_the_european_standard_needs_it(sales: list[Sale], changes: dict[str, Any], sentence: str) -> None:
    assert sentence in said(paper(*sales, **changes), Format.EN16931)


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"seller": WEBER}, "for companies in Italy"),
        ({"seller": replace(ROSSI, regime="")}, "tax regime is missing"),
        ({"seller": replace(ROSSI, street="")}, "Your company's street"),
        ({"seller": replace(ROSSI, postal_code="187")}, "Your company's street"),
        ({"buyer": replace(AURORA, city="")}, "The customer's street"),
        ({"buyer": replace(AURORA, vat_number="", tax_code="")}, "an Italian customer has one of them"),
        ({"currency": "USD"}, "this document is in USD"),
        ({"number": "INVOICE-2026-0000000012"}, "up to 20 characters"),
        ({"number": "dodici"}, "with a digit"),
    ],
)
def test_italy_needs_it(changes: dict[str, Any], sentence: str) -> None:
    assert sentence in said(paper(Sale("1"), **changes), Format.FATTURA_PA)


def test_italy_needs_the_nature_of_every_zero() -> None:
    assert "Line 2 has a VAT rate of zero" in said(paper(EXEMPT, Sale("1", "0")), Format.FATTURA_PA)


@pytest.mark.parametrize("buyer", [AURORA, replace(DUPONT, vat_number="", postal_code="")])
def test_nothing_is_lacking_where_nothing_is(buyer: Party) -> None:
    given = paper(Sale("1"), EXEMPT, buyer=buyer)
    assert [lacking(given, form) for form in Format] == [[], []]


def test_what_is_lacking_is_said_at_once_and_no_file_is_made() -> None:
    with pytest.raises(DomainErrors) as refusal:
        e_invoice(paper(Sale("1"), number=None, currency="USD"), Format.FATTURA_PA, progressive="1")
    assert len(refusal.value.errors) == 2


def test_the_formats_offered_are_those_of_the_seller_s_country_and_of_invoices() -> None:
    assert list(formats(paper(Sale("1")))) == [Format.FATTURA_PA, Format.EN16931]
    assert list(formats(paper(Sale("1"), seller=WEBER))) == [Format.EN16931]
    assert list(formats(paper(Sale("1"), kind="ddt", paid=Decimal(0)))) == []
    assert [form.label for form in Format] == ["FatturaPA", "EN 16931 (UBL)"]
