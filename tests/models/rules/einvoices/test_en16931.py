"""Invoices and credit notes in UBL: what the European standard wants of each sort, held against its own rules."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from lxml import etree

from models.rules.einvoices.en16931 import en16931
from models.rules.paper import Origin, Paper, Transport
from tests.models.rules.einvoices.papers import DUPONT, MARIA, PRISHTINA, ROSSI, WEBER, Sale, paper
from tests.models.rules.einvoices.schemas import ubl_faults

NAMES = {
    "cac": "urn:oasis:names:specification:ubl:schema:xsd:CommonAggregateComponents-2",
    "cbc": "urn:oasis:names:specification:ubl:schema:xsd:CommonBasicComponents-2",
}


def written(given: Paper) -> Any:
    """The XML, which keeps all rules."""
    xml = en16931(given)
    assert ubl_faults(xml) == []
    return etree.fromstring(xml)


def texts(root: Any, path: str) -> list[str]:
    steps = "/".join(step if step.startswith(("cac:", "*")) else f"cbc:{step}" for step in path.split("/"))
    return [str(node.text) for node in root.xpath(f"//{steps}", namespaces=NAMES)]


def test_an_invoice_says_who_sells_what_to_whom_and_what_is_to_be_paid_when_and_how() -> None:
    root = written(paper(Sale("100", "22", "3"), Sale("10", "10")))
    assert etree.QName(root).localname == "Invoice"
    assert texts(root, "InvoiceTypeCode") == ["380"]
    assert texts(root, "cac:PartyLegalEntity/RegistrationName") == ["Rossi Attrezzi s.r.l.", "Aurora S.p.A."]
    assert texts(root, "cac:TaxSubtotal/TaxAmount") == ["66.00", "1.00"]
    assert texts(root, "PayableAmount") == ["377.00"]
    assert texts(root, "DueDate") == ["2026-06-03"]
    assert texts(root, "PaymentMeansCode") == ["30"]
    assert texts(root, "cac:PayeeFinancialAccount/ID") == ["IT60X0542811101000000123456"]


def test_a_credit_note_refers_to_its_invoice() -> None:
    credited = Origin("Invoice", "9/2026", date(2026, 4, 1))
    root = written(paper(Sale("100"), kind="credit_note", origins=[credited], due=None))
    assert etree.QName(root).localname == "CreditNote"
    assert texts(root, "CreditNoteTypeCode") == ["381"]
    assert texts(root, "cac:InvoiceDocumentReference/ID") == ["9/2026"]
    assert texts(root, "cac:InvoiceDocumentReference/IssueDate") == ["2026-04-01"]


def test_without_a_due_date_it_is_payable_on_receipt() -> None:
    assert texts(written(paper(Sale("1"), due=None)), "cac:PaymentTerms/Note") == ["Payable on receipt."]


def test_two_kinds_of_reverse_charge_are_one_group() -> None:
    root = written(paper(Sale("100", "0", nature="N6.1"), Sale("50", "0", nature="N6.3"), Sale("1")))
    assert texts(root, "cac:TaxSubtotal/cac:TaxCategory/ID") == ["S", "AE"]
    assert texts(root, "cac:TaxSubtotal/TaxableAmount") == ["1.00", "150.00"]
    assert texts(root, "TaxExemptionReason") == ["Reverse charge"]
    assert texts(root, "TaxExemptionReasonCode") == ["VATEX-EU-AE"]


def test_several_reasons_for_an_exemption_stand_side_by_side() -> None:
    root = written(paper(Sale("100", "0", nature="N1"), Sale("50", "0", nature="N4")))
    [reason] = texts(root, "TaxExemptionReason")
    assert "advanced for the customer" in reason
    assert reason.endswith("; Exempt")
    assert texts(root, "TaxExemptionReasonCode") == []


def test_an_intra_community_supply_says_when_and_where_to_it_went() -> None:
    shipped = Transport(date(2026, 5, 2))
    root = written(paper(Sale("100", "0", nature="N3.2"), buyer=DUPONT, transport=shipped))
    assert texts(root, "ActualDeliveryDate") == ["2026-05-02"]
    assert texts(root, "cac:DeliveryLocation/cac:Address/cac:Country/IdentificationCode") == ["FR"]


def test_without_another_date_the_supply_was_made_on_that_of_the_invoice() -> None:
    root = written(paper(Sale("100", "0", nature="N3.2"), buyer=DUPONT))
    assert texts(root, "ActualDeliveryDate") == ["2026-05-04"]


def test_what_is_outside_the_scope_of_vat_carries_no_vat_numbers() -> None:
    root = written(paper(Sale("100", "0", nature="N2.1"), buyer=DUPONT))
    assert texts(root, "cac:TaxSubtotal/cac:TaxCategory/ID") == ["O"]
    assert texts(root, "cac:PartyTaxScheme/CompanyID") == ["IT00743110157"]
    assert texts(root, "cac:PartyTaxScheme/cac:TaxScheme/ID") == ["LOC"]


def test_a_rate_of_zero_without_nature_is_zero_rated() -> None:
    assert texts(written(paper(Sale("100", "0"))), "cac:TaxSubtotal/cac:TaxCategory/ID") == ["Z"]


def test_the_discounts_of_line_and_document_are_one_allowance_on_the_line() -> None:
    root = written(paper(Sale("10.50", "22", "3", discount="10"), discount=Decimal(5)))
    assert texts(root, "PriceAmount") == ["10.50"]
    assert texts(root, "cac:AllowanceCharge/Amount") == ["4.57"]
    assert texts(root, "*/LineExtensionAmount") == ["26.93", "26.93"]


def test_prices_that_include_vat_are_told_without() -> None:
    root = written(paper(Sale("122", "22", "2"), Sale("9.99", "22", "7"), includes_vat=True, buyer=MARIA))
    assert texts(root, "PriceAmount") == ["100.00", "8.188525"]
    assert texts(root, "TaxInclusiveAmount") == ["313.93"]


def test_a_discount_that_rounding_swallows_is_none() -> None:
    root = written(paper(Sale("0.02", "22", "201", discount="0.1"), includes_vat=True))
    assert texts(root, "cac:InvoiceLine/LineExtensionAmount") == ["3.30"]
    assert texts(root, "cac:AllowanceCharge/Amount") == []


def test_goods_that_came_back_have_a_negative_quantity_and_never_a_negative_price() -> None:
    root = written(paper(Sale("100"), Sale("30", quantity="-2", discount="10"), Sale("-5")))
    assert texts(root, "InvoicedQuantity") == ["1.00", "-2.00", "-1.00"]
    assert texts(root, "PriceAmount") == ["100.00", "27.00", "5.00"]
    assert texts(root, "cac:InvoiceLine/LineExtensionAmount") == ["100.00", "-54.00", "-5.00"]


def test_what_was_paid_in_advance_is_taken_off_what_is_due() -> None:
    root = written(paper(Sale("100"), paid=Decimal(22)))
    assert texts(root, "PrepaidAmount") == ["22.00"]
    assert texts(root, "PayableAmount") == ["100.00"]


def test_a_deferred_invoice_names_each_delivery_note_on_its_lines() -> None:
    notes = [Origin("DDT", f"{number}/2026", date(2026, 4, number)) for number in (7, 9)]
    root = written(paper(*(Sale("10", origin=note) for note in notes), origins=notes))
    assert texts(root, "cac:InvoiceLine/Note") == ["DDT 7/2026, 2026-04-07", "DDT 9/2026, 2026-04-09"]
    assert texts(root, "cac:DespatchDocumentReference/ID") == []
    assert texts(root, "ActualDeliveryDate") == ["2026-04-09"]


def test_the_only_delivery_note_is_named_above() -> None:
    note = Origin("ddt", "7/2026", date(2026, 4, 7))
    root = written(paper(Sale("10", origin=note)))
    assert texts(root, "cac:DespatchDocumentReference/ID") == ["7/2026"]


@pytest.mark.parametrize("currency", ["EUR", "USD", "JPY", "CHF"])
def test_amounts_are_in_the_document_s_currency(currency: str) -> None:
    root = written(paper(Sale("1000"), currency=currency, seller=WEBER))
    assert set(root.xpath("//@currencyID")) == {currency}


def test_a_private_customer_is_known_by_the_tax_code() -> None:
    root = written(paper(Sale("10"), buyer=MARIA))
    assert texts(root, "cac:PartyIdentification/ID") == ["RCCMNL83S18D969H"]


def test_kosovo_has_the_code_that_the_standard_gives_it() -> None:
    assert "1A" in texts(written(paper(Sale("10"), buyer=PRISHTINA)), "IdentificationCode")


def test_a_small_seller_without_vat_number_is_known_by_the_tax_code() -> None:
    seller = replace(ROSSI, vat_number="")
    root = written(paper(Sale("10", "0", nature="N4"), seller=seller))
    assert texts(root, "cac:PartyTaxScheme/CompanyID")[0] == "00743110157"


def test_the_first_line_of_a_description_is_the_name() -> None:
    root = written(paper(Sale("10", description="Vis à tête\nM8 × 40\x00")))
    assert texts(root, "cac:Item/Name") == ["Vis à tête"]
    assert texts(root, "cac:Item/Description") == ["M8 × 40"]


def test_the_rules_find_a_wrong_sum() -> None:
    xml = en16931(paper(Sale("100")))
    [fault] = ubl_faults(xml.replace(b">122.00</cbc:PayableAmount>", b">121.00</cbc:PayableAmount>"))
    assert "BR-CO-16" in fault
