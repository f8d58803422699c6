"""What a role may do, as data, and the one function that decides."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from enum import Enum, IntEnum
from functools import cache
from typing import Any, cast

from sqlalchemy import ColumnElement, false, inspect

from models.base import Base
from models.description import Attribute, describe, title_of
from models.i18n import N_
from models.owned import Owned
from models.related import find, related, relation_set, stored_key
from models.user import RoleName, User


class Permission(Enum):
    """What can be done with a row."""

    VIEW = "view"
    CREATE = "create"
    EDIT = "edit"
    DELETE = "delete"
    EXPORT = "export"


class Level(IntEnum):
    """On which rows a permission holds; the wider includes the narrower."""

    NONE = 0
    OWN = 1
    ORGANISATION = 4


Grants = Mapping[Permission, Level]
EVERYTHING: Grants = dict.fromkeys(Permission, Level.ORGANISATION)
READING: Grants = {Permission.VIEW: Level.ORGANISATION}


@dataclass(frozen=True)
class Role:
    """A named set of grants by entity; `*` stands for every entity that is not named."""

    name: str
    grants: Mapping[str, Grants]

    def level(self, entity: str, permission: Permission) -> Level:
        """Return on which rows of the entity the permission holds."""
        return self.grants.get(entity, self.grants.get("*", {})).get(permission, Level.NONE)


ROLES = {
    RoleName.ADMINISTRATOR: Role("administrator", {"*": EVERYTHING}),
    RoleName.EDITOR: Role("editor", {"*": EVERYTHING, "user": READING, "customer_group": READING}),
    RoleName.VIEWER: Role("viewer", {"*": READING}),
}


@dataclass(frozen=True)
class Actor:
    """On whose behalf the session works. Without a user it is the program itself."""

    user_id: int | None
    name: str
    roles: tuple[Role, ...]

    def level(self, entity: str, permission: Permission) -> Level:
        """Return the widest level that any of the roles grants."""
        return max((role.level(entity, permission) for role in self.roles), default=Level.NONE)

    def elevated(self) -> Actor:
        """Return the same person with every permission, for operations that have checked for themselves."""
        return replace(self, roles=(ROLES[RoleName.ADMINISTRATOR],))


SYSTEM = Actor(None, "Clientela", (ROLES[RoleName.ADMINISTRATOR],))


def actor_for(user: User) -> Actor:
    """Return the actor that a signed-in user is."""
    return Actor(user.id, user.name, (ROLES[user.role],))


@dataclass(frozen=True)
class Decision:
    """Whether something is allowed, and why not: a msgid with its parameters."""

    allowed: bool
    reason: str = ""
    params: Mapping[str, Any] = field(default_factory=dict)

    def __bool__(self) -> bool:
        return self.allowed


def decide(actor: Actor, permission: Permission, model: type[Base], row: Base | None = None) -> Decision:
    """Say whether the actor may do this with rows of the entity, or with this very row."""
    ruling = ruling_entity(model)
    level = actor.level(ruling.__tablename__, permission)
    about = {"action": permission.value, "entity": model.__plural__.lower(), "roles": _role_names(actor)}
    if level is Level.NONE:
        return Decision(False, N_("Your role (%(roles)s) may not %(action)s %(entity)s."), about)
    if row is None or level is Level.ORGANISATION or _owns(actor, row):
        return Decision(True)
    reason = N_("Your role (%(roles)s) may %(action)s only your own %(entity)s, and “%(title)s” is not yours.")
    return Decision(False, reason, about | {"title": title_of(row)})


def criterion(actor: Actor, model: type[Base], columns: Any) -> ColumnElement[bool] | None:
    """Return which rows the actor may view, over the given columns of the ruling entity; None for all of them."""
    level = actor.level(model.__tablename__, Permission.VIEW)
    if level is Level.ORGANISATION:
        return None
    if issubclass(model, User):
        return columns.id == actor.user_id  # type: ignore[no-any-return]  # everybody sees themselves
    if level is Level.NONE or not issubclass(model, Owned):
        return false()
    return columns.owner_id == actor.user_id  # type: ignore[no-any-return]


@cache
def ruling_entity(model: type[Base]) -> type[Base]:
    """Return the entity whose rule holds for this one: a child follows its parent."""
    parent = describe(model).parent
    return ruling_entity(parent.target) if parent and parent.target else model


def _owns(actor: Actor, row: Base) -> bool:
    """Whether the row is the actor's in the database, and still is once it is written.

    Both count, so that nobody takes a row, or moves one away, by making it their own.
    """
    return actor.user_id is not None and all(owner == actor.user_id for owner in _owners(row))


def _owners(row: Base) -> Iterator[int | None]:
    """Yield every user who owns the row or will: of a child, the owners of the parent it has and of the one it had."""
    parent = describe(type(row)).parent
    if parent is None:
        yield from _own_owners(row)
        return
    for above in _parents(row, parent):
        yield from _owners(above) if above is not None else [None]


def _parents(row: Base, parent: Attribute) -> Iterator[Base | None]:
    above = related(row, parent.key)
    yield above
    state = inspect(row)
    if state.persistent and (above is None or above.id != (stored := stored_key(row, parent.key))):
        yield find(state.session, cast("type[Base]", parent.target), stored)


def _own_owners(row: Any) -> Iterator[int | None]:
    if not isinstance(row, Owned):
        yield row.id if isinstance(row, User) else None
        return
    owned: Any = row
    if inspect(owned).persistent:
        yield stored_key(owned, "owner")
    yield getattr(owned.owner, "id", None) if relation_set(owned, "owner") else owned.owner_id


def _role_names(actor: Actor) -> str:
    return ", ".join(role.name for role in actor.roles) or "none"
