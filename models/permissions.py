"""Who may do what: the actor, and the one function that decides."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import cache
from typing import Any, cast

from sqlalchemy import ColumnElement, false, inspect

from models.among import among, guard
from models.base import Base
from models.description import Attribute, describe, title_of
from models.i18n import N_
from models.owned import Owned
from models.related import coming_key, find, related, stored_key
from models.rights import EVERYTHING, READING, Access, Grants, Level, Permission, Personal, Rights
from models.user import User

__all__ = ["EVERYTHING", "READING", "SYSTEM", "Actor", "Grants", "Level", "Permission", "Rights", "decide"]

NOTHING = N_("Your role (%(roles)s) may not %(action)s %(entity)s.")
NARROW = {
    Level.OWN: N_("Your role (%(roles)s) may %(action)s only your own %(entity)s, and “%(title)s” is not yours."),
    Level.UNIT: N_(
        "Your role (%(roles)s) may %(action)s only %(entity)s of your business units, and “%(title)s” is not one of "
        "them."
    ),
    Level.DIVISION: N_(
        "Your role (%(roles)s) may %(action)s only %(entity)s of your business units and those below, and “%(title)s” "
        "is not one of them."
    ),
}
LOOKING = N_("You are looking at the panel as %(name)s, and can change nothing.")
GUARDED = N_("Your role (%(roles)s) may not change “%(what)s”.")
ALL_RIGHTS = Rights("administrator", administrator=True)


@dataclass(frozen=True)
class Actor:
    """On whose behalf the session works. Without a user it is the program itself.

    `peers` are the users of the actor's business units, `division` those of the units below as well, by key.
    `revealed` are the records, by entity and key, whose personal data are shown, each until a moment. One that is
    `looking` reads with the rights of another and writes nothing.
    """

    user_id: int | None
    name: str
    roles: tuple[Rights, ...]
    peers: frozenset[int] = frozenset()
    division: frozenset[int] = frozenset()
    looking: bool = False
    revealed: Mapping[tuple[str, int], datetime] = field(default_factory=dict)

    def level(self, entity: str, permission: Permission) -> Level:
        """Return the widest level that any of the roles grants."""
        return max((role.level(entity, permission) for role in self.roles), default=Level.NONE)

    def access(self, entity: str, key: str) -> Access | None:
        """Return what may be done with a guarded field, by the role that opens it widest."""
        found = {role.access(entity, key) for role in self.roles}
        return next((access for access in (Access.EDIT, Access.VIEW) if access in found), None)

    @property
    def personal(self) -> Personal:
        """How personal data are read, by the role that shows them widest."""
        return max((role.reads for role in self.roles), default=Personal.HIDDEN)

    def reach(self, level: Level) -> frozenset[int] | None:
        """Return the users whose rows a level reaches, by key; None for those of everybody and of nobody."""
        if level is Level.ORGANISATION:
            return None
        me = frozenset() if self.user_id is None else frozenset({self.user_id})
        wider = {Level.OWN: me, Level.UNIT: me | self.peers, Level.DIVISION: me | self.peers | self.division}
        return wider.get(level, frozenset())

    @property
    def is_administrator(self) -> bool:
        """Whether one of the roles may do everything."""
        return any(role.administrator for role in self.roles)

    def elevated(self) -> Actor:
        """Return the same person with every permission, for operations that have checked for themselves."""
        return replace(self, roles=(ALL_RIGHTS,))


SYSTEM = Actor(None, "Clientela", (ALL_RIGHTS,))


@dataclass(frozen=True)
class Decision:
    """Whether something is allowed, and why not: a msgid with its parameters."""

    allowed: bool
    reason: str = ""
    params: Mapping[str, Any] = field(default_factory=dict)

    def __bool__(self) -> bool:
        return self.allowed


def decide(actor: Actor, permission: Permission, model: type[Base], row: Base | None = None) -> Decision:
    """Say whether the actor may do this with rows of the entity, or with this very row.

    A change of owner is the permission *assign*, asked of the owner before and the one after; the others look at the
    owner in the database, and of a new row at the one it will have. Who gives a stored row away edits it, too.
    """
    ruling = ruling_entity(model)
    level = actor.level(ruling.__tablename__, permission)
    about = {"action": permission.value, "entity": model.__plural__.lower(), "roles": role_names(actor)}
    if level is Level.NONE:
        return Decision(False, NOTHING, about)
    if row is not None and not _reaches(actor, level, owners_of(row, both=permission is Permission.ASSIGN)):
        return Decision(False, NARROW[level], about | {"title": title_of(row)})
    return decide(actor, Permission.EDIT, model, row) if is_also_edit(permission, row) else Decision(True)


def is_also_edit(permission: Permission, row: Base | None) -> bool:
    """Return whether this changes the row as editing does: the owner of a stored row is one of its values."""
    return permission is Permission.ASSIGN and row is not None and inspect(row).persistent


def criterion(actor: Actor, permission: Permission, model: type[Base], columns: Any) -> ColumnElement[bool] | None:
    """Return for which rows the actor has a permission, over the columns of the ruling entity; None for all of them."""
    reach = actor.reach(actor.level(model.__tablename__, permission))
    if reach is None:
        return None
    if issubclass(model, User):
        sees_themselves = permission is Permission.VIEW and actor.user_id is not None
        return columns.id.in_(sorted({*reach, actor.user_id} if sees_themselves else reach))  # type: ignore[no-any-return, type-var]
    if not reach or not issubclass(model, Owned):
        return false()
    return among(guard(columns.owner_id), sorted(reach))


def may_see(actor: Actor, attribute: Attribute) -> bool:
    """Return whether the actor may read a field: all but guarded ones are read with their rows."""
    return not attribute.facts.guarded or actor.access(attribute.column.table.name, attribute.key) is not None


def may_edit(actor: Actor, attribute: Attribute) -> bool:
    """Return whether the actor may change a field: all but guarded ones are changed with their rows."""
    return not attribute.facts.guarded or actor.access(attribute.column.table.name, attribute.key) is Access.EDIT


@cache
def ruling_entity(model: type[Base]) -> type[Base]:
    """Return the entity whose rule holds for this one: a child follows its parent."""
    parent = describe(model).parent
    return ruling_entity(parent.target) if parent and parent.target else model


def owners_of(row: Base, *, both: bool = False) -> list[int | None]:
    """Return the users who own a row: of a child, the owners of the parent it has and of the one it had.

    With `both`, the owner that it will have counts beside the one in the database.
    """
    return list(_owners(row, both=both))


def role_names(actor: Actor) -> str:
    """Return the actor's roles as people read them."""
    return ", ".join(role.name for role in actor.roles) or "none"


def _reaches(actor: Actor, level: Level, owners: list[int | None]) -> bool:
    reach = actor.reach(level)
    return reach is None or all(owner in reach for owner in owners)


def _owners(row: Base, *, both: bool) -> Iterator[int | None]:
    parent = describe(type(row)).parent
    if parent is None:
        yield from _own_owners(row, both=both)
        return
    for above in _parents(row, parent):
        yield from _owners(above, both=both) if above is not None else [None]


def _parents(row: Base, parent: Attribute) -> Iterator[Base | None]:
    above = related(row, parent.key)
    yield above
    state = inspect(row)
    stored = stored_key(row, parent.key) if state.persistent else None
    if state.persistent and (above is None or above.id != stored):
        yield find(state.session, cast("type[Base]", parent.target), stored)


def _own_owners(row: Any, *, both: bool) -> Iterator[int | None]:
    if not isinstance(row, Owned):
        yield row.id if isinstance(row, User) else None
        return
    owned: Any = row
    is_stored = inspect(owned).persistent
    if is_stored:
        yield stored_key(owned, "owner")
    if both or not is_stored:
        yield coming_key(owned, "owner")
