"""Every write is a change-set: who, when, which rows, what was before and after.

Change-sets are written in the transaction they describe. Secrets are never part of an image; those of a deleted row are kept
apart for as long as it can be brought back.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import JSON, ForeignKey, Index, Text, insert, inspect, select
from sqlalchemy.orm import Mapped, Session, SessionTransaction, UOWTransaction, mapped_column, relationship

from models.base import Base, Record
from models.description import describe, title_of
from models.fields import Moment, kind_of
from models.gate import actor_of, ungated
from models.images import encode, image
from models.permissions import ruling_row
from models.types import utcnow

CREATE, UPDATE, DELETE = "create", "update", "delete"
SECRETS_KEPT = timedelta(days=30)
SILENT = {"version", "updated_at", "created_at"}
READING = ungated("history rows carry their own root; the record they belong to was read through the gate")


class ChangeSet(Record):
    """What one request or job changed, in one transaction."""

    __tablename__ = "change_set"

    id: Mapped[int] = mapped_column(primary_key=True)
    at: Mapped[Moment] = mapped_column(default=utcnow, index=True)
    actor_id: Mapped[int | None]
    actor_name: Mapped[str] = mapped_column(Text)
    undo_of_id: Mapped[int | None] = mapped_column(ForeignKey("change_set.id"), unique=True)
    changes: Mapped[list[Change]] = relationship(back_populates="change_set", order_by="Change.id")
    undone_by: Mapped[ChangeSet | None] = relationship(remote_side=undo_of_id, uselist=False, viewonly=True)


class Change(Record):
    """What happened to one row; `root` is the record on whose page people look for it."""

    __tablename__ = "change"
    __table_args__ = (Index("ix_change_root", "root_entity", "root_id", "id"), Index("ix_change_row", "entity", "row_id", "id"))

    id: Mapped[int] = mapped_column(primary_key=True)
    change_set_id: Mapped[int] = mapped_column(ForeignKey("change_set.id"), index=True)
    entity: Mapped[str] = mapped_column(Text)
    row_id: Mapped[int]
    root_entity: Mapped[str] = mapped_column(Text)
    root_id: Mapped[int]
    action: Mapped[str] = mapped_column(Text)
    title: Mapped[str] = mapped_column(Text)
    version: Mapped[int]
    before: Mapped[dict[str, Any] | None] = mapped_column(JSON)
    after: Mapped[dict[str, Any] | None] = mapped_column(JSON)
    change_set: Mapped[ChangeSet] = relationship(back_populates="changes")


class DeletedSecret(Record):
    """The secrets of a deleted row, until it can no longer be brought back. Never shown."""

    __tablename__ = "deleted_secret"

    entity: Mapped[str] = mapped_column(Text, primary_key=True)
    row_id: Mapped[int] = mapped_column(primary_key=True)
    secrets: Mapped[dict[str, str]] = mapped_column(JSON)
    expires_at: Mapped[Moment] = mapped_column(index=True)


@dataclass(frozen=True)
class Since:
    """What somebody else did to a field: its value before they began, and who did it when."""

    before: Any
    actor: str
    at: datetime


def record_flush(session: Session, context: UOWTransaction) -> None:
    """Write what this flush did into the session's change-set."""
    entries = list(_entries(session))
    if entries:
        change_set = _change_set(session)
        connection = session.connection()
        connection.execute(insert(Change), [entry | {"change_set_id": change_set} for entry in entries])
        _keep_secrets(session)


def end_change_set(session: Session, transaction: SessionTransaction) -> None:
    """Begin a new change-set with the next transaction; remember the last one for the Undo of its toast."""
    if transaction.parent is None:
        session.info["last_change_set"] = session.info.pop("change_set", None)
        session.info.pop("undo_of", None)


