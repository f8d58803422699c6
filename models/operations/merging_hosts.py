"""What merged rows belong to: of what was made for one of them alone, nothing is left, and it is joined as well."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from models.base import Base
from models.description import Attribute, describe, title_of
from models.gate import actor_of
from models.operations.merging_counts import counts_below
from models.permissions import Permission, decide
from models.related import find_all
from models.relations import Reference

Hosts = dict[str, list[Base]]  # by the relation that leads there


def hosting(model: type[Base]) -> list[Attribute]:
    """Return the relations to what a row belongs to so much that it is deleted with it."""
    known = describe(model).attributes.values()
    return [each for each in known if isinstance(each.relation, Reference) and each.relation.orphans == "delete"]


def hosts_left(session: Any, rows: Sequence[Base]) -> Hosts:
    """Return what rows belong to that has nothing else, says nothing of its own, and is the actor's to delete."""
    return {each.key: list(_left(session, each, rows)) for each in hosting(type(rows[0]))}


def hosts_of(session: Any, attribute: Attribute, rows: Sequence[Base]) -> list[Base]:
    """Return what rows belong to, as far as the actor sees it."""
    target: Any = attribute.target
    return list(find_all(session, target, {getattr(row, attribute.column.key) for row in rows}).values())


def _left(session: Any, attribute: Attribute, rows: Sequence[Base]) -> Iterator[Base]:
    hosts = hosts_of(session, attribute, rows)
    if len(hosts) < 2:
        return
    counts = counts_below(session, hosts)
    for host in hosts:
        mine = [row for row in rows if getattr(row, attribute.column.key) == host.id]
        is_alone = sum(count[host.id] for count in counts.values()) == len(mine)
        is_made_for = title_of(host) in map(title_of, mine) and not any(_own_words(host))
        if is_alone and is_made_for and decide(actor_of(session), Permission.DELETE, type(host), host):
            yield host


def _own_words(host: Base) -> Iterator[Any]:
    """Yield the values that somebody may have given to a row, but for its title and whose it is."""
    description = describe(type(host))
    for each in description.shown:
        kept = each.facts.fixed or each.facts.lasting or each.target or each.key == description.title
        if not kept:
            yield getattr(host, each.column.key)
