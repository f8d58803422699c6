"""The rows that the panel cannot do without, and the roles that a new one begins with."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Any

from sqlalchemy import or_, select

from models.channel import Channel, ChannelEntity
from models.customer import Customer
from models.gate import acting_as
from models.group import CustomerGroup
from models.message_template import MessageTemplate
from models.permissions import SYSTEM
from models.rights import Access, Level, Permission, Personal
from models.role import LEVEL_KEYS, Role, RoleField, RoleGrant
from models.rules.document_kinds import DocumentKind
from models.unit import BusinessUnit
from models.vat_rate import VatRate

DEFAULT_GROUP = "General"
DEFAULT_CHANNEL = "Sales"
DEFAULT_UNIT = "Company"
VAT_RATES = Path(__file__).parent / "reference" / "vat_rates.toml"
TEMPLATES = Path(__file__).parent / "reference" / "message_templates.toml"
ROLES = Path(__file__).parent / "reference" / "roles.toml"


def load_reference(session: Any) -> None:
    """Make sure of a default group; give a new panel its roles, VAT rates, email templates, business unit and channel.

    What people have renamed, changed or deleted since stays so. The caller commits.
    """
    with acting_as(session, SYSTEM):
        _default_group(session)
        if session.scalar(select(BusinessUnit.id).limit(1)) is None:
            session.add(BusinessUnit(name=DEFAULT_UNIT))
            _missing_roles(session)
        if session.scalar(select(Channel.id).limit(1)) is None:
            session.add(Channel(name=DEFAULT_CHANNEL, entities=[ChannelEntity(entity=Customer.__tablename__)]))
        if session.scalar(select(VatRate.id).limit(1)) is None:
            session.add_all(VatRate(**written) for written in _written(VAT_RATES, "rates"))
        if session.scalar(select(MessageTemplate.id).limit(1)) is None:
            session.add_all(_template(**written) for written in _written(TEMPLATES, "templates"))
        session.flush()


def _written(path: Path, name: str) -> list[dict[str, Any]]:
    """Return the tables of this name in a file."""
    found: list[dict[str, Any]] = tomllib.loads(path.read_text(encoding="utf-8"))[name]
    return found


def shipped_roles() -> list[Role]:
    """Return the roles of roles.toml, not stored yet."""
    return [_role(written) for written in _written(ROLES, "roles")]


def _missing_roles(session: Any) -> None:
    """Add the shipped roles; that of administrators came with the first of them, if somebody was made one before."""
    present = session.scalars(select(Role)).all()
    names, has_administrators = {role.name for role in present}, any(role.administrator for role in present)
    missing = [role for role in shipped_roles() if role.name not in names]
    session.add_all(role for role in missing if not (role.administrator and has_administrators))


def _default_group(session: Any) -> None:
    wanted = or_(CustomerGroup.is_default, CustomerGroup.name == DEFAULT_GROUP)
    found = session.scalars(select(CustomerGroup).where(wanted)).all()
    if not any(group.is_default for group in found):
        group = found[0] if found else CustomerGroup(name=DEFAULT_GROUP)
        group.is_default = True
        session.add(group)


def _template(kind: str | None = None, **written: Any) -> MessageTemplate:
    return MessageTemplate(kind=DocumentKind(kind) if kind else None, **written)


def _role(written: dict[str, Any]) -> Role:
    grants, fields = written.pop("grants", {}), written.pop("fields", {})
    role = Role(**written | {"personal": Personal(written["personal"])})
    role.grants = [RoleGrant(entity=entity, **levels_of(levels)) for entity, levels in grants.items()]
    role.fields = [RoleField(field=field, access=Access(access)) for field, access in fields.items()]
    return role


def levels_of(levels: dict[str, str]) -> dict[str, Level]:
    """Return levels by permission, as they are written, as the columns of a grant."""
    return {LEVEL_KEYS[Permission(name)]: Level(level) for name, level in levels.items()}
