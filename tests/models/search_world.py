"""A small world to search in, and ways to look at what the database does."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from sqlalchemy import event, select, text

from models.base import Base, db
from models.contact import Contact
from models.customer import Customer, CustomerEmail, CustomerKind, CustomerPhone
from models.gate import set_actor
from models.note import Note
from models.permissions import SYSTEM
from models.search import Hit, hits, matching
from seed.reference_rows import load_reference

Statements = list[tuple[str, Any]]


def begin() -> None:
    """Work as somebody who may do everything, with a default group."""
    set_actor(db.session, SYSTEM)
    load_reference(db.session)
    db.session.commit()


def add(*rows: Base) -> None:
    """Save rows."""
    db.session.add_all(rows)
    db.session.commit()


def person(first: str = "Ada", last: str = "Byron", **values: Any) -> Customer:
    """Add a private customer."""
    customer = Customer(kind=CustomerKind.PRIVATE, first_name=first, last_name=last, **values)
    add(customer)
    return customer


def ghisallo() -> Customer:
    """Add a customer with something in every place that search reaches."""
    customer = person(
        "Gino",
        "Bartali",
        name="Officine Ghisallo",
        code="GH-100",
        vat_number="IT00743110157",
        billing_country="IT",
        billing_city="Forlì",
        billing_province="FC",
        website="https://ghisallo.example",
        tags="bicycles, repairs",
    )
    customer.emails = [CustomerEmail(address="orders@ghisallo.example", label="Sales")]
    customer.phones = [CustomerPhone(number="333 123 4567")]
    add(Contact(customer=customer, name="Chiara Pellissier", email="chiara@elsewhere.example", phone="02 1234 5678"))
    add(Note(customer=customer, body="Wants a quote\nfor twelve saddles, before Società per azioni decides"))
    return customer


def found(query: str, model: type[Base] = Customer) -> list[str]:
    """Return the titles that a search finds, in order."""
    title: Any = model.name if hasattr(model, "name") else model.id
    criterion = matching(model, query)
    assert criterion is not None
    return list(db.session.scalars(select(title).where(criterion).order_by(title)))


def hit(query: str, row: Base) -> Hit | None:
    """Return where a row matched."""
    return hits(db.session, type(row), [row], query).get(row.id)


def execute(statement: str, **values: Any) -> Any:
    """Run SQL as any program could, past the session's own listeners."""
    return db.session.connection().execute(text(statement), values)


@contextmanager
def recorded() -> Iterator[Statements]:
    """Note every statement sent to the database."""
    statements: Statements = []

    def note(connection: Any, cursor: Any, statement: str, parameters: Any, *rest: Any) -> None:
        statements.append((statement, parameters))

    connection = db.session.connection()
    event.listen(connection, "before_cursor_execute", note)
    yield statements
    event.remove(connection, "before_cursor_execute", note)


def plans(statements: Statements) -> Sequence[str]:
    """Return the lines of the plans of statements already run."""
    connection = db.session.connection()
    explain = "EXPLAIN QUERY PLAN " if connection.dialect.name == "sqlite" else "EXPLAIN "
    asked = [(explain + sql, values) for sql, values in statements if not sql.startswith("EXPLAIN")]
    return [str(row[-1]) for sql, values in asked for row in connection.exec_driver_sql(sql, values)]
