"""Nothing is ordered, delivered, billed or credited twice: what lines take over from others is held at every flush.

A line draws on the line that it was made from, and what bills also on the order line where it all began, so that an
order that was delivered is not billed once by its delivery notes and once by itself. Drafts count, what was cancelled
does not; what was credited stays billed.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from decimal import Decimal
from typing import Any

from sqlalchemy import func, inspect, or_, select
from sqlalchemy.orm import Session, UOWTransaction, aliased

from models.checking import is_reassigned
from models.document import Document
from models.document_line import DocumentLine
from models.errors import DomainError, DomainErrors
from models.gate import ungated
from models.i18n import N_
from models.moving import is_move
from models.related import coming_key, find_all, related
from models.rules.document_kinds import KINDS, DocumentKind, DocumentStatus, Effect

TOO_MUCH = N_("Only %(left)s of this are left.")
NOT_FROM = N_("%(document)s can no longer be used: it is a draft or has been cancelled.")
OTHERS = N_("A line comes from a document of another customer.")
COUNTING = ungated("what was taken over counts for everybody; which documents took it is not told")

Draw = tuple[str, int, Effect]  # by which column a line draws on which line, and what that does


def keep_quantities(session: Session, context: UOWTransaction, instances: Any) -> None:
    """Refuse lines that take over more than is left, while the documents that they draw on are locked."""
    _keep_together(session, [row for row in session.dirty if isinstance(row, Document) and is_move(row, "customer")])
    lines = list(dict.fromkeys(_drawing(session)))
    if not lines:
        return
    _lock_sources(session, lines)
    errors = list(_from_others(lines)) + list(_beyond(session, lines))
    if errors:
        raise DomainErrors(errors)


def _keep_together(session: Session, moved: Sequence[Document]) -> None:
    """Refuse to part documents that came of each other, where they move to another customer."""
    if not moved:
        return
    source, keys = aliased(DocumentLine), [each.id for each in moved]
    pairs = select(DocumentLine.document_id, source.document_id).join(source, DocumentLine.source_id == source.id)
    touching = or_(DocumentLine.document_id.in_(keys), source.document_id.in_(keys))
    found = session.execute(pairs.where(touching).distinct(), execution_options=COUNTING).all()
    known = find_all(session, Document, {key for pair in found for key in pair})
    for pair in found:
        if len({coming_key(known[key], "customer") if key in known else None for key in pair}) > 1:
            raise DomainError(OTHERS)


def left(session: Any, lines: Sequence[DocumentLine], effect: Effect) -> dict[int, Decimal]:
    """Return by key how much of each line can still be taken over with this effect, by no row of this flush."""
    draws = {line.id: _draws_on(line.id, _order_of(line), effect) for line in lines}
    taken = _taken(session, {draw for each in draws.values() for draw in each}, without=())
    sizes = _sizes(session, {key for each in draws.values() for _, key, _ in each})
    free = {key: min((sizes[on] - taken[way, on, e] for way, on, e in each)) for key, each in draws.items() if each}
    return {line.id: max(free.get(line.id, line.quantity), Decimal(0)) for line in lines}


def successors(session: Any, documents: Sequence[Document]) -> Sequence[Document]:
    """Return the documents that were made from any of these, the oldest first."""
    source = aliased(DocumentLine)
    keys = select(DocumentLine.document_id).join(source, DocumentLine.source_id == source.id)
    of = keys.where(source.document_id.in_([each.id for each in documents]))
    found: Sequence[Document] = session.scalars(select(Document).where(Document.id.in_(of)).order_by(Document.id)).all()
    return found


def predecessors(session: Any, documents: Sequence[Document]) -> Sequence[Document]:
    """Return the documents that any of these was made from, the oldest first."""
    source = aliased(DocumentLine)
    keys = select(source.document_id).join(DocumentLine, DocumentLine.source_id == source.id)
    of = keys.where(DocumentLine.document_id.in_([each.id for each in documents]))
    found: Sequence[Document] = session.scalars(select(Document).where(Document.id.in_(of)).order_by(Document.id)).all()
    return found


def _drawing(session: Session) -> Iterator[DocumentLine]:
    """Yield the lines to be written that take something over, with all lines of documents that come back to life."""
    for row in [*session.new, *session.dirty]:
        if isinstance(row, DocumentLine) and _has_source(row) and _is_touched(row):
            yield row
        elif isinstance(row, Document) and _revives(row):
            yield from (line for line in row.lines if _has_source(line))


def _has_source(line: DocumentLine) -> bool:
    return line.source_id is not None or line.source is not None


def _is_touched(line: DocumentLine) -> bool:
    state = inspect(line)
    return not state.persistent or any(
        state.attrs[key].history.has_changes() for key in ("quantity", "source", "source_id", "ordered", "document")
    )


def _revives(document: Document) -> bool:
    """Whether what a document takes over counts from now on, or counts for another customer."""
    if inspect(document).persistent and is_reassigned(document, "customer") and not is_move(document, "customer"):
        return True
    before = inspect(document).attrs.status.history.deleted if inspect(document).persistent else ()
    return DocumentStatus.CANCELLED in (before or ())


def _lock_sources(session: Session, lines: Iterable[DocumentLine]) -> None:
    """Lock what the lines are part of and draw on, the newest first, as everybody does: so nobody waits in a circle."""
    keys = {key for line in lines for key in (_source_of(line), _ordered_of(line)) if key}
    sources = select(DocumentLine.document_id).where(DocumentLine.id.in_(keys))
    own = {line.document_id for line in lines if line.document_id}
    found = select(Document.id).where(or_(Document.id.in_(sources), Document.id.in_(own)))
    session.execute(found.order_by(Document.id.desc()).with_for_update(), execution_options=COUNTING)


def _from_others(lines: Iterable[DocumentLine]) -> Iterator[DomainError]:
    """Refuse what comes from documents that do not count, or from another customer's."""
    for line in lines:
        source, own = related(line, "source"), related(line, "document")
        document = related(source, "document") if source is not None else None
        if not isinstance(document, Document) or not isinstance(own, Document):
            continue
        if not document.counts:
            yield _about(line, DomainError(NOT_FROM, "quantity", document=document.name))
        if coming_key(document, "customer") != coming_key(own, "customer"):
            yield _about(line, DomainError(OTHERS, "quantity"))


