"""Rows that begin to need a file: its content must be there, and nobody removes it before they are written."""

from __future__ import annotations

import os
from collections.abc import Iterator
from functools import cache
from typing import Any

from sqlalchemy import inspect
from sqlalchemy.orm import Session, SessionTransaction, UOWTransaction

from models.base import Base
from models.description import describe
from models.errors import DomainError
from models.files import GONE, store
from models.kinds import FILE

HELD = "files_held"


@cache
def files_of(model: type[Base]) -> tuple[str, ...]:
    """Return the attributes of an entity that hold files."""
    return tuple(key for key, each in describe(model).attributes.items() if each.kind is FILE)


def hold_files(session: Session, context: UOWTransaction, instances: Any) -> None:
    """Hold the folder until the transaction ends, and refuse files whose content is gone."""
    for row, key in _new_needs(session):
        if HELD not in session.info:
            session.info[HELD] = store().lock()
        if not store().has(getattr(row, key)):
            error = DomainError(GONE, key)
            error.subject = row
            raise error


def let_go_of_files(session: Session, transaction: SessionTransaction) -> None:
    """Let others remove what nothing needs."""
    if transaction.parent is None and HELD in session.info:
        os.close(session.info.pop(HELD))


def _new_needs(session: Session) -> Iterator[tuple[Base, str]]:
    for row in (*session.new, *session.dirty):
        for key in files_of(type(row)) if isinstance(row, Base) else ():
            if getattr(row, key) and inspect(row).attrs[key].history.has_changes():
                yield row, key
