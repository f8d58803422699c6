"""What cannot be done with documents is told before somebody tries."""

from __future__ import annotations

import pytest
from flask import Flask

from models.base import db
from models.customer import Customer
from models.document import Document
from models.operations.drafting import convert
from models.operations.issuing import move
from models.rules.document_kinds import DocumentKind, DocumentStatus
from tests.admin_views.test_actions import ask
from tests.admin_views.test_documents import said
from tests.models.papers import draft, issued, open_shop
from tests.panel import Panel, statements, stored

K = DocumentKind


@pytest.fixture
def shop(app: Flask) -> Customer:
    return open_shop()


def test_the_history_offers_no_way_back_from_issuing(app: Flask, shop: Customer) -> None:
    document = issued(shop, K.INVOICE)
    page = Panel(app).get(f"/document/history/?id={document.id}").text
    assert "/undo" not in page, "nor from the draft before it, which is none any more"
    assert "Issued" in page


def test_ddts_that_cannot_be_billed_are_listed_apart_with_the_reason(app: Flask, shop: Customer) -> None:
    good, spent, unready, cancelled = issued(shop, K.DDT), issued(shop, K.DDT), draft(shop, K.DDT), issued(shop, K.DDT)
    convert(db.session, [spent], K.INVOICE)
    move(db.session, cancelled, DocumentStatus.CANCELLED)
    db.session.commit()
    panel = Panel(app)
    asked = ask(panel, "document", "bill_together", good, spent, unready, cancelled)
    text = said(asked.text)
    for reason in ("Nothing of it is left for this.", "It has not been issued.", "It has been cancelled."):
        assert text.count(reason) == 1, reason
    before = len(stored(Document, kind=K.INVOICE))
    panel.send(asked)
    made = stored(Document, kind=K.INVOICE)[before:]
    assert [line.source.document_id for each in made for line in each.lines] == [good.id]


@pytest.mark.databases("sqlite")
def test_asking_about_many_ddts_costs_no_more_statements(app: Flask, shop: Customer) -> None:
    panel = Panel(app)
    costs = []
    for number in (2, 12):
        rows = [issued(shop, K.DDT) for _ in range(number)]
        ask(panel, "document", "bill_together", *rows)
        costs.append(cost_of(panel, rows))
    assert costs[0] == costs[1]


def cost_of(panel: Panel, rows: list[Document]) -> int:
    assert all(row.id for row in rows), "the test's own rows are read before"
    with statements() as run:
        ask(panel, "document", "bill_together", *rows)
    return len(run)
