"""A chain for the tests: written, sealed, walked along, and tampered with past the program."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from sqlalchemy import Connection, MetaData, Table, delete, insert, select, text, update

from models.base import db
from models.customer import Customer
from models.operations.chain_check import Walk, verify
from models.operations.chaining import seal
from models.operations.erasing import anonymise
from tests.models.world import begin, company, person, save

Rows = dict[str, list[dict[str, Any]]]  # by table
CHAINED = ("change_set", "change", "seal", "erased_change")


def write() -> None:
    """Make a history of some change-sets, with a deletion, an undo and an erasure in it."""
    begin()
    customer = company("Ghisallo", tags="bici, più")
    customer.employees = 7
    db.session.commit()
    erased, gone = person("Marta", "Bianchi"), company("Gone")
    db.session.delete(gone)
    db.session.commit()
    seal(db.engine)
    anonymise(db.session, erased)
    db.session.commit()
    customer.employees = 8
    db.session.commit()
    db.session.remove()
    seal(db.engine)


def broken(kept: str | None = None) -> list[str]:
    """Return what is wrong with the chain."""
    return [str(error) for error in walk(kept).broken]


def walk(kept: str | None = None) -> Walk:
    """Walk along the chain."""
    return verify(db.engine, kept)


@contextmanager
def tampering() -> Iterator[Connection]:
    """Reach the tables as somebody with the database's own tools, whom no foreign key holds up."""
    with db.engine.connect() as connection:
        if connection.dialect.name == "sqlite":
            connection.connection.cursor().execute("PRAGMA foreign_keys = OFF")
        else:
            connection.execute(text("SET session_replication_role = replica"))
        yield connection
        connection.commit()
        if connection.dialect.name == "sqlite":
            connection.connection.cursor().execute("PRAGMA foreign_keys = ON")
        else:
            connection.execute(text("SET session_replication_role = DEFAULT"))
            connection.commit()


def raw(connection: Connection) -> dict[str, Table]:
    """Return the tables as the database itself knows them."""
    found = MetaData()
    found.reflect(connection, only=CHAINED)
    return dict(found.tables)


def put(connection: Connection, table: Table, key: Any, **values: Any) -> None:
    """Write into a row."""
    [column] = table.primary_key.columns
    connection.execute(update(table).where(column == key).values(values))


def rows(connection: Connection, table: Table) -> list[dict[str, Any]]:
    """Return all rows of a table by key."""
    query = select(table).order_by(*table.primary_key.columns)
    return [dict(row) for row in connection.execute(query).mappings()]


def copy(connection: Connection) -> Rows:
    """Return all rows of the chain."""
    return {name: rows(connection, table) for name, table in raw(connection).items()}


def put_back(connection: Connection, before: Rows) -> None:
    """Let the chain be what it was when it was copied."""
    there = raw(connection)
    for name in CHAINED:
        connection.execute(delete(there[name]))
        if before[name]:
            connection.execute(insert(there[name]), before[name])


def keep(name: str = "Kept") -> Customer:
    """Add somebody and seal it."""
    customer = company(name)
    save(customer)
    seal(db.engine)
    return customer
