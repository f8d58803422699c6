"""Rows of an entity that may be the same: found by what they share, never by comparing each with every other one.

What tells the kinds of values say (`Kind.duplicate`): the same VAT number, email or site, or alike names in one place.
The database finds the values that several rows have; what very many share, such as a switchboard, tells nothing.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import Any

from rapidfuzz import fuzz
from sqlalchemy import Select, String, cast, func, literal, select, true

from models.base import Base
from models.description import Attribute, describe
from models.distinct import Pair, distinct_pairs
from models.gate import actor_of, permitted, ungated
from models.kinds import NAMED, PLACED, Compared, Likeness
from models.likeness import bare_name, key_of
from models.masking import reads_all
from models.permissions import Permission
from models.related import batches
from models.relations import Reference

MOST_SHARING = 12  # rows with the same value; what more have says nothing
MOST_IN_A_PLACE = 60  # rows whose names begin alike in one place; of more, only equal names are looked at
ALIKE = 85  # of 100, by the words of two names in any order
LIKELY = 50
SEEN = ungated("the condition of who may see the rows stands in the statement itself")

Signals = dict[Pair, set[Likeness]]


@dataclass(frozen=True)
class Group:
    """Rows that may be the same: their keys, how likely that is, and what they have in common."""

    keys: tuple[int, ...]
    score: int
    said: tuple[str, ...]


@dataclass(frozen=True)
class Known:
    """What is compared of a row that shares something with another one."""

    name: str
    places: frozenset[Any]
    host: tuple[Any, ...]
    apart: tuple[Any, ...]


def likely_groups(session: Any, model: type[Base]) -> list[Group]:
    """Return the groups of rows that the actor sees and that may be the same, the likeliest first."""
    signals = _shared(session, model)
    names: dict[int, str] = {}
    for pair in _near(session, model, names):
        signals.setdefault(pair, set())
    known = _known(session, model, {key for pair in signals for key in pair}, names)
    different = distinct_pairs(session, model.__tablename__)
    found = {}
    for pair, said in signals.items():
        if pair not in different and pair[0] in known and pair[1] in known:
            judged = _judge(known[pair[0]], known[pair[1]], said)
            if judged[0] >= LIKELY:
                found[pair] = judged
    return sorted(_groups(found), key=lambda group: (-group.score, group.keys))


def _seen(session: Any, model: type[Base]) -> Any:
    condition = permitted(actor_of(session), Permission.VIEW, model)
    return true() if condition is None else condition


def _shared(session: Any, model: type[Base]) -> Signals:
    """Return the pairs that share a value which few others have: a statement for each attribute."""
    found: Signals = defaultdict(set)
    for source, row, attribute, likeness in _telling(session, model):
        for rows in _sharing(session, source, row, key_of(attribute, source)):
            if len(rows) <= MOST_SHARING:
                for pair in combinations(sorted(rows), 2):
                    found[pair].add(likeness)
    return found


def _telling(session: Any, model: type[Base]) -> Iterator[tuple[type[Base], Any, Attribute, Likeness]]:
    """Yield the attributes of rows, or of their parts, that tell rows apart, with the column that names the row.

    Who reads no personal data is not told that two rows share some: by typing one, they could guess the other.
    """
    sources: list[tuple[type[Base], Any]] = [(model, model.id)]
    sources += [(part.model, getattr(part.model, f"{part.parent}_id")) for part in describe(model).parts]
    for source, row in sources:
        for each in describe(source).attributes.values():
            likeness = each.kind.duplicate if each.kind else None
            open_ = not each.facts.guarded and (not each.maskable or reads_all(actor_of(session)))
            if likeness and likeness.by not in {Compared.NAME, Compared.PLACE} and open_:
                yield source, row, each, likeness


def _sharing(session: Any, source: type[Base], row: Any, key: Any) -> Iterator[set[int]]:
    """Yield the rows that have the same value, as many as few have."""
    seen = key.is_not(None), _seen(session, source)
    often = select(key).where(*seen).group_by(key).having(func.count().between(2, 2 * MOST_SHARING))
    query = select(key, row).where(*seen, key.in_(often))
    return _by_key(session, query)


def _by_key(session: Any, query: Select[Any]) -> Iterator[set[int]]:
    found: dict[Any, set[int]] = defaultdict(set)
    for key, row in session.execute(query, execution_options=SEEN):
        found[key].add(row)
    yield from (rows for rows in found.values() if len(rows) > 1)


def _near(session: Any, model: type[Base], names: dict[int, str]) -> Iterator[Pair]:
    """Yield the pairs of rows whose names begin alike in one place; anywhere, where an entity knows none.

    The names that are read are kept, bare.
    """
    title = _title(model)
    if title is None:
        return
    name: Any = getattr(model, title.key)
    whole = func.lower(name)
    start = func.substr(func.replace(func.replace(whole, " ", ""), ".", ""), 1, 5)
    for place in _places(model) or [literal("")]:
        where = literal("|") + func.lower(place)
        for rows in _blocks(session, model, name, start + where, MOST_IN_A_PLACE):
            names.update((row, bare_name(said)) for row, said in rows if row not in names)
            yield from _alike([(row, names[row]) for row, _ in rows])
        for rows in _blocks(session, model, name, whole + where, MOST_SHARING):
            yield from combinations(sorted(row for row, _ in rows), 2)


def _blocks(session: Any, model: type[Base], name: Any, block: Any, most: int) -> Iterator[list[tuple[int, str]]]:
    """Yield the rows, with their names, that have the same block, where these are few."""
    seen = block.is_not(None), _seen(session, model)
    often = select(block).where(*seen).group_by(block).having(func.count().between(2, most))
    found: dict[str, list[tuple[int, str]]] = defaultdict(list)
    query = select(block, model.id, name).where(*seen, block.in_(often))
    for key, row, said in session.execute(query, execution_options=SEEN):
        found[key].append((row, said))
    yield from found.values()


def _alike(rows: Sequence[tuple[int, str]]) -> Iterator[Pair]:
    for (one, mine), (other, theirs) in combinations(sorted(rows), 2):
        if fuzz.token_sort_ratio(mine, theirs, score_cutoff=ALIKE):
            yield one, other


def _title(model: type[Base]) -> Attribute | None:
    title = describe(model).attributes.get(describe(model).title)
    is_name = title is not None and title.kind and title.kind.duplicate and title.kind.duplicate.by is Compared.NAME
    return title if is_name else None


def _places(model: type[Base]) -> list[Any]:
    """Return the columns that say where a row is: the first postal code and city, or the row that it belongs to."""
    description = describe(model)
    found = {each.kind.name: getattr(model, each.key) for each in reversed(_placed(model)) if each.kind}
    if description.parent is not None:
        found["parent"] = cast(getattr(model, description.parent.column.key), String)
    return list(found.values())


def _placed(model: type[Base]) -> list[Attribute]:
    attributes = describe(model).attributes.values()
    return [
        each for each in attributes if each.kind and each.kind.duplicate and each.kind.duplicate.by is Compared.PLACE
    ]


def _known(session: Any, model: type[Base], keys: Iterable[int], names: Mapping[int, str]) -> dict[int, Known]:
    """Read what is compared of rows."""
    title, places = _title(model), _places(model)
    hosts, apart = _relations(model)
    columns = [getattr(model, title.key) if title else literal(""), *places, *hosts, *apart]
    found, first, then = {}, 1 + len(places), 1 + len(places) + len(hosts)
    for some in batches(sorted(keys)):
        query = select(model.id, *columns).where(model.id.in_(some), _seen(session, model))
        for key, *said in session.execute(query, execution_options=SEEN):
            where = frozenset(str(place).casefold() for place in said[1:first] if place is not None)
            found[key] = Known(
                names.get(key) or bare_name(said[0] or ""), where, tuple(said[first:then]), tuple(said[then:])
            )
    return found


def _relations(model: type[Base]) -> tuple[list[Any], list[Any]]:
    """Return the columns of what rows are deleted with, and of what keeps them apart."""
    hosts, apart = [], []
    for each in describe(model).attributes.values():
        if isinstance(each.relation, Reference):
            hosts += [getattr(model, each.column.key)] if each.relation.orphans == "delete" else []
            apart += [getattr(model, each.column.key)] if each.relation.apart else []
    return hosts, apart


def _judge(one: Known, other: Known, shared: set[Likeness]) -> tuple[int, tuple[str, ...]]:
    """Return how likely two rows are the same, and why."""
    if one.apart != other.apart and set(one.host) & set(other.host):
        return 0, ()
    said = {each.said: each.weight for each in shared}
    ratio = fuzz.token_sort_ratio(one.name, other.name)
    here = bool(one.places & other.places)
    if ratio >= ALIKE and (shared or here or not (one.places and other.places)):
        said[NAMED.said] = round(NAMED.weight * ratio / 100)
    if here:
        said[PLACED.said] = PLACED.weight
    return min(sum(said.values()), 100), tuple(sorted(said, key=lambda word: (-said[word], word)))


def _groups(pairs: Mapping[Pair, tuple[int, tuple[str, ...]]]) -> Iterator[Group]:
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
        keys = tuple(sorted({key for pair in some for key in pair}))
        yield Group(keys, max(pairs[pair][0] for pair in some), tuple(said))
