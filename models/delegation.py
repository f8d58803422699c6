"""The rule that rights are not widened from below: nobody gives more than they have, nor touches who has more.

It guards what rights are made of: roles with their grants and fields, who has which, and who belongs to which unit. It
compares what is there before a flush, and what came of it after, so that it holds whatever rows were written and by
whatever way; the caller rolls back.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any, cast

from sqlalchemy import inspect, select
from sqlalchemy.orm import Session, UOWTransaction

from models.actors import actor_for, rights_of
from models.base import Base
from models.description import describe
from models.errors import DomainErrors, Refused
from models.excess import EVERYTHING, excess, gains_beyond, is_bounded, reaches_beyond
from models.gate import actor_of, ungated, written
from models.i18n import N_
from models.permissions import Actor
from models.related import coming_key, related, stored_key
from models.rights import EVERY_OTHER
from models.role import Role, RoleField, RoleGrant
from models.unit import BusinessUnit
from models.user import User, UserRole, UserUnit

ROLE_ABOVE_ME = N_("“%(name)s” has rights that you do not have, so only an administrator may change this role.")
ABOVE_ME = N_("“%(name)s” has rights that you do not have, so only an administrator may change this account.")
BEYOND_MINE = N_("“%(name)s” would reach more than you do yourself. Ask an administrator.")
WIDER_FOR_ME = N_("This would widen what you reach yourself. Ask an administrator.")
MYSELF = N_("Nobody changes their own roles, business units or activity. Ask an administrator.")
STRUCTURE = N_("Moving a business unit moves what people reach. Ask an administrator.")
LOOKING = ungated("whether somebody's rights are widened is asked of everybody; who they are is not told")
PARTS_OF_ROLES, MEMBERSHIPS = (RoleGrant, RoleField), (UserRole, UserUnit)
TELLING: dict[type[Base], str] = {UserRole: "role", UserUnit: "unit", RoleField: "access", RoleGrant: "view"}
GUARDED = (Role, *PARTS_OF_ROLES, User, *MEMBERSHIPS, BusinessUnit)


@dataclass
class Touched:
    """The roles and users whose rights a flush may change, each with the rows that say so; and the new users.

    `onlookers` are those who may come to reach more by a place that somebody is given, as they were before.
    """

    roles: dict[Any, list[Base]] = field(default_factory=lambda: defaultdict(list))
    users: dict[Any, list[Base]] = field(default_factory=lambda: defaultdict(list))
    new: list[Any] = field(default_factory=list)
    onlookers: list[tuple[Any, Actor]] = field(default_factory=list)


def keep_rights(session: Session, context: UOWTransaction, instances: object) -> None:
    """Refuse a flush in which anybody but an administrator touches who has more; note whom else it touches."""
    session.info.pop("touched", None)
    rows = [row for _, row in written(session) if isinstance(row, GUARDED)]
    actor = actor_of(session) if rows else None
    if actor is None or actor.is_administrator:
        return
    touched = _touched(session, rows)
    _refuse([*_outright(session, actor, rows), *_above(session, actor, touched)])
    onlookers = (user for user in _onlookers(session, rows) if user.id != actor.user_id)
    touched.onlookers = [(user, actor_for(session, user)) for user in onlookers]
    session.info["touched"] = touched


def keep_from_widening(session: Session, context: UOWTransaction) -> None:
    """Refuse a flush after which a role or a user has more than who changed it, or that one more than before."""
    touched: Touched | None = session.info.pop("touched", None)
    if touched is None:
        return
    actor, new = actor_of(session), frozenset(user.id for user in touched.new)
    _refuse(_widened_roles(session, actor, touched))
    _refuse(_widened_users(session, actor, touched, new))


def _touched(session: Session, rows: Iterable[Any]) -> Touched:
    found = Touched()
    for row in rows:
        if isinstance(row, (Role, *PARTS_OF_ROLES)):
            found.roles[row if isinstance(row, Role) else related(row, "role")].append(row)
        elif isinstance(row, User):
            found.users[row].append(row)
            found.new += [row] if inspect(row).pending else []
        elif isinstance(row, MEMBERSHIPS):
            for user in _holders(session, row):
                found.users[user].append(row)
    found.roles.pop(None, None)
    found.users.pop(None, None)
    return found


def _holders(session: Session, row: Any) -> list[Any]:
    """Return whose role or unit it is, and whose it was."""
    before = stored_key(row, "user") if inspect(row).persistent else None
    was = [session.get(User, before, execution_options=LOOKING)] if before not in {None, row.user_id} else []
    return [related(row, "user"), *was]


def _outright(session: Session, actor: Actor, rows: Iterable[Any]) -> Iterator[Refused]:
    """Yield what nobody but an administrator may do, whatever comes of it."""
    for row in rows:
        if isinstance(row, Role) and row.administrator and inspect(row).attrs.administrator.history.has_changes():
            yield _about(row, Refused(EVERYTHING, "administrator"))
        elif isinstance(row, BusinessUnit) and _is_moved(row):
            yield _about(row, Refused(STRUCTURE, "above"))
        elif isinstance(row, User) and row.id == actor.user_id:
            if row in session.deleted or inspect(row).attrs.active.history.has_changes():
                yield _about(row, Refused(MYSELF, "active"))
        elif isinstance(row, MEMBERSHIPS) and any(_is(user, actor) for user in _holders(session, row)):
            yield _about(row, Refused(MYSELF, TELLING[type(row)]))


def _is(user: Any, actor: Actor) -> bool:
    return user is None or user.id == actor.user_id


def _is_moved(unit: Any) -> bool:
    return inspect(unit).persistent and coming_key(unit, "above") != stored_key(unit, "above")


def _above(session: Session, actor: Actor, touched: Touched) -> Iterator[Refused]:
    """Yield the roles and users that have more, before anything is written."""
    for role, rows in touched.roles.items():
        if inspect(role).persistent and any(excess(rights_of(session, role), actor)):
            yield _about(rows[0], Refused(ROLE_ABOVE_ME, _typed(rows[0]), name=_stored_name(role)))
    for user, rows in touched.users.items():
        if inspect(user).persistent and user.id != actor.user_id and reaches_beyond(actor_for(session, user), actor):
            yield _about(rows[0], Refused(ABOVE_ME, _typed(rows[0]), name=_stored_name(user)))


def _widened_roles(session: Session, actor: Actor, touched: Touched) -> Iterator[Refused]:
    for role, rows in touched.roles.items():
        if role not in session.deleted:
            yield from (_in_role(role, rows[0], error) for error in excess(rights_of(session, role), actor))


def _widened_users(session: Session, actor: Actor, touched: Touched, new: frozenset[int]) -> Iterator[Refused]:
    """Yield the users who have more now, those among them who have a role that was changed, and oneself."""
    for user, rows in touched.users.items():
        if user not in session.deleted and user.id != actor.user_id:
            yield from _widened_user(actor_for(session, user), actor, rows, new)
    for user, role in _holding(session, touched.roles) if is_bounded(actor) else ():
        if user.id != actor.user_id and reaches_beyond(actor_for(session, user), actor, new):
            row = touched.roles[role][0]
            yield _about(row, Refused(BEYOND_MINE, _typed(row), name=user.name))
    for user, before in touched.onlookers:
        if gains_beyond(actor_for(session, user), before, actor, new):
            yield _about(_places(touched)[0], Refused(BEYOND_MINE, "unit", name=user.name))
    places = _places(touched)
    if places and reaches_beyond(_myself(session, actor), actor, new):
        yield _about(places[0], Refused(WIDER_FOR_ME, "unit"))


def _places(touched: Touched) -> list[UserUnit]:
    return [row for rows in touched.users.values() for row in rows if isinstance(row, UserUnit)]


def _onlookers(session: Session, rows: Iterable[Any]) -> list[Any]:
    """Return the members of the units in which somebody is placed, and of those above."""
    places = [related(row, "unit") for row in rows if isinstance(row, UserUnit) and row not in session.deleted]
    units: Any = select(BusinessUnit.id, BusinessUnit.above_id).where(  # type: ignore[attr-defined]
        BusinessUnit.id.in_([unit.id for unit in places if unit is not None and unit.id is not None])
    )
    tree = units.cte("tree", recursive=True)
    tree = tree.union(
        select(BusinessUnit.id, BusinessUnit.above_id).join(tree, BusinessUnit.id == tree.c.above_id)  # type: ignore[attr-defined]
    )
    members = select(UserUnit.user_id).where(UserUnit.unit_id.in_(select(tree.c.id)))  # type: ignore[attr-defined]
    return list(session.scalars(select(User).where(User.id.in_(members)), execution_options=LOOKING)) if places else []


def _widened_user(theirs: Actor, actor: Actor, rows: list[Base], new: frozenset[int]) -> Iterator[Refused]:
    """Say it beside the roles if these give too much, else beside the business units, which say how far they reach."""
    given = next((error for role in theirs.roles for error in excess(role, actor)), None)
    kinds: Any = (UserRole, UserUnit) if given else (UserUnit, UserRole)
    row = next((row for kind in kinds for row in rows if isinstance(row, kind)), rows[0])
    if given:
        given.field = "role"
        yield _about(row, given)
    elif reaches_beyond(theirs, actor, new):
        yield _about(row, Refused(BEYOND_MINE, _typed(row), name=theirs.name))


def _myself(session: Session, actor: Actor) -> Actor:
    return actor_for(session, session.get_one(User, actor.user_id, execution_options=LOOKING))


def _holding(session: Session, roles: Iterable[Any]) -> list[tuple[Any, Any]]:
    """Return who has one of the changed roles."""
    by_key = {role.id: role for role in roles}
    query = select(User, UserRole.role_id).join(UserRole).where(UserRole.role_id.in_(by_key))  # type: ignore[attr-defined]
    return [(user, by_key[key]) for user, key in session.execute(query, execution_options=LOOKING)]


def _in_role(role: Any, row: Base, error: Refused) -> Refused:
    """Let a refusal be about the row of the role that grants what it names, or the one that stands for all others."""
    wanted = error.params.get("row")
    rows = {each.field: each for each in role.fields} | {each.entity: each for each in role.grants}
    return _about(rows.get(wanted) or rows.get(EVERY_OTHER) or row, error)


def _stored_name(row: Any) -> str:
    """Return how it is called before what is typed now."""
    history = inspect(row).attrs.name.history
    return str(history.deleted[0] if history.deleted else row.name)


def _typed(row: Any) -> str:
    """Return the field of a row beside which a refusal is shown: of a record the first that is changed."""
    if type(row) in TELLING:
        return TELLING[type(row)]
    description = describe(cast("type[Base]", type(row)))
    changed = (each.key for each in description.shown if inspect(row).attrs[each.key].history.has_changes())
    return next(changed, "name")


def _about(row: Any, error: Refused) -> Refused:
    error.subject = row
    return error


def _refuse(errors: Iterable[Refused]) -> None:
    """Raise the one refusal, or all of them together."""
    found = list(errors)
    if len(found) == 1:
        raise found[0]
    if found:
        raise DomainErrors(found)
