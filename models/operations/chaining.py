"""Sealing the history: what has been committed since is added to the chain, by one sealer at a time.

Writers seal nothing themselves: of two that write at the same moment, neither knows which will be seen first.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, Engine, bindparam, exists, func, insert, select, update

from models.chain import START, Seal, digest_of_seal, new_salt
from models.engine import transactions
from models.related import LARGEST_KEY, batches
from models.sealed import CHANGES, SETS, Entry, entries
from models.types import utcnow

SEALS: Any = Seal.__table__
BATCH = 200  # change-sets that are linked in one transaction
LONGEST = timedelta(days=1)  # for which a transaction may go on before its end is looked for no more
SEALER = 0x5EA1  # the lock that sealers share on PostgreSQL


def seal(engine: Engine, since: datetime | None = None) -> int:
    """Seal what is seen and not sealed, of all change-sets or of those that began since; return how many were."""
    return sum(_seal(engine, keys) for keys in _unsealed(engine, since))


def newest(engine: Engine) -> tuple[int, str]:
    """Return the number and the digest of the newest seal."""
    with transactions("read"), engine.begin() as connection:
        return _newest(connection)


def unsealed(since: datetime | None = None) -> Any:
    """Return which change-sets have no seal."""
    query = ~exists().where(SEALS.c.change_set_id == SETS.c.id)
    return query if since is None else query & (SETS.c.at > since)


def _unsealed(engine: Engine, since: datetime | None) -> Iterator[Sequence[int]]:
    last = -LARGEST_KEY  # nobody may hide below the first
    while True:
        query = select(SETS.c.id).where(unsealed(since), SETS.c.id > last).order_by(SETS.c.id).limit(BATCH)
        with transactions("read"), engine.begin() as connection:
            keys = connection.scalars(query).all()
        if not keys:
            return
        last = keys[-1]
        yield keys


def _seal(engine: Engine, keys: Sequence[int]) -> int:
    """Seal these change-sets, but for those that another sealer was first with.

    Their digests are made before the lock is taken, so that writers wait for the links alone.
    """
    _salt(engine, keys)
    with transactions("read"), engine.begin() as connection:
        found = entries(connection, keys)
    with transactions("write"), engine.begin() as connection:
        if engine.dialect.name == "postgresql":
            connection.execute(select(func.pg_advisory_xact_lock(SEALER)))
        done = set(connection.scalars(select(SEALS.c.change_set_id).where(SEALS.c.change_set_id.in_(keys))))
        return _link(connection, [found[key] for key in keys if key not in done])


def _newest(connection: Connection) -> tuple[int, str]:
    query = select(SEALS.c["number", "digest"]).order_by(SEALS.c.number.desc()).limit(1)
    found = connection.execute(query).first()
    return (found.number, found.digest) if found else (0, START)


def _link(connection: Connection, new: Collection[Entry]) -> int:
    last, digest = _newest(connection)
    rows = []
    for number, entry in enumerate(new, last + 1):
        row: dict[str, Any] = {"number": number, "change_set_id": entry.key, "changes": len(entry.changes)}
        row |= {"content": entry.content, "sealed_at": utcnow()}
        digest = digest_of_seal(digest, row)
        rows.append(row | {"digest": digest})
    if rows:
        connection.execute(insert(SEALS), rows)
    return len(rows)


def _salt(engine: Engine, keys: Sequence[int]) -> None:
    """Give a salt to changes from before there were any."""
    bare = select(CHANGES.c.id).where(CHANGES.c.change_set_id.in_(keys), CHANGES.c.salt.is_(None))
    with transactions("read"), engine.begin() as connection:
        without = connection.scalars(bare.order_by(CHANGES.c.id)).all()
    # Somebody may be erasing one of them just now, and give it a salt first.
    statement = update(CHANGES).where(CHANGES.c.id == bindparam("key"), CHANGES.c.salt.is_(None))
    for some in batches(without):
        rows = [{"key": key, "new_salt": new_salt()} for key in some]
        with transactions("write"), engine.begin() as connection:
            connection.execute(statement.values(salt=bindparam("new_salt")), rows)
