"""What is made of what, in part and together: nothing is ordered, delivered, billed or credited twice."""

from __future__ import annotations

from threading import Barrier, Thread
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import func, select

from models.base import db
from models.billing import predecessors, successors
from models.document import Document
from models.document_line import DocumentLine
from models.errors import Conflict, DomainError
from models.operations.drafting import convert, quantities_left
from models.operations.issuing import move
from models.operations.papers import paper_of
from models.operations.undo import undo
from models.payment import Payment
from models.rules.document_kinds import CONVERSIONS, Conversion, DocumentKind, DocumentStatus, PaymentState
from tests.models.papers import D, draft, issued, line, made, open_shop, rate, refusal
from tests.models.undoing import newest
from tests.models.world import begin, company

QUOTE, ORDER, DDT = DocumentKind.QUOTE, DocumentKind.ORDER, DocumentKind.DDT
INVOICE, RECEIPT, CREDIT = DocumentKind.INVOICE, DocumentKind.RECEIPT, DocumentKind.CREDIT_NOTE


def made_of(documents: list[Document], kind: DocumentKind, *quantities: str) -> Document:
    """Make a draft of what is left of documents, or of these quantities of the first one's lines."""
    keys = [each.id for each in documents[0].lines]
    wanted = dict(zip(keys, map(D, quantities), strict=True)) if quantities else None
    found = convert(db.session, documents, kind, wanted)
    db.session.commit()
    return found


def left(document: Document, kind: DocumentKind) -> list[Any]:
    """Return how much of each line can still go into a document of this kind."""
    found = quantities_left(db.session, [document], kind)
    return [found[each.id] for each in document.lines]


def test_a_quote_becomes_an_order_and_the_order_an_invoice(app: Flask) -> None:
    quote = issued(
        open_shop(), QUOTE, line("Silk", "10", "3.5", discount=D(5)), line("Wool", "2", "80"), discount=D(10)
    )
    order = made(made_of([quote], ORDER))
    invoice = made(made_of([order], INVOICE))
    assert (invoice.net, invoice.vat, invoice.total) == (quote.net, quote.vat, quote.total)
    assert [each.name for each in predecessors(db.session, [invoice])] == [order.name]
    assert [each.name for each in successors(db.session, [quote])] == [order.name]


def test_an_order_is_delivered_in_parts_and_each_is_billed_once(app: Flask) -> None:
    order = issued(open_shop(), ORDER, line("Silk", "10"), line("Wool", "4"))
    first = made(made_of([order], DDT, "6", "0"))
    assert [len(first.lines), left(order, DDT)] == [1, [D(4), D(4)]]
    second = made(made_of([order], DDT))
    assert left(order, DDT) == [D(0), D(0)]
    invoice = made(made_of([first, second], INVOICE))
    assert sum(each.quantity for each in invoice.lines) == D(14)
    assert left(order, INVOICE) == [D(0), D(0)]
    assert refusal(lambda: convert(db.session, [order], INVOICE)) == "Nothing of it is left for this."


def test_a_deferred_invoice_quotes_each_delivery_note(app: Flask) -> None:
    customer = open_shop()
    notes = [issued(customer, DDT, line(f"Load {number}")) for number in range(3)]
    paper = paper_of(db.session, made(made_of(notes, INVOICE)))
    assert [(each.kind, each.number) for each in paper.origins] == [("DDT", note.number) for note in notes]
    assert [each.origin.number for each in paper.lines if each.origin] == [note.number for note in notes]


def test_what_was_billed_directly_is_not_billed_by_the_delivery_note_again(app: Flask) -> None:
    order = issued(open_shop(), ORDER, line("Silk", "10"))
    note = made(made_of([order], DDT, "10"))
    made(made_of([order], INVOICE, "7"))
    assert left(note, INVOICE) == [D(3)]
    made_of([note], INVOICE)
    assert left(order, INVOICE) == [D(0)]


def test_more_than_is_left_is_refused_beside_the_quantity(app: Flask) -> None:
    order = issued(open_shop(), ORDER, line("Silk", "10"))
    invoice = made_of([order], INVOICE, "4")
    invoice.lines[0].quantity = D(11)
    with pytest.raises(DomainError) as caught:
        db.session.commit()
    error = caught.value.errors[0]
    assert (str(error), error.field, error.subject) == ("Only 10 of this are left.", "quantity", invoice.lines[0])


def test_a_cancelled_document_gives_back_what_it_took(app: Flask) -> None:
    order = issued(open_shop(), ORDER, line("Silk", "10"))
    invoice = made(made_of([order], INVOICE))
    assert "was made from it" in refusal(lambda: move(db.session, order, DocumentStatus.CANCELLED))
    move(db.session, invoice, DocumentStatus.CANCELLED)
    db.session.commit()
    assert left(order, INVOICE) == [D(10)]
    made_of([order], RECEIPT)


