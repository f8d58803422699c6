"""A list's state as its address says it, and the query that follows from it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import Any
from urllib.parse import urlencode

from sqlalchemy import ColumnElement, Select, func, inspect, select
from sqlalchemy.orm import aliased, joinedload
from werkzeug.datastructures import MultiDict

from admin_views.controls import read_key
from admin_views.lists.filters import Condition, Filter
from models.base import Base, db
from models.description import describe, leading_to
from models.reaching import count_up_to, first_keys, is_narrow, leading
from models.search import matching

MOST_COUNTED = 10_000
MOST_LOOKED_AT = 1000  # counted where rows must be looked at one by one
LAST_PAGE = 100_000
SEARCHED = 200


@dataclass(frozen=True)
class State:
    """What a list shows: everything is in the address, nothing in the session."""

    search: str = ""
    sort: str = ""
    page: int = 1
    size: int = 50
    columns: tuple[str, ...] = ()
    filters: tuple[tuple[str, str], ...] = ()
    scope: tuple[tuple[str, str], ...] = ()
    default_size: int = 50
    split: tuple[str, str] | None = None

    def pairs(self, *, without: Iterable[str] = ()) -> list[tuple[str, str]]:
        """Return the address's arguments, leaving out what is not said or not wanted."""
        said = [
            *((self.split,) if self.split else ()),
            *self.scope,
            ("search", self.search),
            *self.filters,
            ("sort", self.sort),
            ("columns", ",".join(self.columns)),
            ("page_size", str(self.size) if self.size != self.default_size else ""),
            ("page", str(self.page) if self.page > 1 else ""),
        ]
        left_out = set(without)
        return [(name, value) for name, value in said if value and name not in left_out]

    def query(self, **changes: Any) -> str:
        """Return the query string of the same list with something changed; any change goes back to page one."""
        return urlencode(replace(self, **({"page": 1} | changes)).pairs())

    @property
    def args(self) -> MultiDict[str, str]:
        """The filters as arguments."""
        return MultiDict(self.filters)


