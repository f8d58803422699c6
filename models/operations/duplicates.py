"""Rows of an entity that may be the same: found by what they share, never by comparing each with every other one.

What tells the kinds of values say (`Kind.duplicate`): the same VAT number, email or site, or alike names in one place.
Pages begin with all that share a value, the likeliest first; then come those whose names alone are alike, block by
block, and each page goes on where the last one ended.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select

from models.base import Base
from models.description import describe
from models.distinct import Pair, distinct_pairs
from models.i18n import N_
from models.kinds import NAMED, PLACED, Likeness
from models.operations.duplicates_named import ALIKE, Called, Named, likeness
from models.operations.duplicates_shared import SEEN, seen, shared_pairs
from models.related import batches
from models.relations import Reference

SIZE = 20  # groups on a page, or some more
SLICE = 50  # blocks whose names are read together
MOST_LOOKED_AT = 30_000  # rows whose names are compared for one page: it may be short, and the next one goes on
ENOUGH = 500  # pairs of a later way of finding them, before it is asked which an earlier way has found
LIKELY = 50
EQUALLY_NAMED = N_("same name")

Judged = tuple[int, tuple[str, ...]]


@dataclass(frozen=True)
class Group:
    """Rows that may be the same: their keys, how likely that is, and what they have in common."""

    keys: tuple[int, ...]
    score: int
    said: tuple[str, ...]


@dataclass(frozen=True)
class Place:
    """Where a page begins: so many groups that share values passed by or, in a `way` to find names, a block."""

    passed: int = 0
    way: int = -1
    block: str = ""


@dataclass(frozen=True)
class Found:
    """A page of groups, the likeliest first, and where the next one begins; None where all was looked through."""

    groups: list[Group]
    after: Place | None


@dataclass(frozen=True)
class Known:
    """What is compared of a row that shares something with another one."""

    places: frozenset[Any]
    host: tuple[Any, ...]
    apart: tuple[Any, ...]


def likely_groups(session: Any, model: type[Base], begin: Place | None = None) -> Found:
    """Return a page of groups of rows that the actor sees and that may be the same."""
    return _Search(session, model).page(begin or Place())


class _Search:
    def __init__(self, session: Any, model: type[Base]) -> None:
        self.session, self.model = session, model
        self.named = Named(session, model)
        self.signals = shared_pairs(session, model)
        self.different = distinct_pairs(session, model.__tablename__)
        self.found: dict[Pair, Judged] = {}
        self.looked_at = 0

    def page(self, begin: Place) -> Found:
        after = self._shared(begin.passed) if begin.way < 0 else begin if begin.way < len(self.named.ways) else None
        while after is not None and after.way >= 0 and not self._is_full():
            after = self._named(after)
        return Found(_sorted(_groups(self.found)), after)

    def _is_full(self) -> bool:
        return self.looked_at >= MOST_LOOKED_AT or len(list(_groups(self.found))) >= SIZE

    def _shared(self, passed: int) -> Place | None:
        """Keep the groups that share values, from one on; return where to go on."""
        judged = self._judged(self.signals)
        every = _sorted(_groups(judged))
        here = {key for group in every[passed : passed + SIZE] for key in group.keys}
        self.found = {pair: said for pair, said in judged.items() if pair[0] in here}
        return Place(passed + SIZE) if len(every) > passed + SIZE else self._way(0)

    def _way(self, way: int) -> Place | None:
        return Place(way=way) if way < len(self.named.ways) else None

    def _named(self, begin: Place) -> Place | None:
        """Look through blocks of names, from one on, until the page is full; return where to go on."""
        blocks, more = self.named.blocks(begin.way, begin.block)
        pairs = set[Pair]()
        for number, block in enumerate(blocks):
            if number % SLICE == 0:
                self.named.read(row for _, rows in blocks[number : number + SLICE] for row in rows)
            self.looked_at += len(block[1])
            pairs |= {pair for pair in self.named.alike([block]) if pair not in self.signals}
            if len(pairs) >= (ENOUGH if begin.way else 1) or self.looked_at >= MOST_LOOKED_AT:
                self._keep(begin.way, pairs)
                pairs = set()
                if self._is_full():
                    return Place(way=begin.way, block=block[0])
        self._keep(begin.way, pairs)
        return Place(way=begin.way, block=blocks[-1][0]) if more else self._way(begin.way + 1)

    def _keep(self, way: int, pairs: Iterable[Pair]) -> None:
        judged = self._judged({pair: set() for pair in pairs})
        before = self.named.found_before(way, judged) if judged else set()
        self.found |= {pair: said for pair, said in judged.items() if pair not in before}

    def _judged(self, signals: Mapping[Pair, set[Likeness]]) -> dict[Pair, Judged]:
        pairs = [pair for pair in signals if pair not in self.different]
        keys = {key for pair in pairs for key in pair}
        self.named.read(keys)
        known, found = _known(self.session, self.model, self.named.places, keys), {}
        for pair in pairs:
            if pair[0] in known and pair[1] in known:
                called = [self.named.called.get(key) for key in pair]
                judged = _judge([known[key] for key in pair], called, signals[pair])
                if judged[0] >= LIKELY:
                    found[pair] = judged
        return found


def _known(session: Any, model: type[Base], where: Sequence[Any], keys: Iterable[int]) -> dict[int, Known]:
    """Read what is compared of rows, but for their names."""
    hosts, apart = _relations(model)
    found, first = {}, len(where)
    for some in batches(sorted(keys)):
        query = select(model.id, *where, *hosts, *apart).where(model.id.in_(some), seen(session, model))
        for key, *said in session.execute(query, execution_options=SEEN):
            here = frozenset(str(place).casefold() for place in said[:first] if place is not None)
            found[key] = Known(here, tuple(said[first : first + len(hosts)]), tuple(said[first + len(hosts) :]))
    return found


def _relations(model: type[Base]) -> tuple[list[Any], list[Any]]:
    """Return the columns of what rows are deleted with, and of what keeps them apart."""
    hosts, apart = [], []
    for each in describe(model).attributes.values():
        if isinstance(each.relation, Reference):
            hosts += [getattr(model, each.column.key)] if each.relation.orphans == "delete" else []
            apart += [getattr(model, each.column.key)] if each.relation.apart else []
    return hosts, apart


def _judge(rows: Sequence[Known], called: Sequence[Called | None], shared: set[Likeness]) -> Judged:
    """Return how likely two rows are the same, and why."""
    one, other = rows
    if one.apart != other.apart and set(one.host) & set(other.host):
        return 0, ()
    said = {each.said: each.weight for each in shared}
    ratio, word = _names(*called)
    here = bool(one.places & other.places)
    if ratio >= ALIKE and (shared or here or not (one.places and other.places)):
        said[word] = round(NAMED.weight * ratio / 100)
    if here:
        said[PLACED.said] = PLACED.weight
    return min(sum(said.values()), 100), tuple(sorted(said, key=lambda word: (-said[word], word)))


def _names(mine: Called | None, theirs: Called | None) -> tuple[float, str]:
    """Return how alike two names are, of 100, and how that is said."""
    if mine is None or theirs is None:
        return 0, ""
    ratio = likeness(mine.bare, theirs.bare)
    return ratio, EQUALLY_NAMED if mine.name == theirs.name else NAMED.said


def _sorted(groups: Iterable[Group]) -> list[Group]:
    return sorted(groups, key=lambda group: (-group.score, group.keys))


def _groups(pairs: Mapping[Pair, Judged]) -> Iterator[Group]:
    """Join pairs that have a row in common."""
    above: dict[int, int] = {}

    def top(key: int) -> int:
        while above.setdefault(key, key) != key:
            above[key] = above[above[key]]
            key = above[key]
        return key

    for one, other in pairs:
        above[top(one)] = top(other)
    members: dict[int, list[Pair]] = defaultdict(list)
    for pair in pairs:
        members[top(pair[0])].append(pair)
    for some in members.values():
        said = dict.fromkeys(word for pair in some for word in pairs[pair][1])
        if NAMED.said in said:  # which is true of all of them
            said.pop(EQUALLY_NAMED, None)
        keys = tuple(sorted({key for pair in some for key in pair}))
        yield Group(keys, max(pairs[pair][0] for pair in some), tuple(said))
