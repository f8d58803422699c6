"""The chronicle of the demo: what is written while it is loaded, and when and by whom each thing was done."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy.orm import Session, scoped_session

from models.history import end_change_set


class Event(NamedTuple):
    """When something happened, and the user who did it by key; None for whoever wrote it down."""

    at: datetime
    by: int | None = None


class Chronicle:
    """The change-sets of the transaction that loads the demo, and what is known of the rows in them.

    `sets` are their keys. `events` say of a row, in one of them, when it was written and by whom; of most rows nothing
    has to be said, because they tell it themselves.
    """

    def __init__(self, session: Any) -> None:
        self.session: Session = session() if isinstance(session, scoped_session) else session
        self.sets: set[int] = set()
        self.events: dict[tuple[int, str, int], Event] = {}
        self.begin()

    def begin(self) -> None:
        """Begin a new change-set, so that undoing it does not undo the whole demo."""
        self._note()
        if transaction := self.session.get_transaction():
            end_change_set(self.session, transaction)

    def write(self, events: Mapping[Any, Event] | None = None) -> None:
        """Flush in a change-set of its own, with what happened to these rows and to their parts."""
        self.begin()
        self.session.flush()
        if key := self._note():
            self.events |= {(key, row.__tablename__, row.id): event for row, event in (events or {}).items()}

    def _note(self) -> int | None:
        key: int | None = self.session.info.get("change_set")
        self.sets |= {key} if key else set()
        return key
