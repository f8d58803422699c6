"""Forms that have made something, so that sending one again does not make it twice."""

from __future__ import annotations

from sqlalchemy import String, Text
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Record
from models.fields import Moment
from models.types import utcnow


class SentForm(Record):
    """A form that was sent and made something. Its key is known to that page alone; what it said, to nobody.

    `key` is the SHA-256 of the page's key and its sender, `said` a digest of what was sent.
    """

    __tablename__ = "sent_form"

    key: Mapped[str] = mapped_column(String(64), primary_key=True)
    said: Mapped[str] = mapped_column(String(64))
    entity: Mapped[str | None] = mapped_column(Text)
    row_id: Mapped[int | None]
    change_set_id: Mapped[int | None]
    at: Mapped[Moment] = mapped_column(default=utcnow, index=True)
