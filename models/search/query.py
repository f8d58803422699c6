"""Which records match a search: always through an index, however common or rare the words are."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

from sqlalchemy import ColumnElement, FromClause, and_, false, func, literal, or_, select, true

from models.base import Base, db
from models.gate import actor_of, ungated
from models.masking import reads_all
from models.reaching import few, is_narrow, leading, looked_at, unled_up_to
from models.search.backend import Backend
from models.search.backends import backend_of
from models.search.index import SearchEntry
from models.search.scope import Scope
from models.search.words import Word, read_words

MOST_VISITED = 2000
FEW = 500  # rows that are sooner looked at than the entries of a common word
SOME = 32_000  # rows, or entries of a word, that are sooner all looked at than rows far apart in the list's order
SAMPLE = 1024  # permitted rows that show whether matches are soon met
PROBING = ungated("keys alone, and only to be matched with rows that the gate lets through")


def matching(model: type[Base], text: str) -> ColumnElement[bool] | None:
    """Return the criterion, for the WHERE of a select of the model, of the rows that match; None if there are no words.

    Every word must be somewhere in the record or in what belongs to it. One or two statements find out first whether
    few records match: then these are named. Where a great part does, rows are looked at in the order of the list. Of
    somebody who sees few rows, these are looked at. No limit leaves a match out: each only decides which way is taken.
    Who does not read personal data finds nothing by them.
    """
    backend = backend_of(db.session.get_bind().dialect.name)
    words = read_words(text, backend.fold)
    scope = Scope(model, reads_all(actor_of(db.session)))
    if not words:
        return None
    return Search(backend, scope, words).criterion() if scope.is_searched else false()


@dataclass(frozen=True)
class Search:
    """One search for records of one entity."""

    backend: Backend
    scope: Scope
    words: Sequence[Word]

    def criterion(self) -> ColumnElement[bool]:
        """Name the records if they are few, else look at each in turn: the first entries show which is better."""
        key: Any = self.scope.model.id
        seen = few(db.session, self.scope.model, FEW)
        if seen is not None:
            return self.backend.among(key, self._matching(self.backend.among(key, seen)) if seen else ())
        lead = self._rarest()
        if lead.is_indexed and is_narrow(db.session, self.scope.model):
            named = self._named(lead)
            if named is not None:
                return self.backend.among(key, named)
            if self._is_soon_met():
                return self._in_turn()
        visited, keys = self._visit(lead, MOST_VISITED)
        if visited == MOST_VISITED and len(keys) >= MOST_VISITED // 4:
            return self._in_turn()
        if visited == MOST_VISITED:
            _, keys = self._visit(lead, None)
        return self.backend.among(key, sorted(keys))

    def _named(self, lead: Word) -> Sequence[int] | None:
        """Return the matches of somebody who sees some rows, if these or the entries are not too many to look at all.

        Rows of many owners lie far apart, and each look costs more than one at entries side by side.
        """
        entries = self._frequency(lead, SOME)
        most = min(entries, SOME)
        if unled_up_to(db.session, self.scope.model, most) <= most:
            return self._matching()
        return self._permitted(lead) if entries <= SOME else None

    def _in_turn(self) -> ColumnElement[bool]:
        key: Any = self.scope.model.id
        return looked_at(db.session, self.scope.model, [self._has(key, word) for word in self.words])

    def _is_soon_met(self) -> bool:
        """Return whether enough of the first permitted rows match: cheaper than to find all entries of a word."""
        key: Any = self.scope.model.id
        some = select(key.label("key")).where(*leading(db.session, self.scope.model)).limit(SAMPLE).subquery()
        every = (self._has(some.c.key, word) for word in self.words)
        met = db.session.scalar(select(func.count()).select_from(some).where(*every)) or 0
        return met >= SAMPLE // 64

    def _matching(self, *clauses: ColumnElement[bool]) -> Sequence[int]:
        """Return which of the permitted records that the clauses lead to match."""
        key: Any = self.scope.model.id
        every = (self._has(key, word) for word in self.words)
        return db.session.scalars(select(key).where(*clauses, *every)).all()

    def _permitted(self, lead: Word) -> Sequence[int]:
        """Return the permitted records that match, by way of the entries that have the leading word."""
        key: Any = self.scope.model.id
        entries = self._entries(lead)
        some = select(self.scope.key(entries).label("key")).where(self.scope.holds(entries)).subquery()
        others = (self._has(some.c.key, word) for word in self._others(lead))
        found = select(key).join(some, some.c.key == key).where(*others)
        return sorted(set(db.session.scalars(found)))

    def _rarest(self) -> Word:
        """Return the word that fewest entries have, as far as one need count; a short one if there are only such."""
        able = [word for word in self.words if word.is_indexed]
        if len(able) < 2:
            return able[0] if able else self.words[0]
        return min(able, key=lambda word: self._frequency(word, MOST_VISITED))

    def _frequency(self, word: Word, most: int) -> int:
        """Return about how many entries have a word; it decides ways, never what is found."""
        ask = partial(db.session.scalar, execution_options=PROBING)
        return self.backend.frequency(ask, word.forms, most)

    def _visit(self, lead: Word, limit: int | None) -> tuple[int, set[int]]:
        """Return how many entries have the leading word, up to a limit, and the records among theirs that match."""
        entries = self._entries(lead)
        some = select(self.scope.key(entries).label("key")).where(self.scope.holds(entries)).limit(limit).subquery()
        others = and_(true(), *(self._has(some.c.key, word) for word in self._others(lead)))
        rows = db.session.execute(select(some.c.key, others.label("matches")), execution_options=PROBING).all()
        return len(rows), {row.key for row in rows if row.matches and row.key is not None}

    def _entries(self, word: Word) -> FromClause:
        """Return the entries that have a word, as the index finds them; for a short one, records with such a title."""
        if word.is_indexed:
            return self.backend.found(word.forms)
        entry = SearchEntry.__table__.alias()
        titled = select(entry).where(entry.c.entity == self.scope.name, _begins(entry, word))
        return titled.order_by(entry.c.start).subquery()  # in the index's order, so that it is what is read

    def _others(self, lead: Word) -> list[Word]:
        return [word for word in self.words if word is not lead]

    def _has(self, key: ColumnElement[Any], word: Word) -> ColumnElement[bool]:
        """Return whether a record has a word, by its entries; a scalar, so that no planner turns it into a join."""
        entry = SearchEntry.__table__.alias()
        where = or_(*(self.backend.contains(entry.c.folded, form) for form in word.forms))
        if not any(each.is_indexed for each in self.words) and word is self.words[0]:
            where = and_(self.scope.own(entry, key), _begins(entry, word))
        query = select(literal(1)).where(self.scope.of(entry, key), where).limit(1)
        return query.scalar_subquery().is_not(None)


def _begins(entry: FromClause, word: Word) -> ColumnElement[bool]:
    """Return whether an entry, and so its title, begins with a short word."""
    form = word.forms[0]
    starts = and_(entry.c.start >= form[:2], entry.c.start <= form[:2] + "\U0010ffff")
    return starts if len(form) <= 2 else and_(starts, func.substr(entry.c.folded, 1, len(form)) == form)
