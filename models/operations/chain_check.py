"""Walking the chain over the history: whether every seal still fits what it was made for."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, Engine, func, select

from models.chain import START, digest_of_seal
from models.engine import transactions
from models.errors import DomainError
from models.i18n import N_
from models.operations.chaining import SEALS, unsealed
from models.sealed import SETS, Entry, entries

BATCH = 500  # seals that are looked at together
LATE = timedelta(hours=1)  # no transaction goes on for longer
GONE_SEALS = N_("Seals %(first)s to %(last)s are missing: what they sealed may have been removed.")
UNREADABLE_SEALS = N_("The seals after %(last)s cannot be read any more.")
UNREADABLE_TAIL = N_("What is not sealed yet cannot be read any more.")
UNREADABLE = N_("Change-set %(key)s cannot be read any more, which was sealed on %(sealed)s.")
GONE = N_("Change-set %(key)s is missing, which was sealed on %(sealed)s.")
MORE = N_("%(what)s has %(count)s more changes than when it was sealed.")
FEWER = N_("%(what)s has %(count)s fewer changes than when it was sealed.")
ALTERED = N_("%(what)s is not what it was when it was sealed.")
FORGED = N_("%(what)s was altered after something in it had been erased.")
REWRITTEN = N_("The seal of %(what)s was rewritten, or one before it.")
LATECOMER = N_("%(what)s was put in later: it was not there on %(sealed)s, when a later one was sealed.")
CUT = N_("No seal has the digest %(digest)s: the chain was cut off before it, or rewritten.")


@dataclass
class Walk:
    """What was found on the way along the chain.

    `broken` says in order what is not as it was sealed; `unsealed` is the number of change-sets that are not sealed yet
    and `oldest` when the first of them began. `newest` is the highest key of a change-set that is sealed.
    """

    sealed: int = 0
    digest: str = START
    sealed_at: datetime | None = None
    erased: int = 0
    unsealed: int = 0
    oldest: datetime | None = None
    broken: list[DomainError] = field(default_factory=list)
    unreadable: set[int] = field(default_factory=set)
    kept: Any = None
    newest: int = 0


def verify(engine: Engine, kept: str | None = None) -> Walk:
    """Walk along the whole chain as it is at one moment; with a digest that was kept, make sure that it is part of it.

    It changes nothing, and holds up nobody.
    """
    walk = Walk()
    with transactions("read"), engine.connect() as connection:
        if engine.dialect.name == "postgresql":
            connection.execution_options(isolation_level="REPEATABLE READ")
        with connection.begin():
            try:
                for seals in _seals(connection):
                    _look_at(walk, seals, _read(walk, connection, [seal["change_set_id"] for seal in seals]), kept)
            except ValueError:
                walk.broken.append(DomainError(UNREADABLE_SEALS, None, last=walk.sealed))
            try:
                _look_at_tail(connection, walk)
            except ValueError:
                walk.broken.append(DomainError(UNREADABLE_TAIL))
    if kept is not None and walk.kept is None:
        walk.broken.append(DomainError(CUT, None, digest=kept))
    return walk


def _seals(connection: Connection) -> Iterator[Sequence[Any]]:
    last = 0
    while True:
        query = select(SEALS).where(SEALS.c.number > last).order_by(SEALS.c.number).limit(BATCH)
        seals = connection.execute(query).mappings().all()
        if not seals:
            return
        last = seals[-1]["number"]
        yield seals


def _read(walk: Walk, connection: Connection, keys: Sequence[int]) -> dict[int, Entry]:
    """Return change-sets by key, without those that hold what this program cannot have written."""
    try:
        return entries(connection, keys)
    except ValueError:
        if len(keys) == 1:
            walk.unreadable |= {*keys}
            return {}
        return {found: entry for key in keys for found, entry in _read(walk, connection, [key]).items()}


def _look_at(walk: Walk, seals: Sequence[Any], found: Mapping[int, Entry], kept: str | None) -> None:
    for seal in seals:
        entry = found.get(seal["change_set_id"])
        walk.broken += _broken(walk, seal, entry)
        # As it stands it is what the next one follows, so that one fault is not told of all after it.
        walk.sealed, walk.digest, walk.sealed_at = seal["number"], seal["digest"], seal["sealed_at"]
        walk.newest = max(walk.newest, seal["change_set_id"])
        walk.erased += len(entry.erased) if entry else 0
        walk.kept = seal if seal["digest"] == kept else walk.kept


def _broken(walk: Walk, seal: Any, entry: Entry | None) -> Iterator[DomainError]:
    """Yield what is not as it was sealed: missing seals, then of the other faults the worst alone."""
    what, sealed = _called(entry), _said(seal["sealed_at"])
    if seal["number"] != walk.sealed + 1:
        yield DomainError(GONE_SEALS, None, first=walk.sealed + 1, last=seal["number"] - 1)
    if entry is None:
        reason = UNREADABLE if seal["change_set_id"] in walk.unreadable else GONE
        yield DomainError(reason, None, key=seal["change_set_id"], sealed=sealed)
    elif fault := _fault(seal, entry):
        message, count = fault
        yield DomainError(message, None, what=what, count=count)
    elif seal["digest"] != digest_of_seal(walk.digest, seal):
        yield DomainError(REWRITTEN, None, what=what)
    elif _is_late(walk, entry):
        yield DomainError(LATECOMER, None, what=what, sealed=_said(walk.sealed_at))


def _fault(seal: Any, entry: Entry) -> tuple[str, int] | None:
    """Return in what a change-set differs from what was sealed, and how many changes are more or fewer."""
    more = len(entry.changes) - seal["changes"]
    if more:
        return (MORE if more > 0 else FEWER), abs(more)
    if entry.content != seal["content"]:
        return ALTERED, 0
    return (FORGED, 0) if entry.forged else None


def _is_late(walk: Walk, entry: Entry) -> bool:
    """Whether a change-set with a lower key than a sealed one came long after it: no writer takes so long."""
    return entry.key < walk.newest and walk.sealed_at is not None and walk.sealed_at - entry.at > LATE


def _look_at_tail(connection: Connection, walk: Walk) -> None:
    columns = func.count(), func.min(SETS.c.at)
    walk.unsealed, walk.oldest = connection.execute(select(*columns).where(unsealed())).one()
    late = select(SETS.c.id).where(unsealed(), SETS.c.id < walk.newest).order_by(SETS.c.id).limit(BATCH)
    for entry in _read(walk, connection, connection.scalars(late).all()).values():
        if _is_late(walk, entry):
            walk.broken.append(DomainError(LATECOMER, None, what=_called(entry), sealed=_said(walk.sealed_at)))


def _called(entry: Entry | None) -> str:
    """Return what a change-set is called: its key, who made it and when, as it says now."""
    return f"Change-set {entry.key} ({entry.header['actor_name']}, {_said(entry.at)})" if entry else ""


def _said(moment: datetime | None) -> str:
    return f"{moment:%Y-%m-%d %H:%M} UTC" if moment else ""
