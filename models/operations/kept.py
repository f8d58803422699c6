"""Why a row must stay: because of rows that would go with it, and those that point to any of them.

Whoever is refused learns which rows these are as far as they may see them; of the others, how many.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, case, func, literal, select, true, union_all

from models.base import Base
from models.description import describe, title_of
from models.errors import DomainError, DomainErrors
from models.gate import acting_as, actor_of, permitted
from models.i18n import N_
from models.operations.doomed import COUNTING, Doomed, Incoming, climb, incoming_to, pointing, untrue
from models.permissions import Permission, role_names

MOST_NAMED = 5
IN_USE = N_("It is the %(relation)s of %(count)s %(things)s.")
BELOW = N_("It has %(count)s %(things)s below it.")
FORBIDDEN = N_("Your role (%(roles)s) may not delete %(count)s %(things)s that would go with it.")
HELD = N_("%(count)s %(things)s that would go with it must stay, as the %(relation)s of other %(others)s.")
STAYING = N_("%(count)s %(things)s that would go with it must stay.")
NAMED = N_("Here they are: %(titles)s.")
NAMED_IN_PART = N_("Here are some: %(titles)s and %(more)s more.")
UNSEEN = N_("Not yours to see: %(count)s.")


@dataclass(frozen=True)
class Hindrance:
    """Rows that would go with others and must not: those of `rows` that fulfil `which`, and the words for why."""

    rows: Doomed
    which: ColumnElement[bool]
    message: str
    words: Mapping[str, Any] = field(default_factory=dict)
    reasons: Sequence[DomainError] = ()


def kept_back(session: Any, going: Sequence[Doomed]) -> dict[int, DomainError]:
    """Return, by key, why selected rows must stay; no more statements for more rows."""
    found: dict[int, list[DomainError]] = defaultdict(list)
    holding = [(target, incoming) for target, incoming in _refusing(going) if target.follower is None]
    for key, error in _in_use(session, holding, going):
        found[key].append(error)
    for hindrance in _hindrances(session, going):
        for key, errors in _explain(session, hindrance):
            found[key] += errors
    return {key: errors[0] if len(errors) == 1 else DomainErrors(errors) for key, errors in found.items()}


def things(model: type[Base], count: int) -> str:
    """Return what rows of an entity are called within a sentence; parts by the record they belong to."""
    model = _whole(model)
    return (model.__label__ if count == 1 else model.__plural__).lower()


def _whole(model: type[Base]) -> type[Base]:
    parent = describe(model).parent
    return parent.target if parent and parent.target and describe(model).is_part else model


def _refusing(going: Sequence[Doomed]) -> Iterator[tuple[Doomed, Incoming]]:
    """Yield the references that hold on to what they point to, with the rows they would lead to."""
    for target in going:
        yield from ((target, each) for each in incoming_to(target.model) if each.relation.orphans == "refuse")


def _in_use(
    session: Any, holding: Sequence[tuple[Doomed, Incoming]], going: Sequence[Doomed]
) -> Iterator[tuple[int, DomainError]]:
    """Yield the selected rows that others point to, or to what hangs below them: all asked in one statement."""
    queries = [_holders(number, *each, going) for number, each in enumerate(holding)]
    for number, key, count in session.execute(union_all(*queries), execution_options=COUNTING) if queries else ():
        target, incoming = holding[number]
        message = BELOW if target.is_top and incoming.model is target.model else IN_USE
        words = {"count": count, "things": things(incoming.model, count), "relation": incoming.label.lower()}
        yield key, DomainError(message, None, **words)


def _holders(number: int, target: Doomed, incoming: Incoming, going: Sequence[Doomed]) -> Select[Any]:
    """Select, by selected row, how many rows point there."""
    top = climb(target, incoming.column).label("top")
    holders = select(top).where(pointing(incoming, target, going)).subquery()
    return select(literal(number), holders.c.top, func.count()).group_by(holders.c.top)


def _hindrances(session: Any, going: Sequence[Doomed]) -> Iterator[Hindrance]:
    for rows in going:
        if rows.follows:
            yield from _forbidden(session, rows)
        if not (rows.is_top or describe(rows.model).is_part):  # those answer for themselves, parts with their record
            yield from _obstacles(session, rows)
    for target, incoming in _refusing(going):
        follower = target.follower
        if follower is not None:
            held = select(climb(target, incoming.column, follower)).where(pointing(incoming, target, going))
            words = {"relation": incoming.label.lower(), "others": things(incoming.model, 2)}
            yield Hindrance(follower, follower.model.id.in_(held), HELD, words)


def _forbidden(session: Any, rows: Doomed) -> Iterator[Hindrance]:
    """Rows that the actor may not delete; what they do not even see is not theirs to delete."""
    actor = actor_of(session)
    conditions = [permitted(actor, permission, rows.model) for permission in (Permission.DELETE, Permission.VIEW)]
    said = [each for each in conditions if each is not None]
    if said:
        yield Hindrance(rows, untrue(and_(*said)), FORBIDDEN, {"roles": role_names(actor)})


def _obstacles(session: Any, rows: Doomed) -> Iterator[Hindrance]:
    """Rows that refuse by themselves; the first of each reason stands for the others of the same."""
    if rows.model.obstacle is Base.obstacle:
        return
    found: dict[str, tuple[DomainError, list[int]]] = {}
    with acting_as(session, actor_of(session).elevated()):
        for row in session.scalars(select(rows.model).where(rows.which)):
            obstacle = row.obstacle()
            if obstacle is not None:
                found.setdefault(obstacle.message, (obstacle, []))[1].append(row.id)
    for obstacle, keys in found.values():
        yield Hindrance(rows, rows.model.id.in_(keys), STAYING, reasons=[obstacle])


def _explain(session: Any, hindrance: Hindrance) -> Iterator[tuple[int, list[DomainError]]]:
    """Yield the selected rows that stay because of others, with the sentences that say so."""
    rows = hindrance.rows
    seen = permitted(actor_of(session), Permission.VIEW, rows.model)
    visible = true() if seen is None else seen
    marked = case((visible, 1), else_=0).label("seen")
    held = select(rows.top.label("top"), marked).where(rows.which, hindrance.which).subquery()
    query = select(held.c.top, func.count(), func.sum(held.c.seen)).group_by(held.c.top)
    counts = session.execute(query, execution_options=COUNTING).all()
    titles = _titles(session, hindrance, visible) if any(seen for _, _, seen in counts) else {}
    for key, count, seen in counts:
        words = {"count": count, "things": things(rows.model, count), **hindrance.words}
        first = DomainError(hindrance.message, None, **words)
        yield key, [first, *hindrance.reasons, *_names(titles.get(key, []), count, seen)]


def _names(titles: Sequence[str], count: int, seen: int) -> Iterable[DomainError]:
    words = ", ".join(f"“{title}”" for title in titles)
    if titles and seen > len(titles):
        yield DomainError(NAMED_IN_PART, None, titles=words, more=seen - len(titles))
    elif titles:
        yield DomainError(NAMED, None, titles=words)
    if count > seen:
        yield DomainError(UNSEEN, None, count=count - seen)


def _titles(session: Any, hindrance: Hindrance, visible: Any) -> dict[int, list[str]]:
    """Return the first titles that the actor may see, by the selected row: one statement, through the gate."""
    model: Any = hindrance.rows.model
    order = getattr(model, describe(model).title), model.id
    top = hindrance.rows.top
    place = func.row_number().over(partition_by=top, order_by=order).label("place")
    which = hindrance.rows.which, hindrance.which, visible
    ranked = select(model.id.label("key"), top.label("top"), place).where(*which).subquery()
    query = select(model, ranked.c.top).join(ranked, ranked.c.key == model.id).where(ranked.c.place <= MOST_NAMED)
    found: dict[int, list[str]] = defaultdict(list)
    for row, key in session.execute(query.order_by(ranked.c.top, ranked.c.place)):
        found[key].append(title_of(row))
    return found
