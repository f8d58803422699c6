"""Why a decision is as it is: the chain that `decide` walks, step by step, and the names of the units in it."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import select

from models.base import Base
from models.description import Attribute, describe
from models.owned import Owned
from models.permissions import Actor, is_also_edit, owners_of, ruling_entity
from models.rights import Access, Level, Permission, Personal, Rights
from models.unit import BusinessUnit
from models.user import User, UserUnit


@dataclass(frozen=True)
class Granted:
    """What one role grants of what is asked; `counts` marks the widest, which holds."""

    role: str
    level: Level
    counts: bool


@dataclass(frozen=True)
class Held:
    """An owner of the row, by key: the narrowest level that reaches them, and whether the level granted does."""

    owner: int | None
    needs: Level
    within: bool


@dataclass(frozen=True)
class Opened:
    """A guarded field, and the roles that open it."""

    attribute: Attribute
    roles: tuple[tuple[str, Access], ...]


@dataclass(frozen=True)
class Explanation:
    """A decision with its reasons: `path` leads from the entity to the one whose rule holds.

    `also` explains the permission that it needs besides.
    """

    permission: Permission
    path: tuple[type[Base], ...]
    granted: tuple[Granted, ...]
    level: Level
    held: tuple[Held, ...]
    opened: tuple[Opened, ...]
    also: Explanation | None = None

    @property
    def ruling(self) -> type[Base]:
        """The entity whose rule holds."""
        return self.path[-1]

    @property
    def is_owned(self) -> bool:
        """Whether rows of the ruling entity are somebody's, so that a level below *organisation* can reach them."""
        return issubclass(self.ruling, Owned | User)

    @property
    def allowed(self) -> bool:
        """What follows from the steps; always what `decide` says."""
        alone = bool(self.level) and all(each.within for each in self.held)
        return alone and (self.also is None or self.also.allowed)


def explain(actor: Actor, permission: Permission, model: type[Base], row: Base | None = None) -> Explanation:
    """Return why the actor may or may not do this with rows of the entity, or with this very row."""
    ruling = ruling_entity(model).__tablename__
    level = actor.level(ruling, permission)
    owners = owners_of(row, both=permission is Permission.ASSIGN) if row is not None else []
    return Explanation(
        permission,
        tuple(_path(model)),
        tuple(_granted(role, ruling, permission, level) for role in actor.roles),
        level,
        tuple(_held(actor, level, owner) for owner in dict.fromkeys(owners)),
        tuple(_opened(actor, each) for each in describe(model).guarded),
        explain(actor, Permission.EDIT, model, row) if is_also_edit(permission, row) else None,
    )


def shows(actor: Actor) -> Iterator[tuple[str, Personal, bool]]:
    """Yield how each role shows personal data, and whether it counts: the widest holds."""
    for role in actor.roles:
        yield role.name, role.reads, role.reads is actor.personal


def _path(model: type[Base]) -> Iterator[type[Base]]:
    yield model
    parent = describe(model).parent
    if parent is not None and parent.target is not None:
        yield from _path(parent.target)


def _granted(role: Rights, ruling: str, permission: Permission, widest: Level) -> Granted:
    level = role.level(ruling, permission)
    return Granted(role.name, level, bool(level) and level is widest)


def _held(actor: Actor, level: Level, owner: int | None) -> Held:
    needs = next(each for each in Level if _reaches(actor, each, owner))
    return Held(owner, needs, _reaches(actor, level, owner))


def _reaches(actor: Actor, level: Level, owner: int | None) -> bool:
    reach = actor.reach(level)
    return reach is None or owner in reach


def _opened(actor: Actor, attribute: Attribute) -> Opened:
    found = ((role.name, role.access(attribute.column.table.name, attribute.key)) for role in actor.roles)
    return Opened(attribute, tuple((name, access) for name, access in found if access is not None))


@dataclass(frozen=True)
class Units:
    """The tree of business units and who is in which, as far as whoever asks may see it."""

    names: Mapping[int, str] = field(default_factory=dict)
    above: Mapping[int, int | None] = field(default_factory=dict)
    members: Mapping[int, tuple[int, ...]] = field(default_factory=dict)

    def of(self, user: int | None) -> list[str]:
        """Return the names of a user's units."""
        return [self.names[unit] for unit in self._units(user)]

    def shared(self, one: int | None, other: int | None) -> list[str]:
        """Return the names of the units that both are in."""
        return [self.names[unit] for unit in self._units(one) if unit in self._units(other)]

    def below(self, one: int | None, other: int | None) -> list[tuple[str, str]]:
        """Return the units of the other that lie below one's own, each with that of one's own."""
        mine = self._units(one)
        found = ((unit, self._first_above(unit, mine)) for unit in self._units(other))
        return [(self.names[unit], self.names[top]) for unit, top in found if top is not None]

    def _units(self, user: int | None) -> list[int]:
        return [unit for unit in self.members.get(user or 0, ()) if unit in self.names]

    def _first_above(self, unit: int, wanted: Collection[int]) -> int | None:
        """Return the nearest unit above that is wanted; a tree that is broken by a circle ends where it began."""
        seen, at = {unit}, self.above.get(unit)
        while at is not None and at not in seen:
            if at in wanted and at in self.names:
                return at
            seen.add(at)
            at = self.above.get(at)
        return None


def units_of(session: Any, users: Collection[int | None]) -> Units:
    """Return the units of these users within their tree, in two statements, through the read gate."""
    wanted = sorted(key for key in set(users) if key is not None)
    places = select(UserUnit.user_id, UserUnit.unit_id).where(UserUnit.user_id.in_(wanted))  # type: ignore[attr-defined]
    members: dict[int, tuple[int, ...]] = {}
    for user, unit in session.execute(places.order_by(UserUnit.id)):
        members[user] = (*members.get(user, ()), unit)
    tree = session.execute(select(BusinessUnit.id, BusinessUnit.name, BusinessUnit.above_id)).all()  # type: ignore[attr-defined]
    return Units({key: name for key, name, _ in tree}, {key: above for key, _, above in tree}, members)
