"""The chain over the history: every change-set is sealed with a digest that holds all before it.

What can be erased is salted, so that a digest does not tell it once the salt is gone. Of a change that was erased its
former digest is kept, as part of the change-set that erased it; the seals of both hold ever after.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from hashlib import sha256
from secrets import token_hex
from typing import Any

from sqlalchemy import ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Record
from models.fields import Moment
from models.types import utcnow

SALT = 16  # bytes
DIGEST = String(64)  # SHA-256 as hexadecimal digits
START = "0" * 64  # what the first seal follows
HEADER = ("id", "at", "actor_id", "actor_name", "undo_of_id")
CONTENT = (
    *("id", "change_set_id", "entity", "row_id", "root_entity", "root_id"),
    *("action", "title", "version", "before", "after"),
)


class Seal(Record):
    """A link of the chain: the digest of a change-set, put in the order in which change-sets came to be seen.

    `content` is the digest of the change-set alone, `digest` that of this link and of all before it.
    """

    __tablename__ = "seal"

    number: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    change_set_id: Mapped[int] = mapped_column(unique=True)
    changes: Mapped[int]
    content: Mapped[str] = mapped_column(DIGEST)
    digest: Mapped[str] = mapped_column(DIGEST)
    sealed_at: Mapped[Moment] = mapped_column(default=utcnow)


class ErasedChange(Record):
    """A change out of which a change-set erased something: its digests before and after."""

    __tablename__ = "erased_change"

    id: Mapped[int] = mapped_column(primary_key=True)
    change_set_id: Mapped[int] = mapped_column(ForeignKey("change_set.id"), index=True)
    change_id: Mapped[int] = mapped_column(index=True)
    was: Mapped[str] = mapped_column(DIGEST)
    now: Mapped[str] = mapped_column(DIGEST)


def new_salt() -> str:
    """Return what keeps a digest from being guessed."""
    return token_hex(SALT)


def digest_of_change(change: Mapping[str, Any]) -> str:
    """Return the digest of a change: of what it says, and of its salt."""
    return _digest(change["salt"], *(change[key] for key in CONTENT))


def digest_of_entry(header: Mapping[str, Any], changes: Iterable[str], erased: Iterable[tuple[int, str, str]]) -> str:
    """Return the digest of a change-set: its header, the first digests of its changes, and what it erased in others."""
    return _digest(*(header[key] for key in HEADER), list(changes), list(erased))


def digest_of_seal(previous: str, seal: Mapping[str, Any]) -> str:
    """Return the digest of a link, which follows another."""
    return _digest(previous, *(seal[key] for key in ("number", "change_set_id", "changes", "content", "sealed_at")))


def _digest(*parts: Any) -> str:
    """Return the SHA-256 of values, written in the one way in which JSON can hold them."""
    text = json.dumps(parts, sort_keys=True, separators=(",", ":"), default=_written)
    return sha256(text.encode("ascii")).hexdigest()


def _written(moment: datetime) -> str:
    return moment.astimezone(UTC).isoformat()
