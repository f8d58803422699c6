"""Which rows went into others: the history of those that went is told where they went."""

from __future__ import annotations

from typing import Any

from sqlalchemy import ForeignKey, Index, Text, select
from sqlalchemy.orm import Mapped, aliased, mapped_column

from models.base import Base, Record
from models.history import READING, ChangeSet


class MergedRow(Record):
    """A row that went into another one of its entity, unless that was undone."""

    __tablename__ = "merged_row"
    __table_args__ = (Index("ix_merged_row_into", "entity", "into_id"),)

    change_set_id: Mapped[int] = mapped_column(ForeignKey("change_set.id"), primary_key=True)
    entity: Mapped[str] = mapped_column(Text, primary_key=True)
    row_id: Mapped[int] = mapped_column(primary_key=True)
    into_id: Mapped[int]


def merged_into(session: Any, row: Base) -> list[int]:
    """Return the keys of the rows that went into this one, and of those that had gone into these before."""
    found: list[int] = []
    new = [row.id]
    while new:
        new = [key for key in _went_into(session, row.__tablename__, new) if key not in found]
        found += new
    return found


def _went_into(session: Any, entity: str, keys: list[int]) -> list[int]:
    undo = aliased(ChangeSet)
    undone = select(undo.id).where(undo.undo_of_id == MergedRow.change_set_id).exists()
    query = select(MergedRow.row_id).where(MergedRow.entity == entity, MergedRow.into_id.in_(keys), ~undone)
    return list(session.scalars(query.distinct(), execution_options=READING))
