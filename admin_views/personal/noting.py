"""Writing down what somebody read, in a request that changes nothing else."""

from __future__ import annotations

from collections.abc import Callable

from models.base import db
from models.engine import set_mode


def noted(work: Callable[[], object]) -> None:
    """Commit a note; whatever was to be read is read only once it is written down."""
    db.session.rollback()
    set_mode("write")
    work()
    db.session.commit()
    set_mode("read")
