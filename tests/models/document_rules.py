"""What must be true of all documents together, whatever was done with them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import replace
from decimal import Decimal
from typing import Any

from models.base import db
from models.document import Document
from models.operations.papers import paper_of
from models.rules.document_kinds import DocumentKind, DocumentStatus, Effect
from models.rules.paper import Paper
from tests.models.papers import D
from tests.panel import stored

TYPED = "T"  # the series in which numbers are typed


def printed(document: Document) -> Paper:
    """Return what an issued document says, but for what happens to it afterwards."""
    return replace(paper_of(db.session, document), paid=D(0), credited=D(0), cancelled=False)


def check_all(papers: Mapping[int, Paper]) -> dict[int, Paper]:
    """Check every rule; return what issued documents say, which is what they said before."""
    documents = stored(Document)
    check_numbers(documents)
    check_quantities(documents)
    for document in documents:
        check_sums(document)
    check_credit(documents)
    found = {each.id: printed(each) for each in documents if each.number}
    for key, paper in papers.items():
        assert found[key] == paper
    return found


def check_numbers(documents: Iterable[Document]) -> None:
    """Numbers stand once, and without gaps where nobody types them."""
    given: dict[Any, list[int]] = defaultdict(list)
    texts = [(each.kind, each.date.year, each.number) for each in documents if each.number]
    assert len(set(texts)) == len(texts)
    for each in documents:
        assert (each.number is None) == each.is_draft
        if each.number and each.series != TYPED:
            given[each.kind, each.series_key, each.year].append(each.sequence or 0)
    for numbers in given.values():
        assert sorted(numbers) == list(range(1, len(numbers) + 1))


def check_sums(document: Document) -> None:
    """A total is that of its groups; what is open is what is owed and not paid."""
    found = document.computed()
    assert (document.net, document.vat, document.total) == (found.net, found.vat, found.total)
    assert document.total == sum((group.net + group.vat for group in found.groups), D(0))
    assert [line.amount for line in document.lines] == found.lines
    assert document.paid == sum((each.amount for each in document.payments), D(0))
    owes = document.kind.rules.is_paid and document.counts
    open_amount = max(document.total - document.credited - document.paid, D(0)) if owes else D(0)
    assert document.open_amount == open_amount


def check_quantities(documents: Iterable[Document]) -> None:
    """No line is ordered, delivered, billed or credited beyond its quantity."""
    sizes, taken = dict[int, Decimal](), defaultdict[Any, Decimal](Decimal)
    for document in documents:
        effect = document.kind.rules.effect
        for line in document.lines:
            assert line.quantity >= 0
            sizes[line.id] = line.quantity
            if effect is Effect.NONE or document.status is DocumentStatus.CANCELLED:
                continue
            taken["source", line.source_id, effect] += line.quantity
            if effect is Effect.BILLS:
                taken["ordered", line.ordered_id, effect] += line.quantity
    for (way, key, effect), quantity in taken.items():
        assert key is None or quantity <= sizes[key], (way, key, effect)


def check_credit(documents: Iterable[Document]) -> None:
    """What was credited of an invoice is what its live credit notes come to."""
    credited: dict[int, Decimal] = defaultdict(Decimal)
    for note in documents:
        sources = {line.source.document_id for line in note.lines if line.source}
        if note.kind is DocumentKind.CREDIT_NOTE and note.counts and sources:
            credited[min(sources)] += note.total
    for document in documents:
        assert document.credited == credited[document.id] <= max(document.total, D(0))
