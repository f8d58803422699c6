"""How the demo's customers buy: by quote or straight away, delivered in parts, billed at once or at the month's end."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from decimal import ROUND_FLOOR, Decimal
from typing import Any

from models.customer import Customer, CustomerKind
from models.document import Document
from models.operations.drafting import begin, convert
from models.rules.document_kinds import DocumentKind, DocumentStatus
from seed.demo.book import EVENING, Book, Step, Story, moved
from seed.demo.draw import Draw
from seed.demo.goods import Rates, draw_lines
from seed.demo.paying import OVERNIGHT, Habit, paid_at_once, settled
from seed.demo.words import read

QUOTE, ORDER, PROFORMA = DocumentKind.QUOTE, DocumentKind.ORDER, DocumentKind.PROFORMA
DDT, INVOICE, RECEIPT = DocumentKind.DDT, DocumentKind.INVOICE, DocumentKind.RECEIPT
ANSWERS = {DocumentStatus.ACCEPTED: 56, DocumentStatus.DECLINED: 24, DocumentStatus.EXPIRED: 20}
# Of a hundred deals, how many begin how.
FIRMS = {"quote": 34, "order": 40, "invoice": 20, "delivery": 6}
PERSONS = {"receipt": 82, "order": 10, "invoice": 8}
ENDINGS = {"delivered": 66, "billed": 22, "advance": 12}


@dataclass
class Buyer:
    """A customer with how it pays, and the delivery notes that wait for its invoice of the month."""

    customer: Customer
    habit: Habit
    rates: Rates
    book: Book
    waiting: dict[date, list[Document]] = field(default_factory=lambda: defaultdict(list))

    @property
    def words(self) -> dict[str, Any]:
        """What stands on its documents, in Italian or English."""
        found: dict[str, Any] = read("documents.toml")["it" if self.customer.language == "it" else "en"]
        return found


def deal(draw: Draw, buyer: Buyer, at: datetime) -> Story:
    """Tell one deal from its beginning."""
    is_person = buyer.customer.kind is CustomerKind.PRIVATE
    beginning = draw.weighted(PERSONS if is_person else FIRMS)
    if beginning == "quote":
        yield from _quoted(draw, buyer, at)
    elif beginning == "order":
        yield from _ordered(draw, buyer, (yield _begun(draw, buyer, ORDER, at)))
    elif beginning == "delivery":
        yield from _delivery(draw, buyer, (yield _begun(draw, buyer, DDT, at)))
    elif beginning == "receipt":
        yield from paid_at_once(draw, (yield _begun(draw, buyer, RECEIPT, at)))
    else:
        yield from settled(draw, buyer.habit, buyer.words, (yield _begun(draw, buyer, INVOICE, at)))


def _quoted(draw: Draw, buyer: Buyer, at: datetime) -> Story:
    quote = yield _begun(draw, buyer, QUOTE, at)
    answer = draw.weighted(ANSWERS)
    when = at + timedelta(days=31) if answer is DocumentStatus.EXPIRED else later(draw, at, 2, 24)
    yield moved(when, quote, answer)
    if answer is DocumentStatus.ACCEPTED:
        yield from _ordered(draw, buyer, (yield _made(draw, buyer, [quote], ORDER, later(draw, when, 1, 3))))


def _ordered(draw: Draw, buyer: Buyer, order: Document) -> Story:
    if draw.chance(4):
        yield moved(later(draw, order.created_at, 1, 4), order, DocumentStatus.CANCELLED)
        return
    ending = draw.weighted(ENDINGS)
    if buyer.customer.kind is CustomerKind.PRIVATE:
        ready = later(draw, order.created_at, 1, 4)
        yield moved(ready, order, DocumentStatus.READY)
        receipt = yield _made(draw, buyer, [order], RECEIPT, later(draw, ready, 1, 5))
        yield from _completed(draw, order, receipt)
        yield from paid_at_once(draw, receipt)
    elif ending == "delivered":
        yield from _delivered(draw, buyer, order)
    elif ending == "billed":
        invoice = yield _made(draw, buyer, [order], INVOICE, later(draw, order.created_at, 2, 9))
        yield from _completed(draw, order, invoice)
        yield from settled(draw, buyer.habit, buyer.words, invoice)
    else:
        yield from _in_advance(draw, buyer, order)


def _completed(draw: Draw, order: Document, last: Document) -> Story:
    yield moved(later(draw, last.created_at, 1, 3), order, DocumentStatus.COMPLETED)


def _delivered(draw: Draw, buyer: Buyer, order: Document) -> Story:
    """Deliver an order in one or more parts; the delivery notes are billed together when the month is over."""
    at = order.created_at
    if draw.chance(45) and order.lines[0].quantity > 1:
        at = later(draw, at, 2, 8)
        first = yield _made(draw, buyer, [order], DDT, at, _part(draw, order))
        buyer.book.begin(_delivery(draw, buyer, first))
        yield moved(at + OVERNIGHT, order, DocumentStatus.SHIPPED)
    at = later(draw, at + OVERNIGHT, 3, 18)
    last = yield _made(draw, buyer, [order], DDT, at)
    buyer.book.begin(_delivery(draw, buyer, last))
    yield moved(later(draw, at, 1, 4), order, DocumentStatus.DELIVERED)
    yield moved(month_end(at) + timedelta(days=2), order, DocumentStatus.COMPLETED)


def _part(draw: Draw, order: Document) -> Mapping[int, Decimal]:
    """Return a part of an order: half of the first line, and of others all, some or nothing yet."""
    shares = [Decimal("0.5"), *(draw.one((Decimal(0), Decimal("0.6"), Decimal(1))) for _ in order.lines[1:])]
    pairs = zip(order.lines, shares, strict=True)
    return {line.id: (line.quantity * share).to_integral_value(ROUND_FLOOR) for line, share in pairs}


def _delivery(draw: Draw, buyer: Buyer, note: Document) -> Story:
    """Let a delivery note wait for the invoice of its month, which the first one of the month begins."""
    end = month_end(note.created_at)
    waiting = buyer.waiting[end.date()]
    waiting.append(note)
    if len(waiting) == 1:
        buyer.book.begin(_monthly(draw, buyer, waiting, end))
    yield moved(note.created_at + OVERNIGHT, note, DocumentStatus.SHIPPED)


def _monthly(draw: Draw, buyer: Buyer, notes: list[Document], at: datetime) -> Story:
    yield from settled(draw, buyer.habit, buyer.words, (yield _made(draw, buyer, notes, INVOICE, at)))


def _in_advance(draw: Draw, buyer: Buyer, order: Document) -> Story:
    """Send a proforma; once it is paid, bill and deliver."""
    at = later(draw, order.created_at, 1, 3)
    proforma = yield _made(draw, buyer, [order], PROFORMA, at)
    yield moved(at + OVERNIGHT, proforma, DocumentStatus.SENT)
    invoice = yield _made(draw, buyer, [proforma], INVOICE, later(draw, at, 4, 16))
    buyer.book.begin(paid_at_once(draw, invoice))
    note = yield _made(draw, buyer, [order], DDT, later(draw, invoice.created_at, 1, 4))
    yield moved(note.created_at + OVERNIGHT, note, DocumentStatus.SHIPPED)
    yield from _completed(draw, order, note)


def _begun(draw: Draw, buyer: Buyer, kind: DocumentKind, at: datetime) -> Step:
    return Step(at, lambda session: draft(session, draw, buyer, kind, at))


def draft(session: Any, draw: Draw, buyer: Buyer, kind: DocumentKind, at: datetime) -> Document:
    """Add a document that a customer asked for at this moment."""
    document = Document(kind=kind, customer=buyer.customer)
    begin(session, document, buyer.customer)
    lines = draw_lines(draw, buyer.customer, buyer.rates, includes_vat=document.prices_include_vat)
    document.lines.extend(lines)
    document.payment_method = buyer.habit.method
    if buyer.customer.kind is CustomerKind.COMPANY and draw.chance(45):
        document.reference = f"PO {draw.number(1200, 98000)}"
    session.add(document)
    return _dated(draw, buyer, document, at)


def _made(
    draw: Draw,
    buyer: Buyer,
    sources: Sequence[Document],
    kind: DocumentKind,
    at: datetime,
    quantities: Mapping[int, Decimal] | None = None,
) -> Step:
    return Step(at, lambda session: _dated(draw, buyer, convert(session, sources, kind, quantities), at), sources)


def _dated(draw: Draw, buyer: Buyer, document: Document, at: datetime) -> Document:
    document.date = at.date()
    if document.kind is INVOICE:
        document.due = buyer.habit.due(document.date)
    elif document.kind is ORDER and draw.chance(60):
        document.due = document.date + timedelta(days=draw.number(7, 21))
    elif document.kind is QUOTE and draw.chance(70):
        document.note = draw.one(buyer.words["notes"])
    elif document.kind is DDT:
        document.transport_date, document.reason = document.date, buyer.words["reason"]
        document.carrier, document.packages = draw.one(buyer.words["carriers"]), draw.small(14)
        document.weight = Decimal(draw.number(15, 180) * document.packages) / 10
    return document


def later(draw: Draw, at: datetime, least: int, most: int) -> datetime:
    """Return a moment so many days after another."""
    return draw.moment(at + timedelta(days=least), at + timedelta(days=most))


def month_end(at: datetime) -> datetime:
    """Return the evening of the last day of a month."""
    following = (at.replace(day=1) + timedelta(days=32)).replace(day=1)
    last = following - timedelta(days=1)
    return datetime(last.year, last.month, last.day, EVENING, tzinfo=UTC)
