"""Tasks: what is to be done for a customer, by whom and by when."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import UTC, datetime, time
from typing import TYPE_CHECKING, Any

from sqlalchemy import ColumnElement, Index, and_
from sqlalchemy.orm import Mapped

from models.activity import Activity
from models.base import Base, Timestamped
from models.choices import Choice
from models.fields import Day, LongText, Moment, Name, field, moment, reference
from models.types import today, utcnow
from models.user import User


class TaskState(Choice):
    """How far a task is; `overdue` follows from the day and is not stored."""

    OPEN = "open", "blue"
    OVERDUE = "overdue", "red"
    DONE = "done", "green"


class Task(Activity, Timestamped, Base):
    """Something to do for a customer."""

    subject: Mapped[Name] = field(personal=True)
    due: Mapped[Day | None]
    assignee: Mapped[User | None] = reference(
        label="For", orphans="clear", creator=True, sees="customer", indexed=False
    )
    done: Mapped[bool] = field(default=False)
    state: Mapped[TaskState] = field(default=TaskState.OPEN, fixed=True, told_by=("done",))
    done_at: Mapped[Moment | None] = field(fixed=True, label="Done on", told_by=("done",))
    at: Mapped[Moment] = moment(label="When", told_by=("done", "due"))
    text: Mapped[LongText | None] = field(label="Notes")
    author: Mapped[User | None] = reference(orphans="clear", creator=True, fixed=True)

    if TYPE_CHECKING:
        assignee_id: Mapped[int | None]

    @classmethod
    def indexes(cls) -> tuple[Any, ...]:
        """What is to be done next: by everybody, and by one."""
        return (*super().indexes(), Index(None, "done", "due", "id"), Index(None, "assignee_id", "done", "due", "id"))

    @classmethod
    def pending(cls) -> tuple[ColumnElement[bool], Sequence[Any]]:
        """What is not done, the most urgent first."""
        return cls.done.is_(False), (cls.due.asc().nulls_last(), cls.id.asc())

    def unused(self) -> Collection[str]:
        """An open task was not done yet."""
        return () if self.done else ("done_at",)

    def derive(self) -> None:
        """Follow from whether it is done; in the timeline it stands where it was done, or where it is due."""
        self.state = TaskState.DONE if self.done else TaskState.OPEN
        self.done_at = (self.done_at or utcnow()) if self.done else None
        day = datetime.combine(self.due, time(), UTC) if self.due else None
        created: datetime | None = self.created_at
        self.at = self.done_at or day or created or utcnow()

    def shown(self, key: str) -> Any:
        """An open task whose day has passed is overdue."""
        late = key == "state" and not self.done and self.due is not None and self.due < today()
        return TaskState.OVERDUE if late else super().shown(key)

    @classmethod
    def holds(cls, key: str, value: Any) -> ColumnElement[bool] | None:
        """Which tasks are overdue the day says."""
        if key == "state" and value is TaskState.OVERDUE:
            return and_(cls.done.is_(False), cls.due < today())
        return None
