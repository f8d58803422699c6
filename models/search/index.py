"""The search index: one entry for every row that search can reach."""

from __future__ import annotations

from typing import Any

from sqlalchemy import BigInteger, Index, Integer, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Record

# Compared letter by letter: the text is folded already, and a language's order would keep the indexes from being used.
_FOLDED = Text().with_variant(Text(collation="C"), "postgresql")
_START = String(2).with_variant(String(2, collation="C"), "postgresql")


class SearchEntry(Record):
    """What search knows of one row: what everybody reads who sees it, and apart from that what is `personal`.

    `body` has a line for each searched attribute, the title first; `folded` is the same without case and accents, and
    `start` its first two letters. The root is the record on whose page the row is found. Triggers alone write here.
    """

    __tablename__ = "search_entry"
    __table_args__ = (
        UniqueConstraint("entity", "row_id", "personal"),
        Index("ix_search_entry_root", "root_entity", "root_id"),
        Index("ix_search_entry_start", "entity", "start"),
        {"sqlite_autoincrement": True},
    )

    id: Mapped[int] = mapped_column(BigInteger().with_variant(Integer, "sqlite"), primary_key=True)
    entity: Mapped[str] = mapped_column(Text)
    row_id: Mapped[int]
    personal: Mapped[bool]
    root_entity: Mapped[str] = mapped_column(Text)
    root_id: Mapped[int | None]
    body: Mapped[str] = mapped_column(Text)
    folded: Mapped[str] = mapped_column(_FOLDED, default="")
    start: Mapped[str] = mapped_column(_START, default="")


class SearchSpec(Record):
    """What the entries of an entity were made from, so that a changed declaration is noticed."""

    __tablename__ = "search_spec"

    entity: Mapped[str] = mapped_column(Text, primary_key=True)
    fingerprint: Mapped[str] = mapped_column(Text)


def include_object(thing: Any, name: str | None, kind: str, reflected: bool, compare_to: Any) -> bool:
    """Tell Alembic to leave alone the tables and indexes of search that `sync_search` looks after."""
    return not (reflected and compare_to is None and kind in {"table", "index"} and "search_" in (name or ""))