def history_of(session: Session, row: Base, before: int | None = None, limit: int = 20) -> list[ChangeSet]:
    """Return the change-sets that touched a record or what belongs to it, newest first."""
    touched = select(Change.change_set_id).where(Change.root_entity == row.__tablename__, Change.root_id == row.id)
    query = select(ChangeSet).where(ChangeSet.id.in_(touched)).order_by(ChangeSet.id.desc()).limit(limit)
    if before is not None:
        query = query.where(ChangeSet.id < before)
    return list(session.scalars(query.execution_options(**READING)))


def changes_since(session: Session, row: Base, version: int) -> dict[str, Since]:
    """Return, by column, what happened to a row after the version that a form was opened with."""
    query = (
        select(Change)
        .join(Change.change_set)
        .where(Change.entity == row.__tablename__, Change.row_id == row.id, Change.version > version)
        .where(Change.action == UPDATE)
        .order_by(Change.id)
    )
    found: dict[str, Since] = {}
    for change in session.scalars(query.execution_options(**READING)):
        for key, value in (change.before or {}).items():
            first = found.get(key)
            before = first.before if first else value
            found[key] = Since(before, change.change_set.actor_name, change.change_set.at)
    return found


def root_of(row: Base) -> Base:
    """Return the record on whose page a change of this row is looked for."""
    return ruling_row(row) or row


def _change_set(session: Session) -> int:
    """Return the key of the session's change-set, begun with the first write of the transaction."""
    if "change_set" not in session.info:
        actor = actor_of(session)
        values = {"actor_id": actor.user_id, "actor_name": actor.name, "undo_of_id": session.info.get("undo_of")}
        result = session.connection().execute(insert(ChangeSet).values(values))
        session.info["change_set"] = result.inserted_primary_key[0]
    return session.info["change_set"]  # type: ignore[no-any-return]


def _entries(session: Session) -> Iterator[dict[str, Any]]:
    yield from _entries_for(CREATE, session.new)
    yield from _entries_for(UPDATE, session.dirty)
    yield from _entries_for(DELETE, session.deleted)


def _entries_for(action: str, rows: Iterable[object]) -> Iterator[dict[str, Any]]:
    for row in rows:
        if isinstance(row, Base):
            before, after = _difference(action, row)
            if before or after or action != UPDATE:
                yield _entry(action, row, before, after)


def _entry(action: str, row: Base, before: Any, after: Any) -> dict[str, Any]:
    root = root_of(row)
    return {
        "entity": row.__tablename__,
        "row_id": row.id,
        "root_entity": root.__tablename__,
        "root_id": root.id,
        "action": action,
        "title": title_of(row),
        "version": row.version,
        "before": before,
        "after": after,
    }


def _difference(action: str, row: Base) -> tuple[dict[str, Any] | None, dict[str, Any] | None]:
    """Return the images before and after: of the whole row, or for an update of what changed."""
    if action == CREATE:
        return None, image(row)
    if action == DELETE:
        return image(row), None
    before, after = {}, {}
    for key in set(inspect(type(row)).columns.keys()) - SILENT:
        history = inspect(row).attrs[key].history
        if history.has_changes():
            secret = _is_secret(row, key)
            before[key] = None if secret else encode(history.deleted[0] if history.deleted else None)
            after[key] = None if secret else encode(history.added[0] if history.added else None)
    return before, after


def _is_secret(row: Base, key: str) -> bool:
    kind = kind_of(inspect(type(row)).columns[key])
    return kind is not None and kind.secret


def _keep_secrets(session: Session) -> None:
    """Put the secrets of deleted rows aside, so that an undo within the month brings them back too."""
    for row in session.deleted:
        if not isinstance(row, Base):
            continue
        keys = [each.key for each in describe(type(row)).attributes.values() if each.secret]
        secrets = {key: getattr(row, key) for key in keys if getattr(row, key)}
        if secrets:
            values = {"entity": row.__tablename__, "row_id": row.id, "secrets": secrets}
            session.connection().execute(insert(DeletedSecret).values(**values, expires_at=utcnow() + SECRETS_KEPT))