def test_undoing_a_conversion_gives_back_what_it_took(app: Flask) -> None:
    order = issued(open_shop(), ORDER, line("Silk", "10"))
    made_of([order], INVOICE)
    undo(db.session, newest())
    db.session.commit()
    assert left(order, INVOICE) == [D(10)]


def test_a_deleted_draft_does_not_come_back_when_its_goods_were_billed_meanwhile(app: Flask) -> None:
    order = issued(open_shop(), ORDER, line("Silk", "10"))
    first = made_of([order], INVOICE)
    db.session.delete(first)
    db.session.commit()
    deletion = newest()
    made_of([order], INVOICE)
    assert "Only 0 of this are left" in refusal(lambda: undo(db.session, deletion))


def test_a_credit_note_takes_off_what_is_open_and_never_more(app: Flask) -> None:
    invoice = issued(open_shop(), INVOICE, line("Silk", "10", "10"))
    invoice.payments.append(Payment(amount=D(22)))
    db.session.commit()
    note = made(made_of([invoice], CREDIT, "4"))
    assert (invoice.credited, invoice.open_amount) == (note.total, D("51.2"))
    rest = made_of([invoice], CREDIT)
    rest.lines[0].price = D(100)
    db.session.commit()
    assert refusal(lambda: made(rest)) == f"This credits more than is left of {invoice.name}."
    rest.lines[0].price = D(10)
    db.session.commit()
    made(rest)
    assert (invoice.open_amount, invoice.payment) == (D(0), PaymentState.PAID)
    move(db.session, rest, DocumentStatus.CANCELLED)
    db.session.commit()
    assert invoice.credited == note.total


def test_documents_of_two_customers_or_terms_do_not_go_together(app: Flask) -> None:
    customer = open_shop()
    other = company("Larici")
    notes = [issued(customer, DDT), issued(other, DDT)]
    together = "Choose documents of one kind, customer and currency, with the same prices."
    assert refusal(lambda: convert(db.session, notes, INVOICE)) == together
    notes = [issued(customer, DDT), issued(customer, DDT, currency="CHF")]
    assert refusal(lambda: convert(db.session, notes, INVOICE)) == together


@pytest.mark.parametrize("way", CONVERSIONS, ids=lambda way: f"{way.source.value} to {way.target.value}")
def test_every_conversion_of_the_table_works_and_a_draft_cannot_be_converted(app: Flask, way: Conversion) -> None:
    customer = open_shop()
    source = issued(customer, way.source, line(vat_rate=rate("10 %")))
    found = made_of([source], way.target)
    assert (found.kind, found.customer, found.total) == (way.target, customer, source.total)
    unready = draft(customer, way.source)
    assert refusal(lambda: convert(db.session, [unready], way.target)).startswith("No ")


def test_a_quote_is_not_made_into_a_receipt(app: Flask) -> None:
    quote = issued(open_shop(), QUOTE)
    assert refusal(lambda: convert(db.session, [quote], RECEIPT)) == "No receipt is made from this."


def test_lines_do_not_move_to_another_customer(app: Flask) -> None:
    order = issued(open_shop(), ORDER)
    invoice = made_of([order], INVOICE)
    invoice.customer = company("Larici")
    assert "another customer" in refusal(db.session.commit)


def test_of_eight_who_bill_the_same_order_at_once_one_does(fresh_app: Flask) -> None:
    with fresh_app.app_context():
        order = issued(open_shop(), ORDER, line("Silk", "10"))
        key = order.id
        db.session.remove()
    together, outcomes = Barrier(8), list[str]()
    threads = [Thread(target=try_to_bill, args=(fresh_app, key, together, outcomes)) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    with fresh_app.app_context():
        begin()
        billed = select(func.sum(DocumentLine.quantity)).join(Document, Document.id == DocumentLine.document_id)
        assert db.session.scalar(billed.where(Document.kind == INVOICE)) == D(10)
        db.session.remove()
    assert sorted(outcomes) == ["billed", *["nothing left"] * 7]


def try_to_bill(app: Flask, key: int, together: Barrier, outcomes: list[str]) -> None:
    with app.app_context():
        begin()
        together.wait()
        try:
            order = db.session.scalars(select(Document).where(Document.id == key)).one()
            convert(db.session, [order], INVOICE)
            db.session.commit()
            outcomes.append("billed")
        except Conflict:
            outcomes.append("conflict")
        except DomainError as error:
            outcomes.append("nothing left" if "Nothing" in str(error) else str(error))
        finally:
            db.session.remove()
