"""Documents as files: printed as PDF, as electronic invoices or what they lack, and enclosed in emails."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from flask import Flask

from models.company import Company
from models.customer import Customer
from models.document import Document
from models.message_template import MessageTemplate
from models.rules.document_kinds import DocumentKind, DocumentStatus
from tests.admin_views.test_actions import toasts
from tests.admin_views.test_documents import fresh, page, said
from tests.models.papers import draft, issued, open_shop
from tests.panel import Panel, add, stored
from tests.post import Post, open_post

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
    offered = {kind for kind in K if "E-invoice:" in panel.get(page(issued(shop, kind))).text}
    assert offered == {K.INVOICE, K.CREDIT_NOTE}
    assert "E-invoice:" not in panel.get(page(draft(shop, K.INVOICE))).text


@pytest.fixture
def post(app: Flask, monkeypatch: pytest.MonkeyPatch) -> Iterator[Post]:
    """A mail server that the panel knows."""
    with open_post() as post:
        for name, value in post.settings.items():
            monkeypatch.setitem(app.config, name, value)
        yield post


def mail(panel: Panel, document: Document) -> str:
    """Send a document by email, and return the page that one then comes to."""
    typed = {"recipients": ["marta@aurora.example"], "subject": "As agreed", "body": "Dear Marta"}
    answer = panel.fill(page(document, "email"), typed)
    assert answer.status_code == 303, answer.text
    return panel.get(answer.location).text


def test_an_invoice_goes_out_with_its_pdf_and_is_marked_as_sent(app: Flask, shop: Customer, post: Post) -> None:
    panel, invoice = Panel(app), issued(shop, K.INVOICE)
    shown = mail(panel, invoice)
    [enclosed] = post.mails[0].iter_attachments()
    assert enclosed.get_content_type() == "application/pdf"
    assert str(enclosed.get_filename()).startswith("Invoice 1-")
    assert toasts(shown)[-1] == f"{invoice.name}: Sent."
    assert fresh(invoice).status is DocumentStatus.SENT
    [undo] = re.findall(r'action="(/change_set/\d+/undo)"', shown.split('id="toasts"')[1])
    panel.post(undo)
    assert fresh(invoice).status is DocumentStatus.OPEN


def test_a_draft_that_went_out_can_be_issued_at_once(app: Flask, shop: Customer, post: Post) -> None:
    panel, quote = Panel(app), draft(shop, K.QUOTE)
    shown = mail(panel, quote)
    assert toasts(shown)[-1] == "It went out as a draft, without a number."
    assert f'href="/document/issue/?id={quote.id}"' in shown.split('id="toasts"')[1]
    assert fresh(quote).is_draft


def test_what_did_not_go_out_is_not_marked_as_sent(app: Flask, shop: Customer, post: Post) -> None:
    panel, invoice = Panel(app), issued(shop, K.INVOICE)
    post.data = "554 no"
    mail(panel, invoice)
    assert fresh(invoice).status is DocumentStatus.OPEN


def test_templates_know_the_document(app: Flask, shop: Customer, post: Post) -> None:
    text = "{document} of {date}: {total}, due {due}, number {number}"
    add(MessageTemplate(name="AAA", kind=K.INVOICE, subject="{number}", body=text))
    invoice = issued(shop, K.INVOICE)
    filled = Panel(app).get(page(invoice, "email")).text
    assert f"{invoice.name} of " in filled
    assert "12.20" in filled
    assert "{" not in filled.split("<textarea", 1)[1].split("</textarea>")[0]
