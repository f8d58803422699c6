"""Who looked at personal data that are masked by default, and who took some along: noted, and never changed."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Record
from models.choices import Choice
from models.fields import Moment
from models.types import UtcDateTime, utcnow

SHOWN_FOR = timedelta(minutes=15)
LONGEST_REASON = 200


class Revealed(Choice):
    """What was done with personal data."""

    RECORD = "record", "yellow"
    EXPORT = "export", "blue"
    PERSON = "person", "blue"


class Revelation(Record):
    """Somebody who had a record's personal data shown until a moment, or took those of a list, or of a person, along.

    It holds none of them itself, so it outlives the record, anonymised or deleted.
    """

    __tablename__ = "revelation"
    __table_args__ = (
        Index("ix_revelation_actor", "actor_id", "until"),
        Index("ix_revelation_root", "root_entity", "root_id", "id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    at: Mapped[Moment] = mapped_column(default=utcnow, index=True)
    until: Mapped[datetime | None] = mapped_column(UtcDateTime)
    actor_id: Mapped[int | None]
    actor_name: Mapped[str] = mapped_column(Text)
    what: Mapped[Revealed]
    entity: Mapped[str] = mapped_column(Text)
    row_id: Mapped[int | None]
    root_entity: Mapped[str | None] = mapped_column(Text)
    root_id: Mapped[int | None]
    count: Mapped[int | None]
    why: Mapped[str | None] = mapped_column(String(LONGEST_REASON))
