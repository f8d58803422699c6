"""Who sees a record: the rule of permissions turned round, as a criterion over users."""

from __future__ import annotations

from typing import Any

from sqlalchemy import ColumnElement, and_, exists, func, or_, select

from models.base import Base
from models.permissions import owners_of, ruling_entity
from models.rights import EVERY_OTHER, Level
from models.role import Role, RoleGrant
from models.unit import BusinessUnit
from models.user import User, UserRole, UserUnit

# Tables, not entities: who sees a record does not depend on which roles and units the person who asks may see.
MEMBERS: Any = UserUnit.__table__
HELD: Any = UserRole.__table__
ROLES: Any = Role.__table__
GRANTS: Any = RoleGrant.__table__
UNITS: Any = BusinessUnit.__table__


def may_view(row: Base) -> ColumnElement[bool]:
    """Return which users may view a row: `decide` gives each of them the same answer."""
    ways, [owner, *_] = [_has(row, Level.ORGANISATION)], owners_of(row)
    if owner is not None:
        mine, shared = _units(owner), MEMBERS.c.unit_id
        ways.append(and_(User.id == owner, _has(row, Level.OWN, Level.UNIT, Level.DIVISION)))
        ways.append(and_(_is_in(shared.in_(mine)), _has(row, Level.UNIT, Level.DIVISION)))
        ways.append(and_(_is_in(shared.in_(_with_those_above(mine))), _has(row, Level.DIVISION)))
    return or_(*ways)


def _has(row: Base, *levels: Level) -> ColumnElement[bool]:
    """Return whether a role of the user grants one of these levels: of what it does not name, the rest's."""
    named, rest = GRANTS.alias(), GRANTS.alias()
    name = ruling_entity(type(row)).__tablename__
    joined = (
        HELD.join(ROLES, ROLES.c.id == HELD.c.role_id)
        .outerjoin(named, and_(named.c.role_id == ROLES.c.id, named.c.entity == name))
        .outerjoin(rest, and_(rest.c.role_id == ROLES.c.id, rest.c.entity == EVERY_OTHER))
    )
    granted = func.coalesce(named.c.view, rest.c.view).in_([each.value for each in levels])
    return exists(select(1).select_from(joined).where(HELD.c.user_id == User.id, or_(ROLES.c.administrator, granted)))


def _is_in(condition: ColumnElement[bool]) -> ColumnElement[bool]:
    return exists(select(1).select_from(MEMBERS).where(MEMBERS.c.user_id == User.id, condition))


def _units(user: int) -> Any:
    mine = MEMBERS.alias()
    return select(mine.c.unit_id).where(mine.c.user_id == user)


def _with_those_above(units: Any) -> Any:
    up = units.cte("up", recursive=True)
    up = up.union(select(UNITS.c.above_id).join(up, UNITS.c.id == up.c.unit_id).where(UNITS.c.above_id.is_not(None)))
    return select(up.c.unit_id)
