"""The last number given of each kind of document, series and year."""

from __future__ import annotations

from sqlalchemy import String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Record


class DocumentCounter(Record):
    """A row that whoever issues a document locks until the document is there, so that no number is left out."""

    __tablename__ = "document_counter"
    __table_args__ = (UniqueConstraint("kind", "series", "year"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[str] = mapped_column(String(32))
    series: Mapped[str] = mapped_column(String(32))
    year: Mapped[int]
    last: Mapped[int]
