"""A small world for the stories about rows: customers and users, actors with rights, and what the database is told."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from itertools import count
from typing import Any

from sqlalchemy import event, select

from models.base import Base, db
from models.customer import Customer, CustomerEmail, CustomerKind, CustomerPhone
from models.errors import DomainError
from models.gate import acting_as, set_actor, ungated
from models.group import CustomerGroup
from models.permissions import SYSTEM, Actor, Grants, Level, Permission, Rights
from models.rights import Personal
from models.user import User
from seed.reference_rows import load_reference
from tests.people import EDITOR, add_user

VAT = "IT12345670785"
LOOKING = ungated("a test looks at what is stored")
SILENT = ("BEGIN", "PRAGMA", "SAVEPOINT", "RELEASE", "ROLLBACK", "COMMIT")
_numbers = count(1)


def begin(actor: Actor = SYSTEM) -> None:
    """Work on behalf of an actor, with a default group."""
    load_reference(db.session)
    db.session.commit()
    set_actor(db.session, actor)


def save(*rows: Base) -> None:
    """Add rows and commit."""
    db.session.add_all(rows)
    db.session.commit()


def company(name: str = "Ghisallo", **values: Any) -> Customer:
    """Add a company."""
    customer = Customer(**{"company": name, "vat_number": VAT, **values})
    save(customer)
    return customer


def person(first: str = "Ada", last: str = "Byron", **values: Any) -> Customer:
    """Add a private customer."""
    customer = Customer(kind=CustomerKind.PRIVATE, first_name=first, last_name=last, **values)
    save(customer)
    return customer


def with_email(*addresses: str, **values: Any) -> Customer:
    """Add a private customer with emails, the first one primary."""
    emails = [CustomerEmail(address=each, primary=each == addresses[0]) for each in addresses]
    return person(emails=emails, **values)


def phone(number: str, **values: Any) -> CustomerPhone:
    """Return a phone, not yet added."""
    return CustomerPhone(number=number, **values)


def default_group() -> CustomerGroup:
    """Return the default group."""
    return db.session.scalars(select(CustomerGroup).where(CustomerGroup.is_default)).one()


def refusals(*rows: Base) -> dict[str | None, str]:
    """Return what is wrong with rows, by field, when they are added; nothing is written."""
    db.session.add_all(rows)
    try:
        db.session.flush()
    except DomainError as error:
        return {each.field: str(each) for each in error.errors}
    finally:
        db.session.rollback()
    return {}


def stored(model: type[Base], key: int) -> dict[str, Any] | None:
    """Return a row as the database has it, column by column."""
    table: Any = model.__table__
    row = db.session.execute(select(table).where(table.c.id == key), execution_options=LOOKING).one_or_none()
    return dict(row._mapping) if row else None


def everything(model: type[Base]) -> list[dict[str, Any]]:
    """Return all rows of a table but their versions, which never go back."""
    table: Any = model.__table__
    rows = db.session.execute(select(table).order_by(table.c.id), execution_options=LOOKING)
    return [{key: value for key, value in row._mapping.items() if key != "version"} for row in rows]


OWN: dict[Permission, Level] = dict.fromkeys(Permission, Level.OWN)
ALL: dict[Permission, Level] = dict.fromkeys(Permission, Level.ORGANISATION)
SEE: dict[Permission, Level] = {Permission.VIEW: Level.ORGANISATION}


def seller(grants: Mapping[str, Grants] | None = None, **values: Any) -> Actor:
    """Add a user, and return them as an actor who may do everything with customers of their own."""
    user = add_user(EDITOR, **values)
    return actor(
        user,
        {"customer": OWN, "user": SEE, "customer_group": SEE, "channel": SEE, "account": OWN}
        if grants is None
        else grants,
    )


def actor(user: User, grants: Mapping[str, Grants]) -> Actor:
    """Return a user as an actor with these rights alone."""
    return Actor(user.id, user.name, (Rights("seller", grants, personal=Personal.SHOWN),))


def owned_by(someone: Actor, name: str = "Ghisallo", **values: Any) -> Customer:
    """Add a company that somebody owns."""
    with acting_as(db.session, SYSTEM):
        return company(name, owner_id=someone.user_id, **values)


@contextmanager
def statements() -> Iterator[list[str]]:
    """Collect the statements that are sent within the block."""
    found: list[str] = []

    def note(connection: Any, cursor: Any, statement: str, *rest: Any) -> None:
        if not statement.startswith(SILENT):
            found.append(statement)

    connection = db.session.connection()
    event.listen(connection, "before_cursor_execute", note)
    try:
        yield found
    finally:
        event.remove(connection, "before_cursor_execute", note)
