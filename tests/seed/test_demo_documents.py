"""The documents of the demo hold together: numbers, totals, what was made of what, and what was paid."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import func, inspect, select
from stdnum import iban
from stdnum.it import iva

from models.base import Base, db
from models.company import Company
from models.customer import Customer
from models.document import Document
from models.document_line import DocumentLine
from models.errors import Refused
from models.gate import set_actor
from models.operations.papers import lacking, paper_of
from models.payment import Payment
from models.permissions import SYSTEM
from models.rules.document_kinds import CONVERSIONS, KINDS, DocumentKind, DocumentStatus, Effect, PaymentState
from models.rules.money import places_of
from seed.demo import UNTIL, load_demo
from tests.models.rules import integers
from tests.seed.conftest import SOME

ENTITIES = (Company, Document, DocumentLine, Payment)
OUTSIDE = {"CH", "GB", "NO", "US"}

pytestmark = pytest.mark.databases("sqlite")


@pytest.fixture
def session(app: Flask) -> Any:
    set_actor(db.session, SYSTEM)
    return db.session


def documents(session: Any, *kinds: DocumentKind) -> list[Document]:
    found = session.scalars(select(Document).order_by(Document.id)).all()
    return [each for each in found if not kinds or each.kind in kinds]


def lines(session: Any) -> list[DocumentLine]:
    return list(session.scalars(select(DocumentLine).order_by(DocumentLine.id)))


def rows(session: Any, model: type[Base]) -> list[dict[str, Any]]:
    """Return every row without its keys, which depend on what was there before."""
    keys = [key for key, _ in inspect(model).columns.items() if not key.endswith("id")]
    return [{key: getattr(row, key) for key in keys} for row in session.scalars(select(model).order_by(model.id))]


def in_integers(document: Document) -> integers.Sums:
    """Return what a document comes to, computed in whole numbers alone."""
    found = [
        integers.Line(
            quantity=int(line.quantity * integers.QUANTITY),
            price=int(line.price * integers.PRICE),
            rate=int(line.vat_rate.rate * integers.PER_CENT),
            discount=int(line.discount * integers.PER_CENT),
            nature=line.vat_rate.nature,
        )
        for line in document.lines
    ]
    discount, places = int(document.discount * integers.PER_CENT), places_of(document.currency)
    return integers.sums(found, places=places, includes_vat=document.prices_include_vat, discount=discount)


def taken(session: Any, effect: Effect) -> Iterator[tuple[DocumentLine, Decimal]]:
    """Yield every line of an order with how much of it was delivered, or billed, by documents that count."""
    of: dict[int, Decimal] = defaultdict(Decimal)
    for line in lines(session):
        if line.ordered and KINDS[line.document.kind].effect is effect:
            of[line.ordered.id] += line.quantity if line.document.status is not DocumentStatus.CANCELLED else 0
    yield from ((line, of[line.id]) for line in lines(session) if line.document.kind is DocumentKind.ORDER)


def test_numbers_run_without_gaps_in_the_order_of_dates(demo: Any) -> None:
    series: dict[tuple[Any, ...], list[Document]] = defaultdict(list)
    for document in documents(demo):
        if document.number:
            series[document.kind, document.series_key, document.date.year].append(document)
    for key, some in series.items():
        some.sort(key=lambda document: document.sequence or 0)
        assert [each.sequence for each in some] == list(range(1, len(some) + 1)), key
        assert [each.date for each in some] == sorted(each.date for each in some), key
        assert [each.number for each in some] == [f"{each.sequence}/{key[2]}" for each in some]
    assert {kind for kind, _, _ in series} == set(DocumentKind)
    assert {year for _, _, year in series} == {2024, 2025, 2026}


def test_totals_are_those_of_a_computation_in_whole_numbers(demo: Any) -> None:
    for document in documents(demo):
        sums, places = in_integers(document), places_of(document.currency)
        stored = [document.net, document.vat, document.total]
        assert stored == [Decimal(each).scaleb(-places) for each in (sums.net, sums.vat, sums.total)], document.name
        assert [line.amount for line in document.lines] == [Decimal(each).scaleb(-places) for each in sums.lines]
        assert document.total > 0


@pytest.mark.parametrize("effect", [Effect.DELIVERS, Effect.BILLS])
def test_no_more_of_an_order_is_delivered_or_billed_than_was_ordered(demo: Any, effect: Effect) -> None:
    found = list(taken(demo, effect))
    assert [line.description for line, quantity in found if quantity > line.quantity] == []
    assert any(quantity == line.quantity for line, quantity in found)


def test_orders_are_delivered_in_parts_and_some_of_them_from_quotes(demo: Any) -> None:
    notes = Counter(
        order
        for note in documents(demo, DocumentKind.DDT)
        for order in {line.ordered.document_id for line in note.lines if line.ordered}
    )
    assert max(notes.values()) > 1
    origins = {line.source.document.kind for line in lines(demo) if line.source and line.document.kind.value == "order"}
    assert origins == {DocumentKind.QUOTE}


def test_every_line_comes_from_its_customers_document_by_a_way_that_there_is_and_not_before_it(demo: Any) -> None:
    ways = {(each.source, each.target) for each in CONVERSIONS}
    for line in lines(demo):
        if line.source:
            source, document = line.source.document, line.document
            assert (source.kind, document.kind) in ways
            assert source.customer_id == document.customer_id
            assert source.date <= document.date
            assert source.number


def test_deferred_invoices_quote_the_delivery_notes_of_one_customer_and_month(demo: Any) -> None:
    origins = {
        invoice: {line.source.document for line in invoice.lines if line.source}
        for invoice in documents(demo, DocumentKind.INVOICE)
    }
    deferred = {
        invoice: notes for invoice, notes in origins.items() if {note.kind for note in notes} == {DocumentKind.DDT}
    }
    assert max(map(len, deferred.values())) > 1
    for invoice, notes in deferred.items():
        assert {note.customer_id for note in notes} == {invoice.customer_id}
        assert {(note.date.year, note.date.month) for note in notes} == {(invoice.date.year, invoice.date.month)}
        assert (invoice.date + timedelta(days=1)).day == 1
        assert {each.number for each in paper_of(demo, invoice).origins} == {note.number for note in notes}


def test_nobody_has_paid_or_been_credited_more_than_was_billed(demo: Any) -> None:
    billed = documents(demo, DocumentKind.INVOICE, DocumentKind.RECEIPT)
    for document in billed:
        credited = sum(
            each.total
            for each in documents(demo, DocumentKind.CREDIT_NOTE)
            if {line.source.document_id for line in each.lines if line.source} == {document.id}
        )
        paid = sum(payment.amount for payment in document.payments)
        assert (document.credited, document.paid) == (credited, paid)
        assert paid <= document.total - credited
        assert all(document.date <= payment.date <= UNTIL.date() for payment in document.payments)
        owed = document.total - credited - paid if document.counts else 0
        assert document.open_amount == owed
    assert any(len(document.payments) > 1 for document in billed)
    assert any(document.credited for document in billed)
    assert {document.payment for document in billed} >= {PaymentState.PAID, PaymentState.UNPAID}


def test_every_state_is_one_of_its_kind_and_fits_what_happened(demo: Any) -> None:
    found = documents(demo)
    for document in found:
        rules = document.kind.rules
        assert document.status in rules.states
        assert document.is_draft is (document.number is None) is (document.issued_at is None)
        if rules.is_paid and document.status is DocumentStatus.ARCHIVED:
            assert document.open_amount == 0, document.name
        if document.kind is DocumentKind.QUOTE and document.status is DocumentStatus.EXPIRED:
            assert document.due < UNTIL.date()  # type: ignore[operator]
    assert {each.status for each in found if each.kind is DocumentKind.QUOTE} >= {
        DocumentStatus.ACCEPTED, DocumentStatus.DECLINED, DocumentStatus.EXPIRED,
    }  # fmt: skip
    assert any(each.is_draft for each in found)


def test_everything_happened_within_two_years_and_after_its_customer_came(demo: Any) -> None:
    for document in documents(demo):
        assert UNTIL - timedelta(days=730) <= document.created_at <= document.updated_at <= UNTIL, document.name
        assert document.created_at >= document.customer.created_at
        assert document.created_at.date() == document.date
        if document.issued_at:
            assert document.date == document.issued_at.date()


def test_who_is_abroad_pays_no_vat_here_for_a_reason(demo: Any) -> None:
    natures: dict[str, set[Any]] = defaultdict(set)
    for line in lines(demo):
        customer = line.document.customer
        where = "IT" if customer.billing_country == "IT" else "out" if customer.billing_country in OUTSIDE else "EU"
        natures[f"{where} {customer.kind.value}"].add(line.vat_rate.nature)
    assert natures["IT company"] == natures["IT private"] == {None}
    assert natures["EU company"] == {"N3.2"}
    assert natures["out company"] == {"N3.1"}
    assert natures.get("EU private", {None}) == {None}


def test_currencies_and_groups_give_their_terms(demo: Any) -> None:
    found = documents(demo)
    assert len({each.currency for each in found}) > 2
    for document in found:
        assert document.currency == document.customer.currency
        assert document.discount == document.customer.group.discount
        assert document.prices_include_vat is document.customer.group.prices_include_vat
    assert any(each.prices_include_vat for each in found)
    assert any(each.discount for each in found)


def test_the_company_can_issue_everything_and_its_numbers_are_right(demo: Any) -> None:
    company = demo.scalars(select(Company)).one()
    assert [lacking(company, kind) for kind in DocumentKind] == [None] * len(DocumentKind)
    assert iva.is_valid(company.vat_number.removeprefix("IT"))
    assert iban.is_valid(company.iban)
    assert company.regime == "RF01"


def test_the_same_seed_gives_the_same_documents_and_a_second_demo_adds_none(session: Any) -> None:
    load_demo(session, SOME // 3)
    first = {model: rows(session, model) for model in ENTITIES}
    with pytest.raises(Refused):
        load_demo(session, SOME // 3)
    assert session.scalar(select(func.count(Document.id))) == len(first[Document]) > 50
    session.rollback()
    session.expunge_all()
    load_demo(session, SOME // 3)
    assert {model: rows(session, model) for model in ENTITIES} == first


def test_few_customers_buy_much_and_most_buy_nothing(demo: Any) -> None:
    by = Counter(document.customer_id for document in documents(demo))
    assert len(by) < demo.scalar(select(func.count(Customer.id))) / 4
    assert max(by.values()) > 20
    assert sorted(by.values())[len(by) // 2] < 12
