"""Hundreds of things done to documents, at random: what must be true of them stays true, whatever was refused."""

from __future__ import annotations

import random
from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask
from sqlalchemy.orm.exc import StaleDataError

from models.base import db
from models.customer import Customer
from models.document import Document
from models.errors import DomainError
from models.operations.drafting import convert, duplicate, quantities_left
from models.operations.issuing import issue, move
from models.operations.undo import undo
from models.payment import Payment
from models.rules.document_kinds import DocumentKind, DocumentStatus, made_from
from models.rules.paper import Paper
from tests.models.document_rules import TYPED, check_all
from tests.models.papers import D, draft, line, open_shop, rate
from tests.models.undoing import newest
from tests.panel import stored

STEPS = 350
RATES = ("22 %", "10 %", "5 %")


class Walk:
    """Somebody who does one thing after another to documents, as chance has it."""

    def __init__(self, seed: int) -> None:
        self.chance = random.Random(seed)
        self.customer = open_shop()
        self.papers: dict[int, Paper] = {}
        self.done = self.refused = 0
        self.before = newest()

    def step(self) -> None:
        """Do something; what is refused leaves nothing behind."""
        actions: list[Callable[[], object]] = [
            self.begin, self.edit, self.issue, self.issue, self.convert, self.convert, self.convert, self.move,
            self.pay, self.pay, self.refund, self.delete, self.undo, self.copy, self.rename,
        ]  # fmt: skip
        try:
            self.chance.choice(actions)()
            db.session.commit()
            self.done += 1
        except (DomainError, StaleDataError):
            db.session.rollback()
            self.refused += 1

    def any(self, *kinds: DocumentKind) -> Document:
        """Return a document, one of the newest more often than not."""
        found: list[Document] = [each for each in stored(Document) if not kinds or each.kind in kinds]
        if not found:
            raise DomainError("There is none.")
        return self.chance.choice(found[-12:] if self.chance.random() < 0.8 else found)

    def amount(self, *most: str) -> Any:
        """Return some quantity or price, now and then an odd one."""
        return self.chance.choice([D(each) for each in ("1", "2", "7", "0.5", "12.3456", "0", "-1", *most)])

    def begin(self) -> None:
        """Write a draft; in a series of its own now and then, with a typed number."""
        lines = [
            line(price=str(self.amount("99.99", "-5")), vat_rate=rate(self.chance.choice(RATES)))
            for _ in range(self.chance.randint(1, 3))
        ]
        for each in lines:
            each.quantity = self.amount("3")
        values: dict[str, Any] = {"discount": self.chance.choice([D(0), D("12.5"), D(100)])}
        values |= {"prices_include_vat": self.chance.random() < 0.3, "currency": self.chance.choice(["EUR", "JPY"])}
        if self.chance.random() < 0.2:
            values |= {"series": TYPED, "sequence": self.chance.randint(0, 9)}
        kinds = [*DocumentKind, *[DocumentKind.ORDER, DocumentKind.INVOICE] * 3]
        draft(self.customer, self.chance.choice(kinds), *lines, **values)

    def edit(self) -> None:
        """Change a line, take one out or add one, whether it is a draft or not."""
        document = self.any()
        what = self.chance.random()
        if what < 0.2 and len(document.lines) > 1:
            document.lines.pop()
        elif what < 0.4:
            document.lines.append(line("Late", price="0"))
        elif document.lines:
            changed = self.chance.choice(document.lines)
            changed.quantity, changed.price = self.amount("100"), self.amount("-3")

    def issue(self) -> None:
        """Issue something, a draft if chance wants it."""
        issue(db.session, self.any())

    def convert(self) -> None:
        """Make something of something: all that is left, or a part, or more."""
        document = self.any()
        kind = self.chance.choice([each.target for each in made_from(document.kind)] or list(DocumentKind))
        left = quantities_left(db.session, [document], kind)
        part = self.chance.choice([None, {key: some / 2 for key, some in left.items()}, dict.fromkeys(left, D(4))])
        convert(db.session, [document], kind, part)

    def move(self) -> None:
        """Bring something into any state."""
        move(db.session, self.any(), self.chance.choice([*DocumentStatus, *[DocumentStatus.CANCELLED] * 6]))

    def pay(self) -> None:
        """Pay what is open, or some of it, or too much."""
        document = self.any(DocumentKind.INVOICE, DocumentKind.RECEIPT)
        document.payments.append(Payment(amount=self.chance.choice([document.open_amount, D(1), D(500)])))
        db.session.commit()
        assert document.paid <= document.total - document.credited

    def refund(self) -> None:
        """Take a payment out."""
        document = self.any(DocumentKind.INVOICE, DocumentKind.RECEIPT)
        if self.chance.random() < 0.4:
            document.payments.clear()

    def delete(self) -> None:
        """Delete something."""
        if self.chance.random() < 0.4:
            db.session.delete(self.any())

    def undo(self) -> None:
        """Take back one of the last things done."""
        undo(db.session, max(newest() - self.chance.choice([0, 0, 0, 1, 2, 5, 9]), self.before + 1))

    def copy(self) -> None:
        """Make another draft like one that is there."""
        duplicate(db.session, self.any())

    def rename(self) -> None:
        """Let the customer be called something else and live elsewhere."""
        [customer] = stored(Customer, id=self.customer.id)
        customer.company = f"Ghisallo {self.chance.randint(1, 99)}"
        customer.billing_street = f"Via Larga {self.chance.randint(1, 99)}"


@pytest.mark.quick(database=["sqlite"], seed=[1])
@pytest.mark.quick(database=["postgresql"], seed=[2])
@pytest.mark.parametrize("seed", [1, 2])
def test_whatever_is_done_to_documents_they_add_up(app: Flask, seed: int) -> None:
    walk = Walk(seed)
    for number in range(STEPS):
        walk.step()
        if number % 10 == 9:
            walk.papers = check_all(walk.papers)
    assert walk.done > STEPS / 4
    assert walk.refused > STEPS / 10
    assert len(walk.papers) > STEPS / 40
