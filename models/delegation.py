"""The rule that rights are not widened from below: nobody gives more than they have, nor touches who has more.

It guards what rights are made of: roles with their grants and fields, who has which, and who belongs to which unit.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from sqlalchemy import inspect
from sqlalchemy.orm import Session, UOWTransaction

from models.actors import actor_for, rights_of
from models.base import Base
from models.description import entities
from models.errors import Refused
from models.gate import actor_of, written
from models.i18n import N_
from models.permissions import Actor
from models.related import related, relation_set, stored_key
from models.rights import EVERY_OTHER, Access, Permission, Rights
from models.role import Role, RoleField, RoleGrant
from models.unit import BusinessUnit
from models.user import User, UserRole, UserUnit

MORE_THAN_MINE = N_("You cannot give rights that you do not have yourself: %(action)s %(entity)s.")
FIELD_NOT_MINE = N_("You cannot open a field that is not open to you.")
ABOVE_ME = N_("“%(name)s” has rights that you do not have, so only an administrator may change this account.")
MYSELF = N_("Nobody changes their own roles, business units or activity. Ask an administrator.")
STRUCTURE = N_("Moving a business unit moves what people reach. Ask an administrator.")


def keep_rights(session: Session, context: UOWTransaction, instances: object) -> None:
    """Refuse a flush by which anybody but an administrator would widen rights."""
    rows = [row for _, row in written(session) if isinstance(row, GUARDS)]
    actor = actor_of(session) if rows else None
    if actor is None or actor.is_administrator:
        return
    for row in rows:
        for refusal in GUARDS_OF[type(row)](session, actor, row):
            raise refusal


def _grant(session: Session, actor: Actor, row: Any) -> Iterator[Refused]:
    """No level of a role may be raised above one's own."""
    for permission, level in row.levels.items():
        if level > _mine(actor, row.entity, permission):
            yield Refused(MORE_THAN_MINE, "entity", action=permission.value, entity=row.entity)


def _field(session: Session, actor: Actor, row: Any) -> Iterator[Refused]:
    entity, _, key = row.field.partition(".")
    mine = actor.access(entity, key)
    if mine is None or (row.access is Access.EDIT and mine is not Access.EDIT):
        yield Refused(FIELD_NOT_MINE, "field")


def _role(session: Session, actor: Actor, row: Any) -> Iterator[Refused]:
    if row.administrator:
        yield Refused(MORE_THAN_MINE, "administrator", action="edit", entity=EVERY_OTHER)


def _user(session: Session, actor: Actor, row: Any) -> Iterator[Refused]:
    """One's own activity, and the account of somebody with more rights, are not one's to change."""
    if row.id == actor.user_id and inspect(row).attrs.active.history.has_changes():
        yield Refused(MYSELF, "active")
    yield from _not_above(session, actor, row)


def _membership(session: Session, actor: Actor, row: Any) -> Iterator[Refused]:
    """A role, or a place in a unit, is given to others alone, and only if it holds nothing that one has not."""
    user = related(row, "user")
    if user is None or user.id == actor.user_id:
        yield Refused(MYSELF, "user")
        return
    yield from _not_above(session, actor, user)
    if isinstance(row, UserRole) and row not in session.deleted:
        role = related(row, "role")
        if not isinstance(role, Role) or exceeds(rights_of(session, role), actor):
            yield Refused(MORE_THAN_MINE, "role", action="edit", entity=getattr(role, "name", "?"))


def _not_above(session: Session, actor: Actor, user: Any) -> Iterator[Refused]:
    if user.id is None or user.id == actor.user_id:
        return
    theirs = actor_for(session, user)
    if any(exceeds(rights, actor) for rights in theirs.roles):
        yield Refused(ABOVE_ME, "name", name=user.name)


def _unit(session: Session, actor: Actor, row: Any) -> Iterator[Refused]:
    moved = relation_set(row, "above") or inspect(row).attrs.above_id.history.has_changes()
    if inspect(row).persistent and moved and stored_key(row, "above") != row.above_id:
        yield Refused(STRUCTURE, "above")


def exceeds(rights: Rights, actor: Actor) -> bool:
    """Return whether a role grants anything that the actor does not have."""
    if rights.administrator:
        return not actor.is_administrator
    wider = any(
        rights.level(entity, permission) > _mine(actor, entity, permission)
        for entity in {*rights.grants, EVERY_OTHER}
        for permission in Permission
    )
    return wider or any(not _opens(actor, field, access) for field, access in rights.fields.items())


def _opens(actor: Actor, field: str, access: Access) -> bool:
    entity, _, key = field.partition(".")
    mine = actor.access(entity, key)
    return mine is Access.EDIT or mine is access


def _mine(actor: Actor, entity: str, permission: Permission) -> Any:
    """One's own level; of all other entities together, the narrowest that one has of any that is not named."""
    if entity != EVERY_OTHER:
        return actor.level(entity, permission)
    return min(actor.level(model.__tablename__, permission) for model in entities())


GUARDS = (RoleGrant, RoleField, Role, User, UserRole, UserUnit, BusinessUnit)
GUARDS_OF: dict[type[Base], Any] = {
    RoleGrant: _grant,
    RoleField: _field,
    Role: _role,
    User: _user,
    UserRole: _membership,
    UserUnit: _membership,
    BusinessUnit: _unit,
}
