"""Who and what the demo's customers refer to: groups, channels, the people who look after them, and passwords."""

from __future__ import annotations

import secrets
from datetime import datetime
from decimal import Decimal
from typing import Any, NamedTuple

from sqlalchemy import select

from models.group import CustomerGroup
from models.rules.password import CUSTOMER, Sealed, seal
from models.user import User
from seed.demo.channels import Channels, make_channels
from seed.demo.edits import Edits
from seed.demo.houses import House
from seed.demo.staff import make_staff
from seed.reference_rows import DEFAULT_GROUP

GROUPS: tuple[dict[str, Any], ...] = (
    {"name": "Retail", "price_list": "Retail", "prices_include_vat": True, "may_request_quotes": False},
    {"name": "Wholesale", "price_list": "Wholesale", "discount": Decimal(20)},
    {"name": "Resellers", "price_list": "Resellers", "discount": Decimal("32.5")},
    {"name": "Public sector", "price_list": "List prices", "discount": Decimal(5)},
)


class Cast(NamedTuple):
    """Groups and users by name, channels, houses by the numbers of their customers, edits, and one hash for all."""

    groups: dict[str, CustomerGroup]
    users: dict[str, User]
    channels: Channels
    houses: dict[int, House]
    edits: Edits
    password: Sealed


def make_cast(session: Any, created: datetime, until: datetime) -> Cast:
    """Add groups beside the default one, channels, business units, and users who cannot sign in yet."""
    groups = _make_groups(session, created)
    users = make_staff(session, created)
    channels = make_channels(session, created, until)
    session.flush()
    # Nobody ever knew what was hashed here; once, because a hash takes a fifth of a second.
    return Cast(groups, users, channels, {}, Edits(), seal(secrets.token_urlsafe(12), CUSTOMER))


def _make_groups(session: Any, created: datetime) -> dict[str, CustomerGroup]:
    default = session.scalars(select(CustomerGroup).where(CustomerGroup.is_default)).one()
    default.created_at = default.updated_at = created  # not after the customers in it
    groups = [CustomerGroup(**values, created_at=created, updated_at=created) for values in GROUPS]
    session.add_all(groups)
    return {DEFAULT_GROUP: default} | {group.name: group for group in groups}
