"""How the demo's customers pay what was invoiced: in time, late, in parts, not at all."""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Generator, Mapping
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any, NamedTuple

from models.customer import Customer, CustomerKind
from models.document import Document
from models.operations.drafting import convert
from models.payment import Payment
from models.rules.document_kinds import DocumentKind, DocumentStatus
from seed.demo.book import Step, Story, moved
from seed.demo.draw import Draw

METHODS = {"bank_transfer": 62, "bank_receipt": 22, "direct_debit": 10, "cheque": 6}
ABROAD = {"bank_transfer": 88, "card": 12}
AT_HOME = {"card": 58, "online": 26, "cash": 16}
# How many days after it was due an invoice is paid, by the customer's manners.
MANNERS = {(-4, 2): 60, (0, 12): 25, (8, 55): 15}
TERMS = {30: 55, 60: 30, 0: 15}
CREDITED, IN_PARTS, UNPAID, DISPUTED = 4, 11, 3, 2  # of a hundred invoices
OVERNIGHT = timedelta(hours=23)  # what was written in a day is sent the next one
SMALL = Decimal(50)  # what is paid in one go


class Habit(NamedTuple):
    """How a customer pays: how many days it has, by what, and how late it is."""

    days: int
    end_of_month: bool
    method: str
    late: tuple[int, int]

    def due(self, day: date) -> date:
        """Return when an invoice of this day is due."""
        due = day + timedelta(days=self.days)
        return due.replace(day=monthrange(due.year, due.month)[1]) if self.end_of_month else due


def draw_habit(draw: Draw, customer: Customer) -> Habit:
    """Return how somebody pays."""
    if customer.kind is CustomerKind.PRIVATE:
        return Habit(14, end_of_month=False, method=draw.weighted(AT_HOME), late=(-10, 4))
    method = draw.weighted(METHODS if customer.billing_country == "IT" else ABROAD)
    days = draw.weighted(TERMS)
    return Habit(days, end_of_month=days > 0 and draw.chance(55), method=method, late=draw.weighted(MANNERS))


def paid_at_once(draw: Draw, document: Document) -> Story:
    """Tell of what is paid when it is handed over."""
    at = document.created_at
    yield _paid(at + timedelta(days=1), document)
    yield moved(at + timedelta(days=draw.number(20, 45)), document, DocumentStatus.ARCHIVED)


def settled(draw: Draw, habit: Habit, words: Mapping[str, Any], invoice: Document) -> Story:
    """Tell how an invoice is sent, perhaps credited, paid, and put away."""
    last = invoice.created_at + OVERNIGHT
    yield moved(last, invoice, DocumentStatus.SENT)
    if draw.chance(CREDITED):
        last = yield from _taken_back(draw, words, invoice)
    due = max(_afternoon(draw, invoice), last + timedelta(hours=1))
    if draw.chance(DISPUTED):
        yield _disputed(draw, words, invoice, due)
        last = due
    if draw.chance(UNPAID):
        return
    paying = max(due + timedelta(days=draw.number(*habit.late)), last + timedelta(hours=3))
    if draw.chance(IN_PARTS) and invoice.open_amount > SMALL:
        yield _paid(paying, invoice, Decimal(draw.number(3, 6)) / 10)
        paying += timedelta(days=draw.number(12, 60))
    if invoice.open_amount > 0:
        yield _paid(paying, invoice)
    yield moved(paying + timedelta(days=draw.number(15, 50)), invoice, DocumentStatus.ARCHIVED)


def _taken_back(draw: Draw, words: Mapping[str, Any], invoice: Document) -> Generator[Step, Document, datetime]:
    """Take back all of an invoice or, more often, one thing of it; return when."""
    at = invoice.created_at + timedelta(days=draw.number(2, 8))
    back = None if draw.chance(25) else {draw.one(invoice.lines).id: Decimal(1)}

    def work(session: Any) -> Document:
        note = convert(session, [invoice], DocumentKind.CREDIT_NOTE, back)
        note.date, note.note = at.date(), words["returned"]
        return note

    note = yield Step(at, work, [invoice])
    sent = at + OVERNIGHT
    yield moved(sent, note, DocumentStatus.SENT)
    return sent


def _disputed(draw: Draw, words: Mapping[str, Any], invoice: Document, at: datetime) -> Step:
    def work(session: Any) -> Document:
        invoice.remarks = draw.one(words["remarks"])
        return moved(at, invoice, DocumentStatus.DISPUTED).work(session)

    return Step(at, work, [invoice], is_new=False)


def _paid(at: datetime, document: Document, share: Decimal | None = None) -> Step:
    """Return the step that pays all that is open, or about this share of it."""

    def work(session: Any) -> Document:
        amount = document.open_amount if share is None else (document.open_amount * share).quantize(Decimal(1))
        document.payments.append(Payment(date=at.date(), amount=amount, method=document.payment_method))
        return document

    return Step(at, work, [document], is_new=False)


def _afternoon(draw: Draw, invoice: Document) -> datetime:
    """Return the day that an invoice is due, in the afternoon."""
    due = invoice.due or invoice.date
    return invoice.created_at.replace(
        year=due.year, month=due.month, day=due.day, hour=draw.number(13, 16), minute=draw.number(0, 59)
    )