def _beyond(session: Session, lines: Sequence[DocumentLine]) -> Iterator[DomainError]:
    wanted: dict[Draw, Decimal] = defaultdict(Decimal)
    draws = {line: list(_draws(line)) for line in lines}
    for line, each in draws.items():
        for draw in each:
            wanted[draw] += line.quantity or Decimal(0)
    taken = _taken(session, set(wanted), without=[line.id for line in lines if line.id])
    sizes = _sizes(session, {key for _, key, _ in wanted})
    for line, each in draws.items():
        room = [sizes[key] - taken[way, key, effect] for way, key, effect in each]
        over = [wanted[draw] > space for draw, space in zip(each, room, strict=True)]
        if any(over):
            free = max(min(room), Decimal(0))
            yield _about(line, DomainError(TOO_MUCH, "quantity", left=f"{free.normalize():f}"))


def _draws(line: DocumentLine) -> list[Draw]:
    document: Any = related(line, "document")
    if document is None or document.status is DocumentStatus.CANCELLED:
        return []
    source = _source_of(line)
    return _draws_on(source, _ordered_of(line), document.kind.rules.effect)


def _draws_on(source: int, order: int | None, effect: Effect) -> list[Draw]:
    if effect is Effect.NONE:
        return []
    found: list[Draw] = [("source_id", source, effect)]
    return [*found, ("ordered_id", order, effect)] if order and effect is Effect.BILLS else found


def _source_of(line: DocumentLine) -> int:
    source: Any = line.source
    return line.source_id or int(source.id)


def _ordered_of(line: DocumentLine) -> int | None:
    """Return the order line that a line goes back to, also before the key has been written."""
    return line.ordered_id or getattr(line.ordered, "id", None)


def _order_of(line: DocumentLine) -> int | None:
    """Return the order line that what is made from a line goes back to."""
    is_order = line.document.kind is DocumentKind.ORDER
    return line.id if is_order else line.ordered_id


def _taken(session: Any, draws: set[Draw], *, without: Sequence[int]) -> dict[Draw, Decimal]:
    """Return how much of each line other lines have taken over already."""
    found: dict[Draw, Decimal] = defaultdict(Decimal)
    for way, effect in {(way, effect) for way, _, effect in draws}:
        column = getattr(DocumentLine, way)
        kinds = [kind for kind, rules in KINDS.items() if rules.effect is effect]
        query = (
            select(column, func.sum(DocumentLine.quantity))
            .join(Document, Document.id == DocumentLine.document_id)
            .where(
                column.in_({key for each, key, _ in draws if each == way}),
                Document.kind.in_(kinds),
                Document.status != DocumentStatus.CANCELLED,
                DocumentLine.id.not_in(without),
            )
            .group_by(column)
        )
        for key, quantity in session.execute(query, execution_options=COUNTING):
            found[way, key, effect] = Decimal(quantity)
    return found


def _sizes(session: Any, keys: set[int]) -> dict[int, Decimal]:
    rows = session.execute(
        select(DocumentLine.id, DocumentLine.quantity).where(DocumentLine.id.in_(keys)), execution_options=COUNTING
    )
    return {key: quantity for key, quantity in rows}  # noqa: C416  rows are no pairs to mypy


def _about(line: DocumentLine, error: DomainError) -> DomainError:
    error.subject = line
    return error
