"""What the database says when somebody else was faster, said to the person."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm.exc import StaleDataError

from models.errors import Conflict


@contextmanager
def faster_ones(message: str, **params: object) -> Iterator[None]:
    """Raise Conflict with this message if a row was changed, or a unique value taken, at the same moment."""
    try:
        yield
    except (IntegrityError, StaleDataError) as error:
        raise Conflict(message, None, **params) from error
