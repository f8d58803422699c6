"""Where the rows of a page matched, when their own titles do not show it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import FromClause, Select, func, select
from sqlalchemy.orm import Session, scoped_session

from models.base import Base
from models.description import describe, entity
from models.gate import actor_of, ungated
from models.masking import reads_all
from models.search.backend import Backend
from models.search.backends import backend_of
from models.search.index import SearchEntry
from models.search.lines import KEYS, lines
from models.search.scope import Scope
from models.search.words import Word, read_words

WIDTH = 80  # characters of a snippet
READING = ungated("the rows came through the gate, and what belongs to a row follows its rule")


@dataclass(frozen=True)
class Hit:
    """Where a row matched: the match, and the text around it.

    `label`, a msgid, names the attribute or the kind of child; `title` is what the child is called, empty otherwise.
    """

    label: str
    before: str
    match: str
    after: str
    title: str = ""


def hits(session: Session | scoped_session[Any], model: type[Base], rows: Iterable[Base], text: str) -> dict[int, Hit]:
    """Return by key where each of these rows matched, in one statement; a row whose title says it all has no hit.

    The rows must have been read through the gate.
    """
    backend = backend_of(session.get_bind().dialect.name)
    wanted = _wanted(backend, model, rows, read_words(text, backend.fold))
    if not wanted:
        return {}
    table = backend.table([{"key": key, "form": form} for key, word in wanted.items() for form in word.forms])
    scope = Scope(model, reads_all(actor_of(session)))
    found = session.execute(_first_entries(backend, scope, table), execution_options=READING)
    return {row.key: hit for row in found if (hit := _hit(backend, model, row, wanted[row.key]))}


def _wanted(backend: Backend, model: type[Base], rows: Iterable[Base], words: Sequence[Word]) -> dict[int, Word]:
    """The first word of each row that its title does not have."""
    title = describe(model).title
    titles = {row.id: backend.fold(str(getattr(row, title) or "")) for row in rows}
    missing = {key: [word for word in words if not word.is_in(folded)] for key, folded in titles.items()}
    return {key: left[0] for key, left in missing.items() if left}


def _first_entries(backend: Backend, scope: Scope, table: FromClause) -> Select[Any]:
    """Select one entry for each key and form: the row's own, else the first that is met of its children."""
    entry = SearchEntry.__table__.alias()

    def first(of: Any) -> Any:
        each = SearchEntry.__table__.alias()
        query = select(each.c.id).where(of(each, table.c.key), backend.contains(each.c.folded, table.c.form))
        return query.limit(1).correlate(table).scalar_subquery()

    best = func.coalesce(first(scope.own), first(scope.of))
    found = select(table.c.key, entry.c.entity, entry.c.personal, entry.c.body)
    return found.select_from(table.join(entry, entry.c.id == best))


def _hit(backend: Backend, model: type[Base], row: Any, word: Word) -> Hit | None:
    """Show the line of an entry in which a word is."""
    found: Any = entity(row.entity)
    texts = row.body.split("\n")
    for attribute, line in zip(lines(found, personal=row.personal), texts, strict=False):
        parts = _locate(backend, line, word)
        if parts:
            if found is model:
                return Hit(attribute.label, *parts)
            return Hit(found.__label__, *parts, texts[0].partition(KEYS)[0][:WIDTH])
    return None


def _locate(backend: Backend, line: str, word: Word) -> tuple[str, str, str] | None:
    """Split a line around a word; where only the digits behind a phone number have it, the number is the match."""
    shown, _, keys = line.partition(KEYS)
    for form in word.forms:
        start, end = _position(backend, shown, form)
        if end:
            return _snippet(shown, start, end)
    return ("", shown, "") if word.is_in(backend.fold(keys)) else None


def _position(backend: Backend, text: str, form: str) -> tuple[int, int]:
    """Return where a folded form stands in a text as written, else (0, 0); a letter may fold to two or none."""
    folded = [backend.fold(letter) for letter in text]
    at = "".join(folded).find(form)
    if at < 0:
        return 0, 0
    ends = list(_ends(folded))
    start = next(index for index, end in enumerate(ends) if end > at)
    return start, next(index for index, end in enumerate(ends) if end >= at + len(form)) + 1


def _ends(folded: Sequence[str]) -> Iterator[int]:
    length = 0
    for letter in folded:
        length += len(letter)
        yield length


def _snippet(text: str, start: int, end: int) -> tuple[str, str, str]:
    """Cut a text around its match, with an ellipsis where something is left out."""
    match = text[start:end][:WIDTH]
    room = (WIDTH - len(match)) // 2
    before, after = text[:start], text[end:]
    before = before if len(before) <= room else "…" + before[len(before) - room :]
    return before, match, after if len(after) <= room else after[:room] + "…"
