"""Documents as files: printed as PDF, and as electronic invoices or what they lack."""

from __future__ import annotations

import pytest
from flask import Flask

from models.company import Company
from models.customer import Customer
from models.rules.document_kinds import DocumentKind
from tests.admin_views.test_documents import page, said
from tests.models.papers import draft, issued, open_shop
from tests.panel import Panel, add, stored

K = DocumentKind


@pytest.fixture
def shop(app: Flask) -> Customer:
    return open_shop()


def test_a_document_is_shown_as_pdf(app: Flask, shop: Customer) -> None:
    panel, invoice = Panel(app), issued(shop, K.INVOICE)
    answer = panel.get(page(invoice, "pdf"))
    assert answer.data.startswith(b"%PDF-")
    assert answer.mimetype == "application/pdf"
    assert answer.headers["Content-Disposition"].startswith("inline; filename=")
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["Cache-Control"] == "no-store"
    assert panel.get(page(draft(shop, K.INVOICE), "pdf")).data.startswith(b"%PDF-")


def test_an_e_invoice_is_given_out_or_says_what_it_lacks(app: Flask, shop: Customer) -> None:
    panel, invoice = Panel(app), issued(shop, K.INVOICE)
    answer = panel.get(page(invoice, "e-invoice", format="en16931"))
    assert (answer.mimetype, answer.data[:5]) == ("application/xml", b"<?xml")
    assert answer.headers["Content-Disposition"].startswith("attachment; filename=invoice-1-")
    lacking = panel.get(page(invoice, "e-invoice", format="fattura_pa"))
    assert "Your company's tax regime is missing: choose it under Company." in said(lacking.text)
    [own] = stored(Company)
    assert f'href="/company/edit/?id={own.id}"' in lacking.text
    own.regime = "RF01"
    add(own)
    answer = panel.get(page(invoice, "e-invoice", format="fattura_pa"))
    assert b"<RegimeFiscale>RF01</RegimeFiscale>" in answer.data
    assert panel.get(page(invoice, "e-invoice", format="docx")).status_code == 404


def test_only_invoices_and_credit_notes_are_offered_as_e_invoices(app: Flask, shop: Customer) -> None:
    panel = Panel(app)
    offered = {kind for kind in K if "E-invoice" in panel.get(page(issued(shop, kind))).text}
    assert offered == {K.INVOICE, K.CREDIT_NOTE}
    assert "E-invoice" not in panel.get(page(draft(shop, K.INVOICE))).text
