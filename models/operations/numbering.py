"""Numbers of documents: from a counter that is locked until the document is written, so unique and without gaps."""

from __future__ import annotations

from typing import Any

from sqlalchemy import case, func, select
from sqlalchemy.dialects import postgresql, sqlite

from models.counter import DocumentCounter
from models.document import Document
from models.errors import DomainError
from models.gate import ungated
from models.i18n import N_

COUNTING = ungated("numbers run over all documents, whoever may see them")
TAKEN = N_("Number %(number)s has been given already.")
GAP = N_("There is a gap before this number.")
INSERTS = {"sqlite": sqlite.insert, "postgresql": postgresql.insert}


def take_number(session: Any, document: Document, year: int) -> int:
    """Return the next number of the document's kind, series and year, or the one that it wants if that is free.

    Whoever comes second waits until the first has committed; who is rolled back leaves no gap. DomainError if the
    wanted number has been given.
    """
    wanted = document.sequence
    counter: Any = DocumentCounter.__table__
    key = {"kind": document.kind.value, "series": document.series_key, "year": year}
    insert: Any = INSERTS[session.get_bind().dialect.name](counter)
    last = counter.c.last + 1 if wanted is None else case((counter.c.last > wanted, counter.c.last), else_=wanted)
    taking = insert.values(**key, last=wanted or 1).on_conflict_do_update(
        index_elements=["kind", "series", "year"], set_={"last": last}
    )
    found = session.execute(taking.returning(counter.c.last), execution_options=COUNTING).scalar_one()
    # Asked while the counter is locked, so that whoever took the same number at the same moment is seen.
    if wanted is not None and _is_given(session, document, year, wanted):
        raise DomainError(TAKEN, "sequence", number=wanted)
    return int(found if wanted is None else wanted)


def next_number(session: Any, document: Document) -> str:
    """Return the number that a draft would get now: the one that it wants, else the next one."""
    wanted = document.sequence or _last(session, document) + 1
    return written_number(document.series or "", wanted, document.date.year)


def leaves_gap(session: Any, document: Document) -> bool:
    """Return whether numbers would be left out before the one that a draft wants."""
    return document.sequence is not None and document.sequence > _last(session, document) + 1


def written_number(series: str, sequence: int, year: int) -> str:
    """Return a number as documents show it, such as "12/2026"."""
    return f"{series}{sequence}/{year}"


def remarks(session: Any, document: Document) -> list[str]:
    """Return, as msgids, what is odd about the number or the date of a document that has just been issued."""
    same = _series(document, document.year or 0)
    others = select(func.max(Document.sequence)).where(*same, Document.id != document.id)
    before = select(func.max(Document.date)).where(*same, Document.sequence < document.sequence)
    highest, latest = session.execute(select(others.scalar_subquery(), before.scalar_subquery()), **_options()).one()
    found = []
    if document.sequence and document.sequence > (highest or 0) + 1:
        found.append(GAP)
    if latest and latest > document.date:
        found.append(N_("A document with a lower number has a later date."))
    return found


def _last(session: Any, document: Document) -> int:
    counter: Any = DocumentCounter.__table__
    kind, series, year = document.kind.value, document.series_key, document.date.year
    same = (counter.c.kind == kind, counter.c.series == series, counter.c.year == year)
    return session.scalar(select(counter.c.last).where(*same), execution_options=COUNTING) or 0


def _options() -> dict[str, Any]:
    return {"execution_options": COUNTING}


def _series(document: Document, year: int) -> tuple[Any, ...]:
    return (
        Document.kind == document.kind,
        Document.series_key == document.series_key,
        Document.year == year,
        Document.sequence.is_not(None),
    )


def _is_given(session: Any, document: Document, year: int, wanted: int) -> bool:
    same = select(Document.id).where(*_series(document, year), Document.sequence == wanted)
    return session.scalar(same.where(Document.number.is_not(None)).limit(1), execution_options=COUNTING) is not None
