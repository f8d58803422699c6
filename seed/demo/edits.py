"""What became of the demo's rows: how they were before, and when who changed them to what they are."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping
from datetime import datetime
from typing import Any, NamedTuple

from models.base import Base
from models.description import describe
from models.user import User
from seed.demo.chronicle import Chronicle, Event


class Edit(NamedTuple):
    """That somebody gave a row other values at a moment."""

    row: Any
    at: datetime
    by: User | None
    values: Mapping[str, Any]

    @property
    def whole(self) -> Any:
        """The record that was edited: of a part, what it is part of."""
        description = describe(self.row.__class__)
        parent = description.parent if description.is_part else None
        return getattr(self.row, parent.key) if parent else self.row


class Edits:
    """Edits of rows that are not written yet, to be made once they are."""

    def __init__(self) -> None:
        self._edits: list[Edit] = []

    def was(self, row: Base, at: datetime, by: User | None, **before: Any) -> None:
        """Let a new row be as it was before a moment: somebody then made of it what it is; the latest comes first.

        What would have changed at the moment when the row came about was so from the beginning.
        """
        edit = Edit(row, at, by, {key: getattr(row, key) for key in before if getattr(row, key) != before[key]})
        edit.whole.updated_at = edit.whole.created_at
        if edit.values and at > edit.whole.created_at:
            self._edits.append(edit)
            for key in edit.values:
                setattr(row, key, before[key])

    def make(self, chronicle: Chronicle) -> None:
        """Make all edits: the first of each record together, then the second ones, and so on."""
        for turn in self._turns():
            for edit in turn:
                for key, value in edit.values.items():
                    setattr(edit.row, key, value)
                edit.whole.updated_at = edit.at
            chronicle.write({edit.whole: Event(edit.at, edit.by.id if edit.by else None) for edit in turn})
        self._edits.clear()

    def _turns(self) -> list[list[Edit]]:
        count: Counter[Base] = Counter()
        turns: dict[int, list[Edit]] = defaultdict(list)
        for edit in sorted(self._edits, key=lambda edit: edit.at):
            turns[count[edit.whole]].append(edit)
            count[edit.whole] += 1
        return list(turns.values())
