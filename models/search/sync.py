"""Bringing the index in step with the declarations, whenever migrations have run."""

from __future__ import annotations

from hashlib import sha256
from typing import Any

from sqlalchemy import Connection, Inspector, delete, exists, func, insert, inspect, literal, select

from models.base import Base
from models.description import entities
from models.search.backend import Backend
from models.search.backends import backend_of
from models.search.index import SearchEntry, SearchSpec
from models.search.lines import HALVES, ancestry, body, columns, halves, indexed, root_key, says_something
from models.search.triggers import sql, triggers_of

ENTRY: Any = SearchEntry.__table__
SPEC: Any = SearchSpec.__table__
ALL = ""  # the spec of the index itself


def sync_search(connection: Connection) -> None:
    """Create what search needs, write its triggers anew, and refresh the entries of entities whose declaration changed.

    Safe to call again, and at any revision; call it within the transaction of the migrations, at their end.
    """
    inspector = inspect(connection)
    if not inspector.has_table(ENTRY.name) or not inspector.has_table(SPEC.name):
        return
    backend = backend_of(connection.dialect.name)
    backend.drop_triggers(connection)
    if not {each["name"] for each in inspector.get_columns(ENTRY.name)} >= set(ENTRY.c.keys()):
        return  # on the way to another revision, which begins anew
    _renew(connection, backend)
    ready = [model for model in entities() if _is_ready(inspector, model)]
    triggers = [each for model in ready for each in triggers_of(model, connection.dialect)]
    backend.create_triggers(connection, triggers)
    _refresh(connection, backend, {model for model in ready if model in indexed()})


def suspend_search(connection: Connection) -> None:
    """Drop the triggers before migrations that alter tables; the next `sync_search` looks at every row again."""
    inspector = inspect(connection)
    if inspector.has_table(SPEC.name):
        backend_of(connection.dialect.name).drop_triggers(connection)
        connection.execute(delete(SPEC).where(SPEC.c.entity != ALL))


def _renew(connection: Connection, backend: Backend) -> None:
    """Begin with an empty index if there is none, or if it was made in another way."""
    if _spec(connection, ALL) != (wanted := _digest(backend.version)):
        connection.execute(delete(ENTRY))
        connection.execute(delete(SPEC))
        backend.create(connection)
        _note(connection, ALL, wanted)


def _refresh(connection: Connection, backend: Backend, models: set[type[Base]]) -> None:
    names = [model.__tablename__ for model in models]
    gone = connection.execute(delete(ENTRY).where(ENTRY.c.entity.not_in(names))).rowcount
    connection.execute(delete(SPEC).where(SPEC.c.entity.not_in([*names, ALL])))
    stale = [model for model in models if _spec(connection, model.__tablename__) != _made_from(connection, model)]
    for model in stale:
        for half in HALVES:
            _refresh_entity(connection, model, personal=half)
        _note(connection, model.__tablename__, _made_from(connection, model))
    if stale or gone:
        backend.finish(connection)


def _refresh_entity(connection: Connection, model: type[Base], *, personal: bool) -> None:
    """Remove entries that are no longer true, then add those that are missing: unchanged rows cost little."""
    table, name, root = model.__table__, model.__tablename__, ancestry(model)[-1].__tablename__
    half = (ENTRY.c.entity == name, ENTRY.c.personal.is_(personal))
    if personal not in halves(model):
        connection.execute(delete(ENTRY).where(*half))
        return
    own = (*half, ENTRY.c.row_id == table.c.id)
    text, top = body(model, table.c.__getitem__, personal=personal), root_key(model, table.c.__getitem__)
    same = (ENTRY.c.body == text, ENTRY.c.root_entity == root, ENTRY.c.root_id.is_not_distinct_from(top))
    true = exists().where(*own, *same).correlate(ENTRY)
    connection.execute(delete(ENTRY).where(*half, ~true))
    values = (literal(name), table.c.id, literal(personal), literal(root), top, text, literal(""), literal(""))
    missing = select(*values).where(says_something(text), ~exists().where(*own).correlate(table))
    names = ["entity", "row_id", "personal", "root_entity", "root_id", "body", "folded", "start"]
    connection.execute(insert(ENTRY).from_select(names, missing))


def _is_ready(inspector: Inspector, model: type[Base]) -> bool:
    """Whether the tables are as declared; on the way to an older or newer revision they may not be."""
    return all(
        inspector.has_table(each.__tablename__)
        and {column["name"] for column in inspector.get_columns(each.__tablename__)} >= {"id", *columns(each)}
        for each in ancestry(model)
    )


def _made_from(connection: Connection, model: type[Base]) -> str:
    table = model.__table__
    texts = (body(model, table.c.__getitem__, personal=half) for half in halves(model))
    parts = (*texts, root_key(model, table.c.__getitem__))
    return _digest(ancestry(model)[-1].__tablename__, *(sql(part, connection.dialect) for part in parts))


def _digest(*parts: str) -> str:
    return sha256("\n".join(parts).encode()).hexdigest()


def _spec(connection: Connection, entity: str) -> str | None:
    return connection.scalar(select(func.max(SPEC.c.fingerprint)).where(SPEC.c.entity == entity))


def _note(connection: Connection, entity: str, fingerprint: str) -> None:
    connection.execute(delete(SPEC).where(SPEC.c.entity == entity))
    connection.execute(insert(SPEC).values(entity=entity, fingerprint=fingerprint))
