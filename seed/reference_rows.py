"""The rows that the panel cannot do without."""

from __future__ import annotations

from typing import Any

from sqlalchemy import or_, select

from models.gate import acting_as
from models.group import CustomerGroup
from models.permissions import SYSTEM

DEFAULT_GROUP = "General"


def load_reference(session: Any) -> None:
    """Make sure that there is a default group, named General unless it has been renamed. The caller commits."""
    with acting_as(session, SYSTEM):
        wanted = or_(CustomerGroup.is_default, CustomerGroup.name == DEFAULT_GROUP)
        found = session.scalars(select(CustomerGroup).where(wanted)).all()
        if not any(group.is_default for group in found):
            group = found[0] if found else CustomerGroup(name=DEFAULT_GROUP)
            group.is_default = True
            session.add(group)
            session.flush()
