"""Drafts and issued documents: what they come to, what stays as it was, and what they can become."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from models.base import db
from models.company import Company
from models.customer import Customer
from models.document import Document
from models.errors import DomainError
from models.operations.deletion import delete_rows, preview
from models.operations.drafting import begin as begin_document
from models.operations.issuing import issue, move, steps
from models.operations.numbering import remarks
from models.operations.papers import paper_of
from models.operations.undo import undo
from models.payment import Payment
from models.rules.document_kinds import KINDS, DocumentKind, DocumentStatus, PaymentState
from models.search import matching
from models.types import today
from tests.models.papers import D, draft, issued, line, made, open_shop, rate, refusal
from tests.models.undoing import newest
from tests.models.world import save

INVOICE, ORDER, QUOTE = DocumentKind.INVOICE, DocumentKind.ORDER, DocumentKind.QUOTE
YEAR = today().year


def test_a_draft_adds_up_its_lines_and_has_no_number(app: Flask) -> None:
    document = draft(open_shop(), INVOICE, line(quantity="3", price="0.33"))
    assert (document.net, document.vat, document.total) == (D("0.99"), D("0.22"), D("1.21"))
    assert document.number is None
    assert document.name == "Invoice, draft"
    assert document.due == document.date + timedelta(days=30)


def test_vat_is_computed_on_the_sum_of_a_rate(app: Flask) -> None:
    customer = open_shop()
    lines = [line(price="10.02") for _ in range(7)]
    assert draft(customer, INVOICE, *lines).vat == D("15.43")


def test_prices_that_include_vat_are_worked_back(app: Flask) -> None:
    document = draft(open_shop(), INVOICE, line(price="122"), line(price="12.20"), prices_include_vat=True)
    assert (document.net, document.vat, document.total) == (D(110), D("24.2"), D("134.2"))


def test_a_group_gives_its_discount_and_prices_to_new_documents(app: Flask) -> None:
    customer = open_shop()
    customer.group.discount, customer.group.prices_include_vat, customer.currency = D(10), True, "CHF"
    document = Document(kind=QUOTE)
    begin_document(db.session, document, customer)
    assert (document.discount, document.prices_include_vat, document.currency) == (D(10), True, "CHF")


def test_issuing_gives_the_next_number_and_keeps_the_customer_as_it_was(app: Flask) -> None:
    customer = open_shop()
    first, second = issued(customer, INVOICE), issued(customer, INVOICE)
    assert [first.number, second.number] == [f"1/{YEAR}", f"2/{YEAR}"]
    assert first.name == f"Invoice 1/{YEAR}"
    assert first.status is DocumentStatus.OPEN
    customer.name, customer.billing_city = "Renamed", "Roma"
    db.session.commit()
    assert (first.party_name, first.party_city) == ("Ghisallo", "Milano")
    assert paper_of(db.session, first).buyer.name == "Ghisallo"


def test_the_company_on_an_issued_document_is_that_of_its_day(app: Flask) -> None:
    document = issued(open_shop(), INVOICE)
    db.session.scalars(select(Company)).one().name = "Renamed"
    db.session.commit()
    assert paper_of(db.session, document).seller.name == "Filanda"


def test_each_kind_series_and_year_counts_by_itself(app: Flask) -> None:
    customer = open_shop()
    wanted: list[tuple[DocumentKind, dict[str, Any]]] = [
        (INVOICE, {}),
        (DocumentKind.DDT, {}),
        (INVOICE, {"series": "B"}),
        (INVOICE, {"date": date(YEAR - 1, 12, 31)}),
        (INVOICE, {}),
    ]
    numbers = [issued(customer, kind, **values).number for kind, values in wanted]
    assert numbers == [f"1/{YEAR}", f"1/{YEAR}", f"B1/{YEAR}", f"1/{YEAR - 1}", f"2/{YEAR}"]


def test_a_wanted_number_is_given_if_it_is_free(app: Flask) -> None:
    customer = open_shop()
    seventh = issued(customer, INVOICE, sequence=7)
    assert seventh.number == f"7/{YEAR}"
    assert remarks(db.session, seventh) == ["There is a gap before this number."]
    assert issued(customer, INVOICE).number == f"8/{YEAR}"
    again = draft(customer, INVOICE, sequence=7)
    assert refusal(lambda: issue(db.session, again)) == "Number 7 has been given already."


def test_a_date_before_the_one_before_is_a_remark(app: Flask) -> None:
    customer = open_shop()
    issued(customer, INVOICE)
    earlier = issued(customer, INVOICE, date=today() - timedelta(days=1))
    expected = ["A document with a lower number has a later date."] if earlier.year == YEAR else []
    assert remarks(db.session, earlier) == expected


@pytest.mark.parametrize(
    "change",
    [
        lambda document: setattr(document, "date", date(2020, 1, 1)),
        lambda document: setattr(document, "note", "Thank you"),
        lambda document: setattr(document, "number", "99"),
        lambda document: setattr(document.lines[0], "price", Decimal(99)),
        lambda document: setattr(document.lines[0], "vat_rate", rate("10 %")),
        lambda document: document.lines.append(line()),
        lambda document: document.lines.remove(document.lines[0]),
        lambda document: setattr(document, "status", DocumentStatus.DRAFT),
        lambda document: setattr(document, "party_name", "Somebody"),
    ],
)
def test_what_has_been_issued_stays_as_it_is(app: Flask, change: Callable[[Document], None]) -> None:
    document = issued(open_shop(), INVOICE, line(), line())
    key, total = document.id, document.total
    change(document)
    assert "It has been issued" in refusal(db.session.commit)
    db.session.expire_all()
    kept = db.session.scalars(select(Document).where(Document.id == key)).one()
    assert (kept.total, len(kept.lines), kept.status) == (total, 2, DocumentStatus.OPEN)


def test_own_remarks_can_be_added_at_any_time(app: Flask) -> None:
    document = issued(open_shop(), INVOICE)
    document.remarks = "Phoned about it"
    db.session.commit()
    assert document.remarks == "Phoned about it"


def test_issuing_cannot_be_undone(app: Flask) -> None:
    document = issued(open_shop(), INVOICE)
    assert "It has been issued" in refusal(lambda: undo(db.session, newest()))
    assert document.number


def test_what_has_been_issued_is_never_deleted_and_neither_is_its_customer(app: Flask) -> None:
    customer = open_shop()
    document = issued(customer, INVOICE)
    assert refusal(lambda: delete_rows(db.session, [document])) == "It has been issued: cancel it or credit it."
    found = preview(db.session, Customer, [customer])
    assert [row for row, _ in found.refused] == [customer]


def test_a_draft_is_deleted_with_its_customer_and_comes_back_with_it(app: Flask) -> None:
    customer = open_shop()
    draft(customer, QUOTE, line(), line())
    delete_rows(db.session, [customer])
    db.session.commit()
    assert not db.session.scalars(select(Document)).all()
    undo(db.session, newest())
    db.session.commit()
    assert len(db.session.scalars(select(Document)).one().lines) == 2


def test_nothing_is_issued_without_lines_or_before_the_company_is_known(app: Flask) -> None:
    customer = open_shop()
    empty = Document(kind=INVOICE, customer=customer)
    save(empty)
    assert refusal(lambda: issue(db.session, empty)) == "Add at least one line first."
    db.session.scalars(select(Company)).one().vat_number = None
    document = draft(customer, INVOICE)
    assert "the company's vat number" in refusal(lambda: issue(db.session, document))
    assert made(draft(customer, QUOTE)).number, "a quote asks for less"


@pytest.mark.parametrize("kind", list(DocumentKind))
def test_every_kind_goes_through_its_states_and_never_back_to_the_draft(app: Flask, kind: DocumentKind) -> None:
    document = issued(open_shop(), kind)
    rules = KINDS[kind]
    assert document.status is rules.issued
    assert rules.draft not in steps(document)
    for status in rules.states[2:]:
        move(db.session, document, status)
        db.session.commit()
    assert document.status is rules.states[-1]
    foreign = next(each for each in DocumentStatus if each not in rules.states)
    assert "cannot become" in refusal(lambda: move(db.session, document, foreign))


def test_what_is_cancelled_stays_cancelled(app: Flask) -> None:
    document = issued(open_shop(), INVOICE)
    move(db.session, document, DocumentStatus.CANCELLED)
    db.session.commit()
    assert steps(document) == []
    assert document.open_amount == 0


def test_payments_follow_to_the_last_cent(app: Flask) -> None:
    document = issued(open_shop(), INVOICE, line(price="100"))
    assert (document.payment, document.open_amount) == (PaymentState.UNPAID, D(122))
    document.payments.append(Payment(amount=D("22")))
    db.session.commit()
    assert (document.payment, document.open_amount) == (PaymentState.PARTLY, D(100))
    document.payments.append(Payment(amount=D("100.01")))
    assert refusal(db.session.commit) == "This is more than what is open."
    db.session.rollback()
    document.payments.append(Payment(amount=D("100")))
    db.session.commit()
    assert (document.payment, document.open_amount) == (PaymentState.PAID, D(0))
    assert refusal(lambda: move(db.session, document, DocumentStatus.CANCELLED)).startswith("It has payments")


def test_a_draft_takes_no_payment(app: Flask) -> None:
    document = draft(open_shop(), INVOICE)
    document.payments.append(Payment(amount=D(1)))
    assert "once the document has been issued" in refusal(db.session.commit)


def test_what_is_open_after_its_day_is_overdue_and_found_as_such(app: Flask) -> None:
    document = issued(open_shop(), INVOICE, date=today() - timedelta(days=60), due=today() - timedelta(days=1))
    assert document.shown("payment") is PaymentState.OVERDUE
    clause = Document.holds("payment", PaymentState.OVERDUE)
    assert clause is not None
    assert db.session.scalars(select(Document).where(clause)).all() == [document]


@pytest.mark.parametrize("words", ["1/{year}", "embroidered", "1234.56", "1,234.56", "1.234,56", "1234,56", "123456"])
def test_a_customer_is_found_by_numbers_lines_and_amounts_of_documents(app: Flask, words: str) -> None:
    customer = open_shop()
    issued(customer, QUOTE, line("Embroidered silk", price="1234.56", vat_rate=rate("0 % export")))
    criterion = matching(Customer, words.format(year=YEAR))
    assert criterion is not None
    assert db.session.scalars(select(Customer).where(criterion)).all() == [customer]


def test_a_number_is_never_made_up(app: Flask) -> None:
    document = draft(open_shop(), INVOICE)
    document.status = DocumentStatus.OPEN
    with pytest.raises(DomainError, match="Only issuing gives it a number"):
        db.session.commit()
