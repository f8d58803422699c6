"""Somebody clicks about in documents at random, with odd values: nothing breaks, and all still adds up."""

from __future__ import annotations

import random
from collections import Counter

import pytest
from flask import Flask
from werkzeug.test import TestResponse

from models.document import Document
from models.rules.document_kinds import DocumentKind, DocumentStatus, made_from
from models.rules.paper import Paper
from tests.admin_views.test_documents import page
from tests.models.document_rules import check_all
from tests.models.papers import open_shop, rate
from tests.models.undoing import newest
from tests.panel import Forms, Panel, stored

CLICKS = 250
VALUES = ("1", "2", "7", "0.5", "0", "-1", "1e400", "NaN", "", "1,234", "99.99", "9" * 15)


class Clicks:
    """Somebody who opens forms of documents, types odd things and sends them."""

    def __init__(self, app: Flask, seed: int) -> None:
        self.chance = random.Random(seed)
        self.panel, self.customer = Panel(app), open_shop()
        self.before = newest()

    def click(self) -> TestResponse:
        """Do something, and return the answer."""
        documents = stored(Document)
        if len(documents) < 3 or self.chance.random() < 0.15:
            return self.create()
        document = self.chance.choice(documents[-8:])
        does = [
            self.edit,
            self.issue,
            self.issue,
            self.issue,
            self.convert,
            self.convert,
            self.move,
            self.pay,
            self.undo,
        ]
        return self.chance.choice(does)(document)

    def value(self) -> str:
        """Return a number that suits most of the time."""
        return self.chance.choice(VALUES if self.chance.random() < 0.2 else VALUES[:4])

    def create(self) -> TestResponse:
        """Write a document with one line."""
        kind = self.chance.choice([*DocumentKind, DocumentKind.ORDER, DocumentKind.INVOICE])
        typed = {"description": "Silk", "quantity": self.value(), "price": self.value(), "vat_rate": str(rate().id)}
        values = {f"lines-new1-{key}": value for key, value in typed.items()}
        path = f"/document/new/?kind={kind.value}&customer={self.customer.id}"
        return self.panel.fill(
            path, {"lines-keys": ["new1"], "lines-new1-unit": "C62", "lines-new1-discount": "0", **values}
        )

    def edit(self, document: Document) -> TestResponse:
        """Change a line, or something beside it."""
        path = page(document, "edit", panel=self.chance.choice("0124"))
        asked = self.panel.get(path)
        if asked.status_code != 200:
            return asked
        names = [name for name in Forms(asked.text).only.values if name not in {"csrf_token", "version"}]
        changed = self.chance.sample(names, min(2, len(names)))
        return self.panel.send(asked, {name: self.value() for name in changed})

    def issue(self, document: Document) -> TestResponse:
        """Issue it, whether it is a draft or not."""
        return self.panel.post(page(document, "issue"))

    def convert(self, document: Document) -> TestResponse:
        """Make something of it."""
        kinds = [each.target for each in made_from(document.kind)] or list(DocumentKind)
        path = page(document, "convert", to=self.chance.choice(kinds).value)
        return self.panel.post(path, {f"take-{line.id}": self.value() for line in document.lines})

    def move(self, document: Document) -> TestResponse:
        """Bring it into any state."""
        return self.panel.post(page(document, "move", to=self.chance.choice(list(DocumentStatus)).value))

    def pay(self, document: Document) -> TestResponse:
        """Record a payment, and forget those before now and then."""
        keys = [str(each.id) for each in document.payments if self.chance.random() < 0.7]
        payments = {
            "version": str(document.version), "payments-present": "1", "payments-keys": [*keys, "new1"],
            "payments-known": [f"{each.id}-{each.version}" for each in document.payments],
            "payments-new1-amount": self.value(), "payments-new1-date": "2026-11-22",
        }  # fmt: skip
        return self.panel.post(page(document, "edit", panel="2"), payments)

    def undo(self, document: Document) -> TestResponse:
        """Take back one of the last things done."""
        key = max(newest() - self.chance.choice([0, 0, 1, 3]), self.before + 1)
        return self.panel.post(f"/change_set/{key}/undo")


@pytest.mark.databases("sqlite")
def test_whatever_is_clicked_documents_add_up(app: Flask) -> None:
    clicks, papers, answers = Clicks(app, 1), dict[int, Paper](), Counter[int]()
    for number in range(CLICKS):
        answers[clicks.click().status_code] += 1
        if number % 10 == 9:
            papers = check_all(papers)
    assert not answers.keys() - {200, 303, 404, 422}
    assert answers[303] > CLICKS / 4
    assert answers[422] > CLICKS / 20
    assert len(papers) > CLICKS / 40
