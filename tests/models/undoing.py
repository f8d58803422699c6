"""What the stories about undo share: all there is, and ways to change it and to take that back."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import select

from models.base import Base, db
from models.contact import Contact
from models.customer import Customer, CustomerEmail, CustomerPhone
from models.errors import Conflict
from models.group import CustomerGroup
from models.history import ChangeSet
from models.note import Note
from models.operations.deletion import delete_rows
from models.operations.undo import undo
from models.user import User
from tests.models.world import LOOKING, everything, phone, save, with_email

ENTITIES: tuple[type[Base], ...] = (User, CustomerGroup, Customer, CustomerEmail, CustomerPhone, Contact, Note)
SECRET = "secret-123"


def everywhere() -> dict[str, list[dict[str, Any]]]:
    """Return all rows of all tables, whatever their version."""
    return {model.__tablename__: everything(model) for model in ENTITIES}


def newest() -> int:
    return (
        db.session.scalars(select(ChangeSet.id).order_by(ChangeSet.id.desc()), execution_options=LOOKING).first() or 0
    )


def take_back(key: int | None = None) -> int:
    """Undo a change-set, the newest unless one is named, and return the one that this makes."""
    undo(db.session, newest() if key is None else key)
    db.session.commit()
    return newest()


def delete(*rows: Base) -> int:
    delete_rows(db.session, rows)
    db.session.commit()
    return newest()


def full(name: str = "Ada", **values: Any) -> Customer:
    """Add a customer with something in every list, who can log in."""
    address = f"{name}@example.com"
    customer = with_email(
        address,
        f"2{address}",
        first=name,
        phones=[phone("+39 333 123 4567")],
        can_login=True,
        password=SECRET,
        **values,
    )
    save(
        *(Contact(customer=customer, name=f"Contact {number}", phone="+39 02 123456") for number in range(2)),
        Note(customer=customer, body="Società\n“quoted” — ✓"),
    )
    return customer


def refused(key: int, why: str) -> None:
    """Assert that an undo is refused as a conflict, and changes nothing."""
    before = everywhere()
    with pytest.raises(Conflict, match=why):
        undo(db.session, key)
    db.session.rollback()
    assert everywhere() == before
