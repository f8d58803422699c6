"""Altering tables that hold rows, on both databases."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import sqlalchemy as sa
from alembic import op

_COLLATED = re.compile(r'^\s*"?(\w+)"?\s+VARCHAR\((\d+)\)\s+COLLATE\s+"?(\w+)"?( NOT NULL)?', re.MULTILINE)


@contextmanager
def altered(table: str) -> Iterator[Any]:
    """Alter a table in batch mode, keeping what SQLAlchemy does not read back from SQLite.

    SQLite alters a table by making it anew: without this, names would sort by the case of their letters again, and keys
    of deleted rows would be used a second time.
    """
    connection = op.get_bind()
    if connection.dialect.name != "sqlite":
        with op.batch_alter_table(table) as batch:
            yield batch
        return
    written = connection.scalar(sa.text("SELECT sql FROM sqlite_master WHERE name = :name"), {"name": table})
    columns = tuple(
        sa.Column(name, sa.String(int(length), collation=collation), nullable=not required)
        for name, length, collation, required in _COLLATED.findall(written)
    )
    kept = {"sqlite_autoincrement": "AUTOINCREMENT" in written}
    # Triggers that name the table must not be asked about it while it stands under another name.
    connection.execute(sa.text("PRAGMA legacy_alter_table = ON"))
    with op.batch_alter_table(table, reflect_args=columns, table_kwargs=kept) as batch:
        yield batch
    connection.execute(sa.text("PRAGMA legacy_alter_table = OFF"))
