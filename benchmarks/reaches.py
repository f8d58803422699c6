"""Who is measured: people who reach a share of the customers by their level, and one who reaches them all."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from models.rights import READING, Level, Permission
from models.role import Role
from models.rules.password import Sealed
from models.unit import BusinessUnit
from models.user import User, UserRole, UserUnit
from seed.reference_rows import load_reference
from tests.people import HASH, new_role

WHOLE = 10_000  # parts of which a share is some: 1 is 0.01 %
OWNED = ("customer", "account")


@dataclass(frozen=True)
class Reach:
    """A level at which somebody reaches what `owners` users own: `share` parts of `WHOLE`."""

    level: Level
    share: int
    owners: int

    @property
    def name(self) -> str:
        """As the table names it."""
        return f"{self.level.value} {self.share * 100 / WHOLE:g} %"

    @property
    def email(self) -> str:
        """By which the person is found again."""
        return f"{self.level.value}-{self.share}@benchmark.example"

    @property
    def owner_emails(self) -> list[str]:
        """By which the owners are found again: the person, or colleagues who are not measured."""
        return [self.email] if self.level is Level.OWN else [f"{number}-{self.email}" for number in range(self.owners)]


EVERYTHING = Reach(Level.ORGANISATION, WHOLE, 300)
# One user owns every customer only where nobody else owns any: a world of its own.
ALONE = (Reach(Level.OWN, WHOLE, 1),)
PARTS = (
    Reach(Level.OWN, 1000, 1), Reach(Level.OWN, 100, 1), Reach(Level.OWN, 1, 1),
    Reach(Level.UNIT, 1000, 20), Reach(Level.UNIT, 100, 12), Reach(Level.UNIT, 1, 6),
    Reach(Level.DIVISION, 1000, 60), Reach(Level.DIVISION, 100, 40), Reach(Level.DIVISION, 1, 25),
)  # fmt: skip
WHOLES = (Reach(Level.UNIT, WHOLE, 0), Reach(Level.DIVISION, WHOLE, 0))


def add_people(session: Any) -> None:
    """Add whoever is measured and all who own something, with their roles and business units; the caller commits."""
    load_reference(session)
    roles = {level: _role(level) for level in Level if level}
    division = BusinessUnit(name="Everybody's division")
    everybody = BusinessUnit(name="Everybody", above=division)
    homes = {Level.UNIT: everybody, Level.DIVISION: division}
    session.add_all([everybody, *roles.values()])
    for reach in (EVERYTHING, *ALONE, *PARTS, *WHOLES):
        home = homes[reach.level] if reach in WHOLES else BusinessUnit(name=reach.name)
        below = BusinessUnit(name=f"Below {reach.name}", above=home) if reach.level is Level.DIVISION else home
        session.add(_user(reach.email, roles[reach.level], home))
        owners = [email for email in reach.owner_emails if email != reach.email]
        session.add_all(_user(email, roles[Level.OWN], below, everybody) for email in owners)
    session.flush()


def holdings(keys: Mapping[str, int], customers: int, *, alone: bool) -> Iterator[tuple[int, int]]:
    """Yield users, by key, with the number of customers each owns: of the owners of a reach, the first own most."""
    left = WHOLE - sum(reach.share for reach in PARTS)
    for reach in ALONE if alone else (*PARTS, Reach(EVERYTHING.level, left, EVERYTHING.owners)):
        emails = EVERYTHING.owner_emails if reach.level is EVERYTHING.level else reach.owner_emails
        yield from zip(
            (keys[email] for email in emails), _dealt(customers * reach.share // WHOLE, len(emails)), strict=True
        )


def _dealt(customers: int, owners: int) -> Sequence[int]:
    """Deal customers to owners, the twentieth having a fifth of what the first has."""
    weights = [1 / (number + 5) for number in range(owners)]
    dealt = [int(customers * weight / sum(weights)) for weight in weights]
    return [dealt[0] + customers - sum(dealt), *dealt[1:]]


def _role(level: Level) -> Role:
    grants = {Permission.VIEW: level}
    return new_role({"*": READING} | dict.fromkeys(OWNED, grants), f"Reads {level.value}")


def _user(email: str, role: Role, *units: BusinessUnit) -> User:
    name, members = email.partition("@")[0].capitalize(), [UserUnit(unit=unit) for unit in units]
    return User(name=name, email=email, password=Sealed(HASH), roles=[UserRole(role=role)], units=members)
