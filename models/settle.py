"""The last look at rows before they are written: complete them, derive what follows, check them whole."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator
from typing import Any

from sqlalchemy import inspect, select, true
from sqlalchemy.orm import Session, UOWTransaction

from models.base import Base
from models.checking import check, is_reassigned, points, settle_dependents
from models.description import Attribute, describe
from models.errors import DomainError, DomainErrors
from models.gate import actor_of, ungated, written
from models.i18n import N_
from models.permissions import Permission
from models.related import LARGEST_KEY, coming_key, find_all, load_parts, related, relation_set
from models.relations import Reference

OFFERING = ungated("whether a row can be chosen is asked of one that the actor has named already")
NOT_OFFERED = N_("This %(thing)s can no longer be chosen.")


def complete_rows(session: Session, context: UOWTransaction, instances: Any) -> None:
    """Let keys and relations agree and fill in what the declaration says, so that the gate sees what is meant."""
    _delete_orphans(session)
    _fill(session)
    _agree(session)


def settle_rows(session: Session, context: UOWTransaction, instances: Any) -> None:
    """Check every new or changed row, and the records whose parts changed; raise all that is wrong at once."""
    errors = list(_obstacles(session))
    done: dict[Base, None] = {}
    while rows := [row for row in dict.fromkeys(_to_settle(session)) if row not in done]:
        done |= dict.fromkeys(rows)
        _load_parts(rows)
        errors += _not_offered(session, rows)
        for row in rows:
            errors += [_about(row, error) for error in check(row)]
            if inspect(row).persistent:
                settle_dependents(row)
    if errors:
        raise DomainErrors(errors)
    for row in done:
        if inspect(row).persistent:
            row.version += 1


def _delete_orphans(session: Session) -> None:
    """Delete in so many words what was taken out of its parent's list, and take out of it what is deleted."""
    for row, parent in _children(session.dirty):
        unchanged = not inspect(row).attrs[parent.column.key].history.has_changes()
        if relation_set(row, parent.key) and getattr(row, parent.key) is None and unchanged:
            session.delete(row)
    deleted = session.deleted
    for row, parent in _children(deleted):
        above = related(row, parent.key) if describe(type(row)).is_part else None
        if above is not None and above not in deleted:
            _take_out(row, above)


def _take_out(row: Base, above: Base) -> None:
    key = next(child.key for child in describe(type(above)).children if child.model is type(row))
    collection = getattr(above, key)
    if row in collection:
        collection.remove(row)


def _children(rows: Iterable[object]) -> list[tuple[Base, Attribute]]:
    found = [(row, describe(type(row)).parent) for row in rows if isinstance(row, Base)]
    return [(row, parent) for row, parent in found if parent is not None]


def _fill(session: Session) -> None:
    """Fill empty references of new rows with the creator or the default row; a creator that was emptied is meant so."""
    defaults: dict[type[Base], Base | None] = {}
    for row, each, relation in _references(row for row in session.new if isinstance(row, Base)):
        if points(row, each.key):
            continue
        if relation.sole and each.target:
            setattr(row, each.key, _only(session, each.target, type(row)))
        if relation.creator and not {each.key, each.column.key} & set(inspect(row).dict):
            setattr(row, each.column.key, actor_of(session).user_id)
        if relation.orphans == "default" and each.target:
            if each.target not in defaults:
                defaults[each.target] = _default(session, each.target)
            setattr(row, each.key, defaults[each.target])


def _references(rows: Iterable[Base]) -> Iterator[tuple[Base, Attribute, Reference]]:
    for row in rows:
        for each in describe(type(row)).attributes.values():
            if isinstance(each.relation, Reference):
                yield row, each, each.relation


def _default(session: Session, target: Any) -> Base | None:
    return session.scalar(select(target).where(target.is_default == true()))


def _only(session: Session, target: Any, to: type[Base]) -> Base | None:
    """Return the only row that can be chosen, if there is just one."""
    offered = target.offered(to)
    query = select(target).limit(2)
    found = session.scalars(query if offered is None else query.where(offered)).all()
    return found[0] if len(found) == 1 else None


