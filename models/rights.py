"""The words in which rights are granted: what can be done, on which rows, and with which fields."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import Enum
from functools import total_ordering

from models.choices import Choice
from models.i18n import N_

EVERY_OTHER = "*"  # stands for every entity that is not named


class Permission(Enum):
    """What can be done with a row."""

    VIEW = "view"
    CREATE = "create"
    EDIT = "edit"
    DELETE = "delete"
    ASSIGN = "assign"
    EXPORT = "export"
    IMPORT = "import"


@total_ordering
class Level(Choice):
    """On which rows a permission holds: the wider includes the narrower."""

    NONE = "none", "grey"
    OWN = "own", "yellow"
    UNIT = "unit", "blue"
    DIVISION = "division", "blue"
    ORGANISATION = "organisation", "green"

    @property
    def width(self) -> int:
        """How many levels are narrower."""
        return _WIDTHS[self]

    def __lt__(self, other: Level) -> bool:
        return self.width < other.width

    def __bool__(self) -> bool:
        return self is not Level.NONE


class Access(Choice):
    """What one may do with a guarded field."""

    VIEW = "view", "blue"
    EDIT = "edit", "green"


@total_ordering
class Personal(Choice):
    """How one reads what tells of people beyond their names: the wider includes the narrower."""

    HIDDEN = "hidden", "grey"
    ON_REQUEST = "on_request", "yellow"
    SHOWN = "shown", "green"

    def __lt__(self, other: Personal) -> bool:
        return list(Personal).index(self) < list(Personal).index(other)


_WIDTHS = {level: width for width, level in enumerate(Level)}

# What each level reaches, as the words after "may edit".
REACHES = {
    Level.OWN: N_("your own"),
    Level.UNIT: N_("those of your business units"),
    Level.DIVISION: N_("those of your business units and the ones below"),
    Level.ORGANISATION: N_("all"),
}

# The same for somebody who grants them.
MEANINGS = N_(
    "Own: what they own. Unit: what members of their business units own. Division: also the units below. "
    "Organisation: everything."
)

Grants = Mapping[Permission, Level]
EVERYTHING: Grants = dict.fromkeys(Permission, Level.ORGANISATION)
READING: Grants = {Permission.VIEW: Level.ORGANISATION}


@dataclass(frozen=True)
class Rights:
    """What a role grants: levels by entity and permission, guarded fields (`customer.rating`), and personal data."""

    name: str
    grants: Mapping[str, Grants] = field(default_factory=dict)
    fields: Mapping[str, Access] = field(default_factory=dict)
    administrator: bool = False
    personal: Personal = Personal.HIDDEN

    def level(self, entity: str, permission: Permission) -> Level:
        """Return on which rows of the entity the permission holds."""
        if self.administrator:
            return Level.ORGANISATION
        return self.grants.get(entity, self.grants.get(EVERY_OTHER, {})).get(permission, Level.NONE)

    @property
    def reads(self) -> Personal:
        """How personal data are read."""
        return Personal.SHOWN if self.administrator else self.personal

    def access(self, entity: str, key: str) -> Access | None:
        """Return what may be done with a guarded field."""
        return Access.EDIT if self.administrator else self.fields.get(f"{entity}.{key}")
