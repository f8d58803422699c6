"""Bringing deleted rows back as they were: all columns, the secrets still kept, and the links between them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from sqlalchemy import delete, inspect, select, update

from models.base import Base
from models.description import describe, title_of
from models.errors import Conflict
from models.gate import ungated
from models.history import READING, DeletedSecret
from models.i18n import N_
from models.images import decode, keys_of, stored
from models.operations.net import Net, by_model
from models.related import batches
from models.rules.password import Sealed
from models.types import utcnow

THERE = N_("“%(title)s” is there already.")
TAKEN = N_("“%(title)s” cannot come back as it was: its “%(what)s” is taken by another one now.")
FREEING = ungated("the value is written again, by way of the gate, or goes with its row")
COMPARING = ungated("whether a key or a value is taken counts for everybody; who has it is not told")

Rows = dict[tuple[str, int], Base]


def restored_rows(session: Any, changes: Sequence[Net]) -> Rows:
    """Return deleted rows as they were, not yet written, each linked to those that come back with it."""
    restored: Rows = {}
    for model, some in by_model(changes).items():
        keys = [each.row_id for each in some]
        _refuse_present(session, model, some, keys)
        secrets = {kept.row_id: kept.secrets for kept in _kept(session, model, keys)}
        restored |= {each.row: _as_it_was(each, secrets.get(each.row_id, {})) for each in some}
    for row in restored.values():
        link(row, restored)
    return restored


def link(row: Base, restored: Rows) -> None:
    """Point to rows that come back themselves, so that all are written in the right order."""
    for each in describe(type(row)).attributes.values():
        target = restored.get((each.target.__tablename__, getattr(row, each.column.key))) if each.target else None
        if target is not None:
            setattr(row, each.key, target)


def forget_secrets(session: Any, changes: Sequence[Net]) -> None:
    """Remove what was put aside for rows that are back."""
    for model, some in by_model(changes).items():
        for keys in batches([each.row_id for each in some]):
            kept = DeletedSecret.entity == model.__tablename__, DeletedSecret.row_id.in_(keys)
            session.execute(delete(DeletedSecret).where(*kept), execution_options=READING)


def swap_secret(session: Any, row: Base, key: str) -> bool:
    """Give a row the secret back that was put aside, and put the one it has there; False if none was."""
    for kept in _kept(session, type(row), [row.id]):
        if key in kept.secrets:
            mine = getattr(row, key)
            setattr(row, key, Sealed(kept.secrets[key]))
            kept.secrets = {name: value for name, value in {**kept.secrets, key: mine}.items() if value is not None}
            return True
    return False


@contextmanager
def unique_values_freed(session: Any, rows: Iterable[Base], leaving: Iterable[Base]) -> Iterator[None]:
    """Free, in the database alone, the unique values that rows change or leave with, so that others can have them."""
    freed = [(row, key, stored(row, key)) for row in rows for key in _unique(row) if _is_changed(row, key)]
    gone = [(row, key, None) for row in leaving for key in _unique(row)]
    for row, key, _ in (*freed, *gone):
        _write(session, row, key, None)
    yield
    for row, key, before in freed:
        if getattr(row, key) == before:  # it followed from other values after all, so nothing was written
            _write(session, row, key, before)


def _unique(row: Base) -> list[str]:
    return [key for key, column in inspect(type(row)).columns.items() if column.unique and column.nullable]


def _is_changed(row: Base, key: str) -> bool:
    return bool(inspect(row).attrs[key].history.has_changes())


def _write(session: Any, row: Base, key: str, value: Any) -> None:
    table: Any = type(row).__table__
    session.execute(update(table).where(table.c.id == row.id).values({key: value}), execution_options=FREEING)


def refuse_taken(session: Any, rows: Iterable[Base]) -> None:
    """Raise Conflict for a unique value that another row has taken meanwhile."""
    for model, some in _by_type(rows).items():
        for key in (key for key, column in inspect(model).columns.items() if column.unique):
            _refuse_taken(session, model, some, key)


def _by_type(rows: Iterable[Base]) -> dict[type[Base], list[Base]]:
    found: dict[type[Base], list[Base]] = {}
    for row in rows:
        found.setdefault(type(row), []).append(row)
    return found


def _refuse_present(session: Any, model: type[Base], changes: Sequence[Net], keys: Sequence[int]) -> None:
    for some in batches(keys):
        there = session.scalar(select(model.id).where(model.id.in_(some)).limit(1), execution_options=COMPARING)
        if there is not None:
            raise Conflict(THERE, title=next(each.title for each in changes if each.row_id == there))


def _kept(session: Any, model: type[Base], keys: Sequence[int]) -> Iterator[DeletedSecret]:
    for some in batches(keys) if keys_of(model, secret=True) else ():
        of_these = DeletedSecret.entity == model.__tablename__, DeletedSecret.row_id.in_(some)
        query = select(DeletedSecret).where(*of_these, DeletedSecret.expires_at > utcnow())
        yield from session.scalars(query, execution_options=READING)


def _as_it_was(change: Net, secrets: dict[str, str]) -> Base:
    columns = inspect(change.model).columns
    known = keys_of(change.model, secret=False)
    values = {key: decode(columns[key], value) for key, value in change.before.items() if key in known}
    row = change.model(**values | {"version": change.version + 1})
    for key, value in secrets.items():
        setattr(row, key, Sealed(value))
    return row


def _refuse_taken(session: Any, model: type[Base], rows: Sequence[Base], key: str) -> None:
    column: Any = getattr(model, key)
    mine = {row.id for row in rows}
    # Some databases compare names without case, some with it.
    wanted = {str(value).casefold(): row for row in rows if (value := getattr(row, key)) is not None}
    for some in batches([getattr(row, key) for row in wanted.values()]):
        query = select(model.id, column).where(column.in_(some))
        for holder, value in session.execute(query, execution_options=COMPARING):
            if holder not in mine:
                raise Conflict(TAKEN, title=title_of(wanted[str(value).casefold()]), what=_label(model, key))


def _label(model: type[Base], key: str) -> str:
    attributes = describe(model).attributes
    return attributes[attributes[key].facts.shown_as or key].label