def _agree(session: Session) -> None:
    """Let the key follow an emptied reference, and every relation its assigned key: one statement for each entity."""
    assigned: list[tuple[Base, Attribute]] = []
    for permission, row in written(session):
        for each in describe(type(row)).attributes.values() if permission is not Permission.DELETE else ():
            if each.target and relation_set(row, each.key):
                _empty(row, each)
            elif each.target and inspect(row).attrs[each.column.key].history.has_changes():
                assigned.append((row, each))
    wanted: dict[type[Base], set[int]] = defaultdict(set)
    for row, each in assigned:
        wanted[each.target].add(getattr(row, each.column.key))  # type: ignore[index]
    found = {target: find_all(session, target, keys) for target, keys in wanted.items()}
    for row, each in assigned:
        _point(row, each, found[each.target])  # type: ignore[index]


def _empty(row: Base, reference: Attribute) -> None:
    if inspect(row).persistent and not reference.is_parent and getattr(row, reference.key) is None:
        setattr(row, reference.column.key, None)


def _point(row: Base, relation: Attribute, found: dict[int, Base]) -> None:
    key = getattr(row, relation.column.key)
    if key in found:
        setattr(row, relation.key, found[key])
    elif key is None and not relation.is_parent and getattr(row, relation.key) is not None:
        setattr(row, relation.key, None)


def _obstacles(session: Session) -> Iterator[DomainError]:
    for row in session.deleted:
        obstacle = row.obstacle() if isinstance(row, Base) else None
        if obstacle:
            yield _about(row, obstacle)


def _not_offered(session: Session, rows: Iterable[Base]) -> Iterator[DomainError]:
    """Refuse what can no longer be chosen, such as an inactive channel; what was chosen before stays, or comes back."""
    if "undo_of" in session.info:
        return
    chosen: dict[tuple[Any, type[Base]], list[tuple[Base, Attribute]]] = defaultdict(list)
    for row in rows:
        for each in describe(type(row)).attributes.values():
            if _is_choice(row, each) and is_reassigned(row, each.key) and not row.took_over(each.key):
                chosen[each.target, type(row)].append((row, each))
    for (target, model), pairs in chosen.items():
        offered: Any = target.offered(model)
        wanted = {key for row, each in pairs if (key := coming_key(row, each.key)) is not None}
        query = select(target.id).where(target.id.in_({key for key in wanted if 0 < key <= LARGEST_KEY}), offered)
        there = set(session.scalars(query, execution_options=OFFERING)) if wanted else set()
        for row, each in pairs:
            if coming_key(row, each.key) in wanted - there and related(row, each.key) is not None:
                yield _about(row, DomainError(NOT_OFFERED, each.key, thing=each.label.lower()))


def _is_choice(row: Base, relation: Attribute) -> bool:
    """Whether a relation leads to rows of which some can be chosen and others not."""
    if relation.target is None or relation.is_parent or relation.facts.fixed:
        return False
    return relation.target.offered(type(row)) is not None


def _to_settle(session: Session) -> Iterator[Base]:
    """Yield the rows to be written, and the records that they are part of."""
    deleted = session.deleted
    for permission, row in written(session):
        if permission is not Permission.DELETE:
            yield row
        parent = describe(type(row)).parent if describe(type(row)).is_part else None
        whole = related(row, parent.key) if parent else None
        if whole is not None and whole not in deleted:
            yield whole


def _load_parts(rows: Collection[Base]) -> None:
    """Load the parts of several records together: rules look at them."""
    stored: dict[type[Base], list[Base]] = defaultdict(list)
    for row in rows:
        if inspect(row).persistent and any(part.key in inspect(row).unloaded for part in describe(type(row)).parts):
            stored[type(row)].append(row)
    for model, some in stored.items():
        if len(some) > 1:
            load_parts(inspect(some[0]).session, model, some)


def _about(row: object, error: DomainError) -> DomainError:
    for single in error.errors:
        single.subject = single.subject or row
    return error
