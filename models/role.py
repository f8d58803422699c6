"""Roles: named sets of rights, as rows that are edited in the panel."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any

from sqlalchemy import Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped

from models.base import Base, Timestamped
from models.choices import Choice
from models.description import describe, entities, entity
from models.errors import DomainError
from models.fields import Line, Name, OneOf, field, parent
from models.i18n import N_
from models.rights import EVERY_OTHER, MEANINGS, Access, Level, Permission, Personal, Rights
from models.tabular import Tabular

EVERYTHING = N_("This role may do everything.")
KEPT = N_("Somebody must be able to do everything, so this role stays.")
NOTHING_TO_SET = N_("This role may do everything; there is nothing to set.")
PERSONAL = N_(
    "Addresses, emails, phone numbers and the like. Shown: always. On request: masked until somebody asks for those of "
    "one record, which is noted. Hidden: masked."
)
PEOPLE = "user"  # who owns nothing but is somebody's own row: their own


class Role(Timestamped, Base):
    """What somebody may do; of several roles, the widest right counts."""

    name: Mapped[Name] = field(unique=True)
    description: Mapped[Line | None]
    administrator: Mapped[bool] = field(default=False, fixed=True, label="May do everything")
    personal: Mapped[Personal] = field(default=Personal.ON_REQUEST, label="Personal data", help=PERSONAL)

    if TYPE_CHECKING:
        grants: list[RoleGrant]
        fields: list[RoleField]

    @classmethod
    def indexes(cls) -> tuple[Index, ...]:
        """At most one role may do everything."""
        where = text("administrator")
        return (
            Index("uq_role_administrator", "administrator", unique=True, sqlite_where=where, postgresql_where=where),
        )

    def derive(self) -> None:
        """Who may do everything reads everything."""
        if self.administrator:
            self.personal = Personal.SHOWN

    def obstacle(self) -> DomainError | None:
        """Refuse to delete the role that may do everything."""
        return DomainError(KEPT) if self.administrator else None

    def problems(self) -> Iterator[DomainError]:
        """Yield that there is nothing to add to everything."""
        if self.administrator and (self.grants or self.fields):
            yield DomainError(NOTHING_TO_SET, "grants" if self.grants else "fields")

    @property
    def rights(self) -> Rights:
        """The rights as a value."""
        grants = {grant.entity: grant.levels for grant in self.grants}
        opened = {each.field: each.access for each in self.fields}
        return Rights(self.name, grants, opened, self.administrator, self.personal)


class RoleGrant(Tabular, Base):
    """How far a role reaches with an entity, by what is done; `*` stands for every entity that is not named."""

    __label__ = "Right"
    __key__ = "entity"
    __rest__ = EVERY_OTHER
    __hint__ = MEANINGS

    role: Mapped[Role] = parent(part=True)
    entity: Mapped[OneOf]
    view: Mapped[Level] = field(default=Level.NONE)
    create: Mapped[Level] = field(default=Level.NONE)
    edit: Mapped[Level] = field(default=Level.NONE)
    delete: Mapped[Level] = field(default=Level.NONE)
    assign: Mapped[Level] = field(default=Level.NONE)
    export: Mapped[Level] = field(default=Level.NONE)
    import_: Mapped[Level] = field(default=Level.NONE, label="Import")

    @classmethod
    def indexes(cls) -> tuple[UniqueConstraint, ...]:
        """A role says once what it grants of an entity."""
        return (UniqueConstraint("role_id", "entity"),)

    @classmethod
    def choices(cls, key: str) -> Sequence[tuple[str, str]]:
        """Return the entities that rule over their rows, and all others together; children follow their parents."""
        ruling = [model for model in entities() if describe(model).parent is None]
        named = sorted((model.__plural__, model.__tablename__) for model in ruling)
        return [*((name, label) for label, name in named), (EVERY_OTHER, N_("Everything else"))]

    @classmethod
    def cell(cls, value: str, key: str) -> Sequence[Choice]:
        """Return all levels where rows have owners, who can change; else all or nothing. New users are nobody's own."""
        owned = value == EVERY_OTHER or "owner" in describe(entity(value)).attributes
        if key == Permission.ASSIGN.value:
            return tuple(Level) if owned else ()
        is_new = key in {LEVEL_KEYS[Permission.CREATE], LEVEL_KEYS[Permission.IMPORT]}
        return tuple(Level) if owned or (value == PEOPLE and not is_new) else (Level.NONE, Level.ORGANISATION)

    @classmethod
    def instead(cls, whole: Any) -> str | None:
        """Return that the role may do everything, if it does."""
        return EVERYTHING if whole.administrator else None

    @property
    def levels(self) -> dict[Permission, Level]:
        """The levels by permission."""
        return {permission: getattr(self, LEVEL_KEYS[permission]) for permission in Permission}


LEVEL_KEYS = {
    permission: "import_" if permission is Permission.IMPORT else permission.value for permission in Permission
}


class RoleField(Tabular, Base):
    """A guarded field that a role opens."""

    __label__ = "Field"
    __key__ = "field"

    role: Mapped[Role] = parent(part=True)
    field: Mapped[OneOf]
    access: Mapped[Access]

    @classmethod
    def indexes(cls) -> tuple[UniqueConstraint, ...]:
        """A role opens a field once."""
        return (UniqueConstraint("role_id", "field"),)

    @classmethod
    def choices(cls, key: str) -> Sequence[tuple[str, str]]:
        """Return the fields that ask to be guarded."""
        return [
            (f"{model.__tablename__}.{each.key}", f"{model.__plural__}: {each.label}")
            for model in entities()
            for each in describe(model).attributes.values()
            if each.facts.guarded
        ]

    @classmethod
    def cell(cls, value: str, key: str) -> Sequence[Choice]:
        """Return what may be done with a guarded field."""
        return tuple(Access)

    @classmethod
    def instead(cls, whole: Any) -> str | None:
        """Return that the role may do everything, if it does."""
        return EVERYTHING if whole.administrator else None
