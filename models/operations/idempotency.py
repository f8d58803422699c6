"""Forms that make something once, however often they are sent: twice by two clicks, or again from a former page.

The note that a form was sent is written with what it made, in one transaction: of two at once, the database lets only
one be.
"""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from sqlalchemy import delete, select

from models.base import Base
from models.description import entity
from models.gate import ungated
from models.related import find
from models.sent_form import SentForm
from models.types import utcnow

KEPT = timedelta(days=2)  # longer than any session lasts, and than anybody goes back
OWN = ungated("nobody knows the key of a form but who opened it; what it made is read through the gate")


def note_sent(session: Any, key: str, said: str, made: Base | None = None) -> None:
    """Note that the form with this key was sent, and what it made; IntegrityError if it was noted before.

    What is older than two days goes. The caller commits.
    """
    session.execute(delete(SentForm).where(SentForm.at <= utcnow() - KEPT), execution_options=OWN)
    row = (made.__tablename__, made.id) if made is not None else (None, None)
    change_set = session.info.get("change_set")
    session.add(SentForm(key=key, said=said, entity=row[0], row_id=row[1], change_set_id=change_set))
    session.flush()


def sent_before(session: Any, key: str) -> SentForm | None:
    """Return what is known of a form that was sent before."""
    found: SentForm | None = session.scalar(select(SentForm).where(SentForm.key == key), execution_options=OWN)
    return found


def made_by(session: Any, sent: SentForm) -> Base | None:
    """Return what a form has made; None if that is gone, or out of the actor's sight."""
    found: Base | None = find(session, entity(sent.entity), sent.row_id) if sent.entity else None
    return found