@dataclass(frozen=True)
class Page:
    """The rows of one page; `count` is exact up to `most` and one more beyond."""

    rows: Sequence[Base]
    count: int
    state: State
    most: int = MOST_COUNTED

    @property
    def is_capped(self) -> bool:
        """Whether there are more rows than were counted."""
        return self.count > self.most

    @property
    def pages(self) -> int:
        """How many pages there are, as far as counted."""
        return max(1, -(-min(self.count, self.most) // self.state.size))


def read_state(
    args: MultiDict[str, str],
    *,
    filters: dict[str, Filter],
    sortable: Iterable[str],
    columns: Sequence[str],
    sizes: Sequence[int],
    parent: str | None,
    split: tuple[str, str] | None = None,
) -> State:
    """Return the state an address asks for, without what does not exist and within bounds."""
    names = {name for flt in filters.values() for name in flt.names}
    sort = args.get("sort", "")
    wanted = tuple(key for key in args.get("columns", "").split(",") if key in columns)
    size = read_key(args.get("page_size", "")) or sizes[0]
    key = read_key(args.get(parent, "")) if parent else None
    return State(
        search=readable(args.get("search", ""))[:SEARCHED],
        sort=sort if sort.removeprefix("-") in sortable else "",
        page=min(read_key(args.get("page", "")) or 1, LAST_PAGE),
        size=size if size in sizes else sizes[0],
        columns=tuple(dict.fromkeys(wanted)),
        filters=tuple((name, value) for name, value in _readable_items(args) if name in names and value),
        scope=((parent, str(key)),) if parent and key else (),
        split=split,
        default_size=sizes[0],
    )


def _readable_items(args: MultiDict[str, str]) -> Iterator[tuple[str, str]]:
    """Yield names with values, each pair once."""
    yield from dict.fromkeys((name, readable(value)) for name, value in args.items(multi=True))


def readable(text: str) -> str:
    """Return a text without what no database stores: control characters and halves of letters."""
    return "".join(sign for sign in text if sign.isprintable() or sign == " ").strip()


def selection(model: type[Base], state: State, conditions: Sequence[Condition]) -> list[ColumnElement[bool]]:
    """Return the clauses that rows of the list fulfil."""
    clauses = filtered(model, state, conditions)
    found = matching(model, state.search) if state.search else None
    if found is not None:
        return [*clauses, found]
    return clauses if state.scope else [*clauses, *leading(db.session, model)]


def filtered(model: type[Base], state: State, conditions: Sequence[Condition]) -> list[ColumnElement[bool]]:
    """Return the clauses that the address says, but for a search; nothing leads to the rows that may be seen."""
    clauses: list[Any] = [condition.clause for condition in conditions]
    clauses += [leading_to(model, name, int(key)) for name, key in state.scope]
    if state.split:
        name, value = state.split
        clauses.append(getattr(model, name) == describe(model).attributes[name].python_type(value))
    return clauses


def keys_in_order(model: type[Base], clauses: Sequence[Any], sort: str) -> Select[Any]:
    """Return the keys of the list's rows in a total order: what is sorted by, with commas between, then the key."""
    query = select(model.id).where(*clauses)
    for each in sort.split(","):
        query = _ordered(query, model, each)
    return query.order_by(model.id.desc() if each.startswith("-") else model.id.asc())


def _ordered(query: Select[Any], model: type[Base], sort: str) -> Select[Any]:
    name = sort.removeprefix("-")
    attribute = describe(model).attributes[name]
    column: Any = getattr(model, name)
    if attribute.target:
        target: Any = aliased(attribute.target)  # it may be the entity itself
        query = query.outerjoin(column.of_type(target))
        column = getattr(target, describe(attribute.target).title)
    order = column.desc() if sort.startswith("-") else column.asc()
    return query.order_by(order.nulls_last() if attribute.column.nullable else order)


def fetch(model: type[Base], state: State, clauses: Sequence[Any], sort: str, shown: Iterable[str]) -> Page:
    """Return one page: the keys are walked in order, then the rows of the page alone are read with their relations."""
    most = most_counted(model, state)
    count = capped_count(model, clauses, most)
    last = max(1, -(-count // state.size))
    state = replace(state, page=min(state.page, last)) if count <= most else state
    in_order = partial(keys_in_order, model, sort=sort)
    keys = first_keys(db.session, clauses, in_order, state.size, (state.page - 1) * state.size)
    return Page(rows_by_key(model, keys, shown), count, state, most)


def fetch_few(model: type[Base], state: State, clauses: Sequence[Any], sort: str, shown: Iterable[str]) -> Page:
    """Return one page of a short list, such as the children of a record: rows and count in one statement."""
    most = most_counted(model, state)
    some = select(model.id).where(*clauses).limit(most + 1).subquery()
    count = select(func.count()).select_from(some).scalar_subquery()
    query = keys_in_order(model, clauses, sort).with_only_columns(model, count, maintain_column_froms=True)
    query = query.options(*_loads(model, shown)).limit(state.size).offset((state.page - 1) * state.size)
    found = db.session.execute(query).all()
    if not found and state.page > 1:
        return fetch(model, state, clauses, sort, shown)
    return Page([row for row, _ in found], found[0][1] if found else 0, state, most)


def _loads(model: type[Base], shown: Iterable[str]) -> list[Any]:
    """Return how the relations that are shown are read along with their rows."""
    relations = inspect(model).relationships
    return [joinedload(getattr(model, key)) for key in shown if key in relations]


def rows_by_key(model: type[Base], keys: Sequence[int], shown: Iterable[str] = ()) -> list[Base]:
    """Return rows in the order of their keys, with the relations that are shown."""
    if not keys:
        return []
    query = select(model).where(model.id.in_(keys)).options(*_loads(model, shown))
    rows = {row.id: row for row in db.session.scalars(query)}
    return [rows[key] for key in keys if key in rows]


def capped_count(model: type[Base], clauses: Sequence[Any], most: int = MOST_COUNTED) -> int:
    """Count the list's rows, stopping just after `most`."""
    return count_up_to(db.session, model, most, *clauses)


def most_counted(model: type[Base], state: State) -> int:
    """Return up to how many rows are counted: fewer where each is looked at, for a word or for its parent's owner."""
    one_by_one = state.search or (describe(model).parent is not None and is_narrow(db.session, model))
    return MOST_LOOKED_AT if one_by_one else MOST_COUNTED
