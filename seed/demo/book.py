"""The book of the demo's firm: what happens between it and its customers, day by day, so that numbers follow dates."""

from __future__ import annotations

from collections.abc import Callable, Generator, Sequence
from datetime import datetime, timedelta
from heapq import heappop, heappush
from itertools import count
from typing import Any, NamedTuple

from sqlalchemy import bindparam, inspect, update

from models.document import Document
from models.gate import ungated
from models.operations.issuing import issue, move
from models.related import batches
from models.rules.document_kinds import DocumentKind, DocumentStatus
from seed.demo.chronicle import Chronicle, Event

DATING = ungated("an issued document takes the moment of its last change from nobody, and the demo lies in the past")
EVENING = 17  # o'clock: when the invoices of a month are written, after the deliveries of its last day
A_MOMENT = timedelta(minutes=4)
EMPTY = {column.key for column in inspect(Document).columns if column.nullable}


class Step(NamedTuple):
    """What happens next in a story, and when: work that returns a new document, made of `sources`, or changes one."""

    at: datetime
    work: Callable[[Any], Document]
    sources: Sequence[Document] = ()
    is_new: bool = True


Story = Generator[Step, Document, None]


class _Gathering:
    """A session whose flushes wait, so that the operations of a day are written together, and that nobody else uses."""

    def __init__(self, session: Any) -> None:
        self._session = session

    def __getattr__(self, name: str) -> Any:
        return getattr(self._session, name)

    def flush(self) -> None:
        """Wait."""

    def refresh(self, row: Any, *_: Any, **__: Any) -> None:
        """Leave a row as it is: while the demo is loaded nobody else changes it."""


class Book:
    """Stories that are told side by side, in the order of their moments, as far as `until`."""

    def __init__(self, chronicle: Chronicle, until: datetime) -> None:
        self.until = until
        self._chronicle = chronicle
        self._gathering = _Gathering(chronicle.session)
        self._unwritten: set[Document] = set()
        self._moments: dict[Document, datetime] = {}
        self._queue: list[tuple[datetime, int, Step, Story]] = []
        self._number = count()

    def begin(self, story: Story) -> None:
        """Take up a story."""
        self._wait(story, None)

    def run(self) -> None:
        """Let everything happen."""
        while self._queue:
            part = _part_of_the_day(self._queue[0][0])
            made = []
            while self._queue and _part_of_the_day(self._queue[0][0]) == part:
                _, _, step, story = heappop(self._queue)
                document = self._work(step)
                if step.is_new:
                    made.append((step.at + A_MOMENT, document, story))
                else:
                    self._wait(story, document)
            self._issue(made)
        self._write()
        self._date_back()

    def _wait(self, story: Story, document: Any) -> None:
        try:
            step = story.send(document)
        except StopIteration:
            return
        if step.at <= self.until:
            heappush(self._queue, (step.at, next(self._number), step, story))

    def _work(self, step: Step) -> Document:
        """Do a step, once what it begins with is written: operations read that anew."""
        if not self._unwritten.isdisjoint(step.sources):
            self._write()
        document = step.work(self._gathering)
        if step.is_new:
            document.created_at = document.updated_at = step.at
            for key in EMPTY - document.__dict__.keys():
                setattr(document, key, None)  # so that its history knows what was there before
        return self._note(document, step.at)

    def _issue(self, made: list[tuple[datetime, Document, Story]]) -> None:
        """Issue the new documents of a part of a day, and let their stories go on."""
        if made:
            self._write()
        for at, document, _ in made:
            issue(self._gathering, document, at)
            for each in (document, *_credited(document)):
                self._note(each, at)
        for _, document, story in made:
            self._wait(story, document)

    def _note(self, document: Document, at: datetime) -> Document:
        self._moments[document] = at
        self._unwritten.add(document)
        return document

    def _write(self) -> None:
        self._chronicle.write({each: Event(self._moments[each], _seller(each)) for each in self._unwritten})
        self._unwritten.clear()

    def _date_back(self) -> None:
        """Let every document have changed when its story says so."""
        session = self._chronicle.session
        table: Any = Document.__table__
        rows = [{"key": document.id, "at": at} for document, at in self._moments.items()]
        for some in batches(rows):
            statement = update(table).where(table.c.id == bindparam("key")).values(updated_at=bindparam("at"))
            session.execute(statement, list(some), execution_options=DATING)
        for document in self._moments:
            session.expire(document, ["updated_at"])


def moved(at: datetime, document: Document, status: DocumentStatus) -> Step:
    """Return the step that brings a document into a state."""

    def work(session: Any) -> Document:
        move(session, document, status)
        return document

    return Step(at, work, [document], is_new=False)


def _part_of_the_day(at: datetime) -> tuple[Any, bool]:
    return at.date(), at.hour >= EVENING


def _seller(document: Document) -> int | None:
    """Return who looks after its customer."""
    customer: Any = document.customer
    return customer.owner_id  # type: ignore[no-any-return]


def _credited(document: Document) -> set[Document]:
    """Return the invoice that a credit note changes."""
    is_credit = document.kind is DocumentKind.CREDIT_NOTE
    return {line.source.document for line in document.lines if line.source} if is_credit else set()
