"""The rows of a timeline: activities of every entity in one order, read in one statement, a page at a time."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

from sqlalchemy import Integer, Select, and_, func, inspect, literal, or_, select, union_all
from sqlalchemy.orm import joinedload
from sqlalchemy.orm.attributes import set_committed_value

from admin_views.controls import read_key
from admin_views.lists.filter_values import day_of, moment_of
from models.activity import leading, told_on
from models.base import Base, db
from models.description import describe

SIZE = 20
MOST_PENDING = 20
STAMP = "%Y%m%dT%H%M%S%f"


@dataclass(frozen=True)
class Cursor:
    """Where in its order a page of a timeline begins: after this entry."""

    at: datetime
    entity: str
    key: int

    def __str__(self) -> str:
        return f"{self.at.astimezone(UTC).strftime(STAMP)}-{self.entity}-{self.key}"

    @classmethod
    def read(cls, text: str) -> Cursor | None:
        """Return the cursor that an address says, if it makes sense."""
        stamp, _, rest = text.partition("-")
        entity, _, key = rest.rpartition("-")
        number = read_key(key)
        try:
            at = datetime.strptime(stamp, STAMP).replace(tzinfo=UTC)
        except ValueError:
            return None
        return cls(at, entity, number) if number else None


@dataclass(frozen=True)
class Wanted:
    """What of a timeline is shown; everything is in the address."""

    of: str = ""
    start: date | None = None
    end: date | None = None
    before: Cursor | None = None

    @classmethod
    def read(cls, args: Any, known: Sequence[str]) -> Wanted:
        """Return what an address asks for, without what does not exist."""
        of = args.get("of", "")
        start, end = day_of(args.get("from", "")), day_of(args.get("to", ""))
        return cls(of if of in known else "", start, end, Cursor.read(args.get("before", "")))

    def pairs(self, **changes: Any) -> dict[str, str]:
        """Return the arguments of the same timeline with something changed; any change goes back to the newest."""
        new = replace(self, **({"before": None} | changes))
        said = {"of": new.of, "from": new.start, "to": new.end, "before": new.before}
        return {name: str(value) for name, value in said.items() if value}


@dataclass(frozen=True)
class Found:
    """A page of a timeline, and what stands above it; `more` says whether there is anything older."""

    pending: Sequence[Any]
    rows: Sequence[Any]
    more: bool


def fetch(host: Base, models: Sequence[Any], wanted: Wanted) -> Found:
    """Return the entries of a record: all branches go through the read gate, which adds what the actor may see."""
    chosen = [model for model in models if wanted.of in ("", model.__tablename__)]
    if not chosen:
        return Found((), (), False)
    parent: Any = describe(chosen[0]).parent
    rows = []
    for rank, whole, *others in db.session.execute(_query(host, chosen, wanted)):
        row = next(each for each in others if each is not None)
        set_committed_value(row, parent.key, whole)  # which nothing else keeps in memory
        rows.append((rank, row))
    pending = [row for rank, row in rows if rank == 0]
    others = [row for rank, row in rows if rank == 1]
    return Found(pending, others[:SIZE], len(others) > SIZE)


def _query(host: Base, models: Sequence[Any], wanted: Wanted) -> Select[Any]:
    """Select the keys in their order, then every entity's rows beside theirs, with what they point to."""
    told = told_on(type(host))
    branches = [_branch(model, told[model], host, wanted) for model in models]
    together = union_all(*(select(each.subquery()) for each in branches)).subquery()
    newest = select(together).order_by(*_order(together.c)).limit(SIZE + 1)
    above = [] if wanted.before else [_pending(each, told[each], host, wanted) for each in models if each.pending()]
    keys = union_all(*(select(each.subquery()) for each in (newest, *above))).subquery()
    parent: Any = describe(models[0]).parent
    query = select(keys.c.rank, parent.target, *models).outerjoin(parent.target, parent.target.id == keys.c.parent)
    for model in models:
        query = query.outerjoin(model, and_(keys.c.entity == model.__tablename__, model.id == keys.c.key))
        query = query.options(*_loads(model, parent.key))
    return query.order_by(keys.c.rank, keys.c.place, *_order(keys.c))


def _order(columns: Any) -> tuple[Any, ...]:
    return columns.at.desc(), columns.entity.desc(), columns.key.desc()


def _columns(model: Any, rank: int, place: Any) -> tuple[Any, ...]:
    parent: Any = describe(model).parent
    own = (literal(model.__tablename__).label("entity"), model.id.label("key"), model.at.label("at"))
    return (
        literal(rank, Integer).label("rank"),
        place.label("place"),
        *own,
        getattr(model, parent.column.key).label("parent"),
    )


def _branch(model: Any, path: str, host: Base, wanted: Wanted) -> Select[Any]:
    """Select what is over of one entity, as far as a page reaches."""
    pending = model.pending()
    clauses = [*_dates(model, wanted), *([~pending[0]] if pending else []), *_after(model, wanted.before)]
    query = select(*_columns(model, 1, literal(0, Integer))).where(leading(model, path, host.id), *clauses)
    return query.order_by(model.at.desc(), model.id.desc()).limit(SIZE + 1)


def _pending(model: Any, path: str, host: Base, wanted: Wanted) -> Select[Any]:
    """Select what of one entity is still to be done, in its own order."""
    clause, order = model.pending()
    place = func.row_number().over(order_by=order)
    query = select(*_columns(model, 0, place)).where(leading(model, path, host.id), clause, *_dates(model, wanted))
    return query.order_by(*order).limit(MOST_PENDING + 1)


def _dates(model: Any, wanted: Wanted) -> Iterator[Any]:
    """Whole days of the reader, both ends included."""
    if wanted.start:
        yield model.at >= moment_of(wanted.start)
    if wanted.end:
        yield model.at < moment_of(wanted.end + timedelta(days=1))


def _after(model: Any, cursor: Cursor | None) -> Iterator[Any]:
    """What comes after an entry: of one moment, the entities and then the keys tell."""
    if cursor is None:
        return
    name = model.__tablename__
    yield model.at <= cursor.at if name <= cursor.entity else model.at < cursor.at
    if name == cursor.entity:
        yield or_(model.at < cursor.at, model.id < cursor.key)


def _loads(model: Any, parent: str) -> list[Any]:
    """Return how what entries point to is read along; the parent is, once for all entities."""
    relations = [each.key for each in inspect(model).relationships if each.direction.name == "MANYTOONE"]
    return [joinedload(getattr(model, key)) for key in relations if key != parent]
