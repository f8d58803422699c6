"""The people of the demo: who looks after which countries, in which business units, with which roles."""

from __future__ import annotations

from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import select

from models.role import Role
from models.rules.email import email_key
from models.unit import BusinessUnit
from models.user import User, UserRole, UserUnit
from seed.reference_rows import DEFAULT_UNIT

DOMAIN = "clientela.example"

# Regions and their teams; above them is the business unit that every panel begins with.
REGIONS = {
    "South": ("Italy and Greece", "Spain and Portugal", "France and Belgium"),
    "North": ("Central Europe", "North Sea and overseas"),
}


class Colleague(NamedTuple):
    """Roles and business units by name, and the countries whose customers somebody looks after."""

    roles: tuple[str, ...]
    units: tuple[str, ...]
    countries: tuple[str, ...] = ()


PEOPLE = {
    "Anna Rossi": Colleague(("Sales manager",), ("South", "Italy and Greece"), ("IT", "ES")),
    "Jonas Weber": Colleague(("Sales manager",), ("North", "Central Europe"), ("DE", "AT", "CH")),
    "Luca Ferri": Colleague(("Salesperson",), ("Italy and Greece", "Spain and Portugal"), ("IT", "PT", "GR")),
    "Claire Moreau": Colleague(("Salesperson",), ("France and Belgium",), ("FR", "BE")),
    # Of several roles the widest right counts: she sees everything, and works on her own.
    "Ingrid Solberg": Colleague(("Salesperson", "Viewer"), ("North Sea and overseas",), ("NO", "NL", "GB", "US")),
    "Marek Nowak": Colleague(("Editor",), (DEFAULT_UNIT, "Central Europe"), ("PL", "DE")),
    "Teresa Almeida": Colleague(("Viewer",), (DEFAULT_UNIT,)),
    "Paul Keller": Colleague(("Administrator",), (DEFAULT_UNIT,)),
}
SELLERS = tuple(name for name, colleague in PEOPLE.items() if colleague.countries)


def make_staff(session: Any, created: datetime) -> dict[str, User]:
    """Add users and their units; they are active, so that they can own rows, and cannot sign in without a password.

    Somebody who is there already stays as they are.
    """
    roles = {role.name: role for role in session.scalars(select(Role))}
    for role in roles.values():
        role.created_at = role.updated_at = created  # not after the people who have it
    units = _make_units(session, created)
    present = {user.login_key: user for user in session.scalars(select(User))}
    staff = {name: present.get(_email(name)) or _user(name, roles, units, created) for name in PEOPLE}
    session.add_all(staff.values())
    return staff


def _make_units(session: Any, created: datetime) -> dict[str, BusinessUnit]:
    moments = {"created_at": created, "updated_at": created}
    root = session.scalars(select(BusinessUnit).order_by(BusinessUnit.id).limit(1)).one()
    root.created_at = root.updated_at = created
    units = {DEFAULT_UNIT: root}
    for region, teams in REGIONS.items():
        units[region] = BusinessUnit(name=region, above=root, **moments)
        units |= {team: BusinessUnit(name=team, above=units[region], **moments) for team in teams}
    session.add_all(units.values())
    session.flush()
    return units


def _user(name: str, roles: dict[str, Role], units: dict[str, BusinessUnit], created: datetime) -> User:
    colleague = PEOPLE[name]
    return User(
        name=name,
        email=_email(name),
        roles=[UserRole(role=roles[each]) for each in colleague.roles],
        units=[UserUnit(unit=units[each]) for each in colleague.units],
        created_at=created,
        updated_at=created,
    )


def _email(name: str) -> str:
    return email_key(f"{name.replace(' ', '.')}@{DOMAIN}")
