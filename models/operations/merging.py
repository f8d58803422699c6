"""Merging rows of one entity: one of them stays and takes over what the others have; then the others go.

All of it is one change-set, so that undo brings every row back as it was.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import inspect, select

from models.base import Base
from models.description import describe, title_of
from models.errors import Conflict, DomainError, Refused
from models.gate import acting_as, actor_of
from models.history import put_secrets_aside
from models.i18n import N_
from models.merged import MergedRow
from models.moving import moving
from models.operations.deletion import delete_rows
from models.operations.merging_hosts import Hosts, hosting, hosts_left, hosts_of
from models.operations.merging_moves import Gathering
from models.operations.merging_values import Picked, chosen_rows
from models.operations.races import faster_ones
from models.operations.restoring import unique_values_freed
from models.permissions import Permission, decide
from models.related import lock, related

FEWEST, MOST = 2, 5
HOW_MANY = N_("Choose two to five %(things)s to merge.")
CHANGED = N_("“%(title)s” was changed since this page was opened. Look at it again before you merge.")
GONE = N_("“%(title)s” is not there any more, or is not yours to see.")
FASTER = N_("“%(title)s”, or what belongs to it, was changed at the same moment. Look at it and merge again.")


def merge(
    session: Any,
    rows: Sequence[Base],
    master: Base,
    values: Mapping[str, int],
    versions: Mapping[int, int] | None = None,
) -> None:
    """Let rows of one entity come together in one of them, the master; the caller commits, or rolls back.

    `values` names by attribute the row whose value is taken; where it says nothing, the master's stays, or the first
    one there is. `versions` are those of the rows as they were looked at. Raises Conflict if a row has moved on since,
    Refused where the actor may not write one of them, DomainErrors for what the master would then have wrong.
    """
    refuse_number(rows)
    with faster_ones(FASTER, title=title_of(master)):
        _read_anew(session, rows, versions or {})
        demand(session, rows, master)
        left = _hosts_left(session, rows)
        _merge(session, [row for row in rows if row is not master], master, values)
        _join_hosts(session, master, left)


def refuse_number(rows: Sequence[Base]) -> None:
    """Raise DomainError unless this many rows can be merged."""
    if not FEWEST <= len(set(rows)) <= MOST:
        raise DomainError(HOW_MANY, None, things=type(rows[0]).__plural__.lower() if rows else "")


def demand(session: Any, rows: Sequence[Base], master: Base) -> None:
    """Raise Refused unless the actor may edit all of the rows, and delete those that go."""
    for row in rows:
        for permission in (Permission.EDIT, *(() if row is master else (Permission.DELETE,))):
            decision = decide(actor_of(session), permission, type(row), row)
            if not decision:
                raise Refused(decision.reason, None, **decision.params)


def _read_anew(session: Any, rows: Sequence[Base], versions: Mapping[int, int]) -> None:
    """Lock the rows and read them as they are by then; Conflict if one has changed, or is gone."""
    model, known = type(rows[0]), {row.id: title_of(row) for row in rows}
    session.flush()
    lock(session, model, rows)
    for row in rows:
        session.expire(row)
    found = {row.id: row for row in session.scalars(select(model).where(model.id.in_(known)))}
    for key, title in known.items():
        if key not in found:
            raise Conflict(GONE, title=title)
        if found[key].version != versions.get(key, found[key].version):
            raise Conflict(CHANGED, title=title)


def _merge(session: Any, others: Sequence[Base], master: Base, values: Mapping[str, int]) -> None:
    picked, version = chosen_rows(actor_of(session), [master, *others], values), master.version
    gathering = Gathering(session, master, others)
    gathering.keep_readings(picked)
    with moving(session, gathering.moves):
        with acting_as(session, actor_of(session).elevated()):
            gathering.lead_references()
            session.flush()
            gathering.read_children()
        gathering.move_children()
        gathering.join_parts(picked)
        if any(each.attribute.secret and not each.is_had_by(master) for each in picked):
            put_secrets_aside(session, master)
        with unique_values_freed(session, [], others):
            _take(session, master, picked)
    for row in others:
        session.expire(row, [child.key for child in describe(type(row)).children])
    delete_rows(session, others)
    if master.version == version:
        master.version += 1  # whoever has it open is to notice, though none of its values has changed
    _note(session, others, master)


def _hosts_left(session: Any, rows: Sequence[Base]) -> Hosts:
    """Return what rows belong to that may be left with nothing; nobody adds to it meanwhile."""
    for each in hosting(type(rows[0])):
        if hosts := hosts_of(session, each, rows):
            lock(session, type(hosts[0]), hosts)
    return hosts_left(session, rows)


def _join_hosts(session: Any, master: Base, left: Hosts) -> None:
    """Merge what is left with nothing into what the master belongs to, where the actor may edit that."""
    for key, hosts in left.items():
        host = related(master, key)
        others = [each for each in hosts if each is not host]
        if host is not None and others and decide(actor_of(session), Permission.EDIT, type(host), host):
            _merge(session, others, host, {})


def _take(session: Any, master: Base, picked: Sequence[Picked]) -> None:
    """Write the values that were picked; what follows from others is written again if it was meant to differ."""
    for each in picked:
        each.give(master)
    session.flush()
    again = [each for each in picked if each.attribute.facts.derived and not each.is_had_by(master)]
    for each in again:
        each.give(master)
    if again:
        session.flush()


def _note(session: Any, others: Sequence[Base], master: Base) -> None:
    went = {"change_set_id": session.info["change_set"], "entity": master.__tablename__, "into_id": master.id}
    session.add_all(MergedRow(**went, row_id=key) for key in map(_key_of, others))
    session.flush()


def _key_of(row: Base) -> int:
    return int(inspect(row).identity[0])  # type: ignore[index]
