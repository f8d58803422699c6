"""From a user to the actor they are, read in one statement.

Roles, guarded fields, how far business units reach, and which records are revealed to them at the moment.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from typing import Any

from sqlalchemy import Boolean, String, Subquery, bindparam, literal, null, select, union_all

from models.gate import ungated
from models.permissions import Actor
from models.revealing import Revelation
from models.rights import Access, Level, Permission, Personal, Rights
from models.role import LEVEL_KEYS, Role, RoleField, RoleGrant
from models.types import UtcDateTime, utcnow
from models.unit import BusinessUnit
from models.user import User, UserRole, UserUnit

READING = ungated("what somebody may do is read before anybody's rights are known")
KEYS = tuple(LEVEL_KEYS.values())
UNIT, DIVISION, REVEALED = "unit", "division", "revealed"


def actor_for(session: Any, user: User) -> Actor:
    """Return the actor that a signed-in user is, with the rights of this moment."""
    return actor_from(user, session.execute(union_all(*_everything(user.id)), execution_options=READING).all())


def rights_of(session: Any, role: Role) -> Rights:
    """Return what a stored role grants; nothing if somebody has deleted it."""
    one = select(Role.id.label("role_id")).where(Role.id == role.id).subquery()
    found = _roles(session.execute(union_all(*_grants(one)), execution_options=READING).all())
    return next(iter(found), Rights(role.name))


def rights_rows(user_id: Any) -> Subquery:
    """Return what `actor_from` needs of a user, to be joined to whatever finds out who that is."""
    return union_all(*_everything(user_id)).subquery("rights")


def actor_from(user: User, rows: Iterable[Any]) -> Actor:
    """Return the actor that a user is, from the rows of `rights_rows`."""
    found = [row for row in rows if row.what]
    peers = frozenset(row.key for row in found if row.what == UNIT)
    division = frozenset(row.key for row in found if row.what == DIVISION)
    revealed = {(row.name, row.key): row.until for row in found if row.what == REVEALED}
    return Actor(user.id, user.name, tuple(_roles(found)), peers, division, revealed=revealed)


def _roles(rows: Iterable[Any]) -> list[Rights]:
    """Put the rows of each role together, in order of name."""
    grants: dict[Any, dict[str, dict[Permission, Level]]] = defaultdict(dict)
    fields: dict[Any, dict[str, Access]] = defaultdict(dict)
    named: dict[Any, tuple[str, bool, Personal]] = {}
    for row in rows:
        if row.what in {UNIT, DIVISION, REVEALED}:
            continue
        named[row.key] = row.name, bool(row.administrator), Personal(row.personal)
        if row.what == "field":
            fields[row.key][row.subject] = Access(row.view)
        elif row.subject is not None:
            levels = {each: Level(getattr(row, LEVEL_KEYS[each])) for each in Permission}
            grants[row.key][row.subject] = levels
    in_order = sorted(named.items(), key=lambda item: item[1][0])
    return [Rights(name, grants[key], fields[key], all_, personal) for key, (name, all_, personal) in in_order]


def _everything(user_id: Any) -> list[Any]:
    mine = select(UserRole.role_id).where(UserRole.user_id == user_id).subquery()  # type: ignore[attr-defined]
    return [*_grants(mine), *_reaches(user_id), _revealed(user_id)]


def _grants(mine: Any) -> list[Any]:
    """Select what roles grant: a row for each entity, at least one for each role, and one for each guarded field."""
    columns = [getattr(RoleGrant, key).cast(String).label(key) for key in KEYS]
    head = (Role.id.label("key"), Role.name.label("name"), Role.administrator.label("administrator"))
    tail = (Role.personal.cast(String).label("personal"), null().cast(UtcDateTime).label("until"))
    of_entities = (
        select(literal("grant").label("what"), *head, RoleGrant.entity.label("subject"), *columns, *tail)
        .join(mine, mine.c.role_id == Role.id)
        .outerjoin(RoleGrant, RoleGrant.role_id == Role.id)  # type: ignore[attr-defined]
    )
    opened = RoleField.access.cast(String)
    of_fields = (
        select(literal("field"), *head, RoleField.field, opened, *_nothing(len(KEYS) - 1), *tail)
        .join(mine, mine.c.role_id == Role.id)
        .join(RoleField, RoleField.role_id == Role.id)  # type: ignore[attr-defined]
    )
    return [of_entities, of_fields]


def _reaches(user_id: Any) -> list[Any]:
    """Select the members of the user's business units, and those of all units below them."""
    units = select(UserUnit.unit_id.label("unit_id")).where(UserUnit.user_id == user_id)  # type: ignore[attr-defined]
    below = units.cte("below", recursive=True)
    below = below.union(select(BusinessUnit.id).join(below, BusinessUnit.above_id == below.c.unit_id))  # type: ignore[attr-defined]
    return [_members(UNIT, units.subquery()), _members(DIVISION, below)]


def _members(what: str, units: Any) -> Any:
    columns = (literal(what), UserUnit.user_id, null().cast(String), null().cast(Boolean))  # type: ignore[attr-defined]
    return (
        select(*columns, *_nothing(2 + len(KEYS)), null().cast(UtcDateTime))
        .join(units, units.c.unit_id == UserUnit.unit_id)  # type: ignore[attr-defined]
        .distinct()
    )


def _revealed(user_id: Any) -> Any:
    """Select the records whose personal data are shown to the user at the moment."""
    what = (literal(REVEALED), Revelation.row_id, Revelation.entity, null().cast(Boolean))
    now = bindparam("now", callable_=utcnow, type_=UtcDateTime(), unique=True)  # the statement is put together once
    mine = (Revelation.actor_id == user_id, Revelation.until > now)
    return select(*what, *_nothing(2 + len(KEYS)), Revelation.until).where(*mine)


def _nothing(times: int) -> list[Any]:
    return [null().cast(String)] * times
