"""How migrations run: inside one transaction, with SQLite's foreign keys off, and the search index brought in step."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from alembic import context
from sqlalchemy import Connection, text

import models.all  # noqa: F401  so that every entity is mapped
from models.base import Base, db
from models.search import include_object, suspend_search, sync_search


def run(connection: Connection) -> None:
    """Migrate, then check what foreign keys could not guard meanwhile."""
    context.configure(
        connection=connection,
        target_metadata=Base.metadata,
        render_as_batch=True,
        compare_type=True,
        transactional_ddl=True,
        include_object=include_object,
    )
    with context.begin_transaction():
        # Its triggers would stand in the way of tables that are altered; sync_search puts them back.
        if set(context.get_context().get_current_heads()) != set(context.script.get_heads()):
            suspend_search(connection)
        context.run_migrations()
        sync_search(connection)
        if connection.dialect.name == "sqlite":
            broken = connection.execute(text("PRAGMA foreign_key_check")).all()
            if broken:
                raise RuntimeError(f"the migration left rows that point to nothing: {broken[:5]}")


@contextmanager
def foreign_keys_off(connection: Connection) -> Iterator[None]:
    """Batch mode re-creates tables; with foreign keys on, dropping the old parent would delete all its children.

    SQLite takes the pragma only outside a transaction, so it goes past SQLAlchemy, which would begin one.
    """
    if connection.dialect.name != "sqlite":
        yield
        return
    raw = connection.connection
    raw.execute("PRAGMA foreign_keys = OFF")
    try:
        yield
    finally:
        raw.execute("PRAGMA foreign_keys = ON")


with db.engine.connect() as connection, foreign_keys_off(connection):
    run(connection)
