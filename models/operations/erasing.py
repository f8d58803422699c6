"""Anonymising a record: what tells of people goes, from its history too; what the law lays down stays as it is.

Which values these are the declarations say. What hangs below the record is emptied with it, or goes where it cannot be
without such a value; a record that it belongs to is emptied too, once nobody else belongs to that one.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import inspect, select

from models.base import Base
from models.checking import needed_now
from models.description import Attribute, describe, title_of
from models.errors import Refused
from models.gate import acting_as, actor_of
from models.history import ERASE, READING, Change
from models.i18n import N_
from models.kinds import LONG_TEXT, TITLE
from models.operations.deletion import delete_rows
from models.operations.doomed import COUNTING, doomed, incoming_to
from models.operations.forgetting import forget
from models.operations.races import faster_ones
from models.permissions import Permission, decide
from models.related import find, lock
from models.relations import Reference

REMOVED = "(removed)"
CALLED = "Anonymised {thing} #{key}"
CHANGED = N_("“%(title)s”, or what belongs to it, was changed at the same moment. Look at it and try again.")


@dataclass
class Erasure:
    """What anonymising a record does.

    The `heads` are the record itself, then those it belongs to alone; `emptied` are the rows below that stay without
    what tells of people, `gone` those that cannot. Rows that are `settled` keep what nobody may change any more. What
    belongs to others as well is `shared`, and stays as it is. Once it is done, `files` are what was told of and may be
    removed after the commit.
    """

    heads: list[Base]
    emptied: list[Base] = field(default_factory=list)
    gone: list[Base] = field(default_factory=list)
    settled: list[Base] = field(default_factory=list)
    shared: list[Base] = field(default_factory=list)
    files: set[str] = field(default_factory=set)

    @property
    def is_person(self) -> bool:
        """Whether the record stands for a person, as then does what it belongs to alone."""
        return self.heads[0].is_person()

    def keys_of(self, row: Base) -> list[str]:
        """Return the attributes of a row whose values are erased."""
        attributes = describe(type(row)).attributes
        return [key for key in self.told(row) if row.settled(key) is None and not _is_listed(row, attributes[key])]

    def told(self, row: Base) -> list[str]:
        """Return the attributes of a row whose values tell of people, erased or not."""
        person = self.is_person if row in self.heads else row.is_person()
        return [each.key for each in told_of_people(type(row), person=person)]

    def past(self) -> dict[Base, list[str]]:
        """Return the rows whose past is erased, with its attributes; a head may have stood for a person once."""
        below = {row: self.told(row) for row in (*self.emptied, *self.settled)}
        return below | {row: [each.key for each in told_of_people(type(row), person=True)] for row in self.heads}


def told_of_people(model: type[Base], *, person: bool) -> Iterator[Attribute]:
    """Yield what tells of people in rows of an entity, or in those that stand for a person."""
    description = describe(model)
    for each in description.attributes.values():
        if each.personal or (person and (each.facts.private or each.key == description.title)):
            yield each


def plan(session: Any, row: Base) -> Erasure:
    """Return what anonymising a record would do, whoever asks; a statement for each entity below it."""
    found = Erasure([row])
    with acting_as(session, actor_of(session).elevated()):
        for host in _hosts(session, row):
            (found.shared if _has_others(session, host, row) else found.heads).append(host)
        for each in doomed(type(row), [row.id])[1:]:
            for below in session.scalars(select(each.model).where(each.which).order_by(each.model.id)):
                _place(found, below)
    return found


def _place(found: Erasure, row: Base) -> None:
    """Say what becomes of a row below the record."""
    keys, told = found.keys_of(row), found.told(row)
    if _cannot_stay(found, row):
        found.gone.append(row)
    elif keys and row not in found.emptied:
        found.emptied.append(row)
    if any(row.settled(key) is not None for key in told):
        found.settled.append(row)


def anonymise(session: Any, row: Base) -> Erasure:
    """Erase what tells of people in a record and below it, in its history and among what was deleted there.

    It cannot be undone. The caller commits, or rolls back after Refused, Conflict, or what a row objects to.
    """
    decision = decide(actor_of(session), Permission.DELETE, type(row), row)
    if not decision:
        raise Refused(decision.reason, **decision.params)
    with faster_ones(CHANGED, title=title_of(row)):
        lock(session, type(row), [row])
        session.flush()
        found = plan(session, row)
        with acting_as(session, actor_of(session).elevated()):
            _erase(session, found)
            found.files |= forget(session, found.heads, found.past(), found.gone)
    return found


def _erase(session: Any, erasure: Erasure) -> None:
    for head in erasure.heads:
        for each in describe(type(head)).attributes.values():
            if each.facts.anonymous is not None:
                setattr(head, each.key, each.facts.anonymous)
    for row in (*erasure.heads, *erasure.emptied):
        for key in erasure.keys_of(row):
            _empty(row, describe(type(row)).attributes[key], is_head=row in erasure.heads)
    by_type: dict[type[Base], list[Base]] = {}
    for row in erasure.gone:
        by_type.setdefault(type(row), []).append(row)
    for rows in by_type.values():
        delete_rows(session, [row for row in rows if not inspect(row).deleted])
    session.flush()


def _empty(row: Base, attribute: Attribute, *, is_head: bool) -> None:
    """Take a value away; where there must be one, put a neutral word in its place."""
    if is_head and attribute.key == describe(type(row)).title:
        setattr(row, attribute.key, CALLED.format(thing=row.__label__.lower(), key=row.id))
    elif attribute.required or needed_now(row, attribute):
        setattr(row, attribute.key, REMOVED)
    elif getattr(row, attribute.key) is not None:
        setattr(row, attribute.key, None)


def _is_listed(row: Base, attribute: Attribute) -> bool:
    """Whether the country that a value belongs to asks for one from its list: whole provinces tell of nobody."""
    country = getattr(row, attribute.facts.country or "", None)
    kind = attribute.kind
    return bool(country and kind and kind.required_in and kind.required_in(country))


def _cannot_stay(erasure: Erasure, row: Base) -> bool:
    """Whether nothing is left of a row without what is erased, as of an address; a text leaves a word in its place."""
    attributes = describe(type(row)).attributes
    needed = (attributes[key] for key in erasure.keys_of(row))
    return any(each.required and each.kind not in (LONG_TEXT, TITLE) for each in needed)


def _hosts(session: Any, row: Base) -> Iterator[Base]:
    """Yield the records with which this one would be deleted: it belongs to them."""
    for each in describe(type(row)).attributes.values():
        if each.target and isinstance(each.relation, Reference) and each.relation.orphans == "delete":
            host = find(session, each.target, getattr(row, each.column.key))
            if host is not None:
                yield host


def _has_others(session: Any, host: Base, row: Base) -> bool:
    """Whether others belong to a record who are not anonymous."""
    for each in incoming_to(type(host)):
        if each.relation.orphans == "delete":
            anonymous = select(Change.row_id).where(Change.entity == each.model.__tablename__, Change.action == ERASE)
            others = select(each.model.id).where(each.column == host.id, each.model.id.not_in(anonymous))
            keys = session.scalars(others, execution_options=COUNTING | READING).all()
            if any((each.model, key) != (type(row), row.id) for key in keys):
                return True
    return False
