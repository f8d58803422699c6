"""Rows whose names are alike in one place: those are compared whose names begin, or end, with the same letters there.

A statement finds the blocks of such rows in the order of what they have in common, so that one can go on from any.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import combinations
from typing import Any

from rapidfuzz import fuzz
from sqlalchemy import String, cast, func, literal, select

from models.base import Base
from models.description import Attribute, describe
from models.distinct import Pair
from models.gate import actor_of
from models.kinds import Compared
from models.likeness import bare_name
from models.masking import reads_all
from models.operations.duplicates_shared import MOST_SHARING, SEEN, apart, keys_together, seen
from models.permissions import Actor
from models.related import batches

MOST_IN_A_PLACE = 60  # rows in a block; of more, only equal names are looked at
LARGEST_BLOCK = 5000  # rows; how more begin says nothing, as where a word stands before every name
START, END = 5, 7  # letters; a legal form often makes up the last three
RUN = 10_000  # blocks that one statement brings
ALIKE = 85  # of 100

Block = tuple[str, list[int]]  # what the rows have in common, and their keys


@dataclass(frozen=True)
class Called:
    """What a row is called, as it is written and bare."""

    name: str
    bare: str


@dataclass
class Named:
    """The names of an entity's rows, each read once, and the ways to find blocks of them."""

    session: Any
    model: type[Base]
    called: dict[int, Called] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.places = places(self.model, actor_of(self.session))
        self.ways = list(_ways(self.model, self.places))

    def blocks(self, way: int, after: str = "", only: Iterable[str] = ()) -> tuple[list[Block], bool]:
        """Return the blocks of one way that come `after` one, or `only` some, and whether there may be more."""
        block, place = self.ways[way]
        query = select(block, keys_together(self.model.id)).where(place.is_not(None), seen(self.session, self.model))
        query = query.group_by(block).having(func.count().between(2, LARGEST_BLOCK)).order_by(block).limit(RUN)
        if after:
            query = query.having(block > after)
        if keys := list(only):
            query = query.where(block.in_(keys))
        found = [(key, apart(rows)) for key, rows in self.session.execute(query, execution_options=SEEN)]
        return found, len(found) == RUN

    def read(self, keys: Iterable[int]) -> None:
        """Read the names of rows."""
        title = title_attribute(self.model)
        for some in batches(sorted({key for key in keys if key not in self.called})) if title else ():
            query = select(self.model.id, getattr(self.model, title.key)).where(self.model.id.in_(some))  # type: ignore[union-attr]
            for key, name in self.session.execute(query, execution_options=SEEN):
                self.called[key] = Called(str(name or "").casefold(), bare_name(str(name or "")))

    def alike(self, blocks: Sequence[Block]) -> set[Pair]:
        """Return the pairs of rows in one block whose names are alike."""
        self.read(row for _, rows in blocks for row in rows)
        return {pair for _, rows in blocks for pair in self._within(rows)}

    def found_before(self, way: int, pairs: Iterable[Pair]) -> set[Pair]:
        """Return which pairs an earlier way has found already."""
        left, found = set(pairs), set[Pair]()
        for earlier in range(way):
            common = self._common(earlier, left - found)
            for some in batches(sorted(common)):
                found |= self.alike(self.blocks(earlier, only=some)[0]) & left
        return found

    def _common(self, way: int, pairs: Iterable[Pair]) -> set[str]:
        block, _ = self.ways[way]
        wanted, known = list(pairs), dict[int, Any]()
        for some in batches(sorted({key for pair in wanted for key in pair})):
            query = select(self.model.id, block).where(self.model.id.in_(some))
            known.update(map(tuple, self.session.execute(query, execution_options=SEEN)))
        return {known[one] for one, other in wanted if known.get(one) is not None and known[one] == known.get(other)}

    def _within(self, rows: Sequence[int]) -> Iterator[Pair]:
        if len(rows) <= MOST_IN_A_PLACE:
            for one, other in combinations((row for row in rows if row in self.called), 2):
                mine, theirs = self.called[one].bare, self.called[other].bare
                if likeness(mine, theirs) >= ALIKE:
                    yield one, other
            return
        for same in _by_name(rows, self.called):
            if len(same) <= MOST_SHARING:
                yield from combinations(same, 2)


def likeness(mine: str, theirs: str) -> float:
    """Return how alike two bare names are, of 100: as they stand, or by their words in any order."""
    if mine == theirs:
        return 100
    return max(fuzz.ratio(mine, theirs, score_cutoff=ALIKE), fuzz.token_sort_ratio(mine, theirs, score_cutoff=ALIKE))


def title_attribute(model: type[Base]) -> Attribute | None:
    """Return the attribute by which rows are called, where it is a name."""
    title = describe(model).attributes.get(describe(model).title)
    is_name = title is not None and title.kind and title.kind.duplicate and title.kind.duplicate.by is Compared.NAME
    return title if is_name else None


def places(model: type[Base], actor: Actor) -> list[Any]:
    """Return the columns that say where a row is: the first postal code and city, or the row that it belongs to.

    Who reads no personal data is not told that two rows share some: by typing one, they could guess the other.
    """
    description, open_ = describe(model), reads_all(actor)
    placed = [each for each in reversed(description.attributes.values()) if _is_place(each)]
    placed = [each for each in placed if open_ or not each.maskable]
    found = {each.kind.name: getattr(model, each.key) for each in placed if each.kind}
    if description.parent is not None:
        found["parent"] = cast(getattr(model, description.parent.column.key), String)
    return list(found.values())


def _is_place(each: Attribute) -> bool:
    return bool(each.kind and each.kind.duplicate and each.kind.duplicate.by is Compared.PLACE)


def _ways(model: type[Base], where: Sequence[Any]) -> Iterator[tuple[Any, Any]]:
    """Yield what rows of one block have in common: how their names begin in one place, last how they end in one."""
    title = title_attribute(model)
    if title is None:
        return
    name: Any = getattr(model, title.key)
    bare = func.replace(func.replace(func.lower(name), " ", ""), ".", "")
    found = [(literal("|") + func.lower(place), place) for place in reversed(where)] or [(literal("|"), name)]
    for said, place in found:
        yield func.substr(bare, 1, START) + said, place
    said, place = found[0]
    yield func.substr(literal(" " * END) + bare, func.length(bare) + 1) + said, place


def _by_name(rows: Iterable[int], called: Mapping[int, Called]) -> Iterator[list[int]]:
    found: dict[str, list[int]] = defaultdict(list)
    for row in rows:
        if row in called:
            found[called[row].name].append(row)
    yield from (same for same in found.values() if len(same) > 1)
