"""Who and what the demo's customers refer to: groups, the people who look after them, and the customers' passwords."""

from __future__ import annotations

import secrets
from datetime import datetime
from decimal import Decimal
from typing import Any, NamedTuple

from sqlalchemy import select

from models.group import CustomerGroup
from models.rules.email import email_key
from models.rules.password import CUSTOMER, Sealed, seal
from models.user import User
from seed.reference_rows import DEFAULT_GROUP

GROUPS: tuple[dict[str, Any], ...] = (
    {"name": "Retail", "price_list": "Retail", "prices_include_vat": True, "may_request_quotes": False},
    {"name": "Wholesale", "price_list": "Wholesale", "discount": Decimal(20)},
    {"name": "Resellers", "price_list": "Resellers", "discount": Decimal("32.5")},
    {"name": "Public sector", "price_list": "List prices", "discount": Decimal(5)},
)
# Each looks after the customers of some countries.
PEOPLE = {
    "Anna Rossi": ("IT", "ES"),
    "Jonas Weber": ("DE", "AT", "CH"),
    "Luca Ferri": ("IT", "PT", "GR"),
    "Claire Moreau": ("FR", "BE"),
    "Ingrid Solberg": ("NO", "NL", "GB", "US"),
    "Marek Nowak": ("PL", "DE"),
}
DOMAIN = "clientela.example"


class Cast(NamedTuple):
    """Groups and users by name, and the one hash that stands for every customer's password."""

    groups: dict[str, CustomerGroup]
    users: dict[str, User]
    password: Sealed


def make_cast(session: Any, created: datetime) -> Cast:
    """Add the groups beside the default one, and users who cannot sign in: not active, and without a password."""
    default = session.scalars(select(CustomerGroup).where(CustomerGroup.is_default)).one()
    default.created_at = default.updated_at = created  # not after the customers in it
    groups = [CustomerGroup(**values, created_at=created, updated_at=created) for values in GROUPS]
    present = {user.login_key: user for user in session.scalars(select(User))}
    users = {name: present.get(_email(name)) or _user(name, created) for name in PEOPLE}
    session.add_all([*groups, *users.values()])
    session.flush()
    # Nobody ever knew what was hashed here; once, because a hash takes a fifth of a second.
    password = seal(secrets.token_urlsafe(12), CUSTOMER)
    every = {DEFAULT_GROUP: default} | {group.name: group for group in groups}
    return Cast(every, users, password)


def _user(name: str, created: datetime) -> User:
    role = RoleName.EDITOR
    return User(name=name, email=_email(name), role=role, active=False, created_at=created, updated_at=created)


def _email(name: str) -> str:
    return email_key(f"{name.replace(' ', '.')}@{DOMAIN}")
