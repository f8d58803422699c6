"""Every write is a change-set: who, when, which rows, what was before and after.

Change-sets are written in the transaction they describe. Secrets are never part of an image; those of a deleted row are
kept apart for as long as it can be brought back. What was erased leaves a mark where it stood.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from sqlalchemy import (
    JSON,
    ForeignKey,
    Index,
    String,
    Text,
    delete,
    insert,
    inspect,
    select,
)
from sqlalchemy.orm import (
    Mapped,
    Session,
    SessionTransaction,
    UOWTransaction,
    contains_eager,
    mapped_column,
    relationship,
    scoped_session,
)

from models.base import Base, Record
from models.chain import SALT, new_salt
from models.description import describe, entity, title_of
from models.fields import Moment
from models.gate import actor_of, ungated
from models.images import encode, image, keys_of, silent_keys, stored, stored_image, stored_secrets
from models.masking import masked, reads_noted
from models.permissions import Level, Permission, ruling_entity
from models.related import related
from models.types import utcnow

if TYPE_CHECKING:
    from models.merged import MergedRow

CREATE, UPDATE, DELETE, ERASE = "create", "update", "delete", "erase"
ERASED = {"erased": True}  # stands for a value that was erased; no column is kept as an object
SECRETS_KEPT = timedelta(days=30)
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
    merged: Mapped[list[MergedRow]] = relationship(viewonly=True)


class Change(Record):
    """What happened to one row; `root` is the record on whose page people look for it."""

    __tablename__ = "change"
    __table_args__ = (
        Index("ix_change_root", "root_entity", "root_id", "id"),
        Index("ix_change_row", "entity", "row_id", "id"),
    )

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
    salt: Mapped[str | None] = mapped_column(String(2 * SALT))  # none yet in those from before there was a chain
    change_set: Mapped[ChangeSet] = relationship(back_populates="changes")


class DeletedSecret(Record):
    """The secrets of a row before it was deleted or merged, until they can no longer be brought back. Never shown."""

    __tablename__ = "deleted_secret"

    entity: Mapped[str] = mapped_column(Text, primary_key=True)
    row_id: Mapped[int] = mapped_column(primary_key=True)
    secrets: Mapped[dict[str, str]] = mapped_column(JSON)
    expires_at: Mapped[Moment] = mapped_column(index=True)


@dataclass(frozen=True)
class Since:
    """What somebody else did to a field: its value before they began, who did it when, and whether it was erased."""

    before: Any
    actor: str
    at: datetime
    erased: bool = False
    actor_id: int | None = None


def is_erased(change: Any) -> bool:
    """Return whether something of what a change says, or its net effect, was erased since."""
    return any(value == ERASED for side in (change.before, change.after) for value in (side or {}).values())


def note_deleted(session: Session, context: UOWTransaction, instances: Any) -> None:
    """Take the images of rows that this flush deletes, while they can still be read."""
    rows = [row for row in session.deleted if isinstance(row, Base)]
    session.info["deleted"] = [entry_of(DELETE, row, stored_image(row), None) for row in rows]
    session.info["secrets"] = [
        {"entity": row.__tablename__, "row_id": row.id, "secrets": secrets}
        for row in rows
        if (secrets := stored_secrets(row))
    ]


def record_flush(session: Session, context: UOWTransaction) -> None:
    """Write what this flush did into the session's change-set."""
    created = [entry_of(CREATE, row, None, image(row)) for row in session.new if isinstance(row, Base)]
    updated = [entry for row in session.dirty if isinstance(row, Base) and (entry := _update(row))]
    if entries := [*created, *updated, *session.info.pop("deleted")]:
        change_set = change_set_of(session)
        session.connection().execute(insert(Change), [entry | {"change_set_id": change_set} for entry in entries])
    if secrets := session.info.pop("secrets"):
        _keep_secrets(session, secrets)


def remember_change_set(session: Session) -> None:
    """Remember what was committed, for the Undo of its toast."""
    if not session.in_nested_transaction():
        session.info["last_change_set"] = session.info.get("change_set")


def forget_change_set(session: Session, transaction: SessionTransaction) -> None:
    """Begin anew after a rollback to a savepoint within which the change-set had begun."""
    within = session.info.get("change_set_within")
    while within is not None:
        if within is transaction:
            del session.info["change_set"], session.info["change_set_within"]
            return
        within = within.parent


def end_change_set(session: Session, transaction: SessionTransaction) -> None:
    """Begin a new change-set with the next transaction."""
    if transaction.parent is None:
        for key in ("change_set", "change_set_within", "undo_of"):
            session.info.pop(key, None)


def called(session: Any, change: Change) -> str:
    """Return what a row was called; one that is a link to another has that one's title for those who see it.

    A title that is personal by itself is masked for whoever may not read it.
    """
    description = describe(entity(change.entity))
    link = description.attributes.get(description.title)
    if link is not None and link.maskable and not reads_noted(actor_of(session), change):
        return masked(link.kind, change.title)
    if link is None or link.target is None:
        return change.title
    level = actor_of(session).level(ruling_entity(link.target).__tablename__, Permission.VIEW)
    return change.title if level is Level.ORGANISATION else f"#{change.row_id}"


def changes_since(session: Any, row: Base, version: int) -> dict[str, Since]:
    """Return, by column, what happened to a row after the version that a form was opened with."""
    query = (
        select(Change)
        .join(Change.change_set)
        .options(contains_eager(Change.change_set))
        .where(Change.entity == row.__tablename__, Change.row_id == row.id, Change.version > version)
        .where(Change.action.in_((UPDATE, ERASE)))
        .order_by(Change.id)
    )
    found: dict[str, Since] = {}
    for change in session.scalars(query.execution_options(**READING)):
        for key in (change.before or {}) | (change.after or {}):
            before = found[key].before if key in found else (change.before or {}).get(key)
            erased = is_erased(change) or (key in found and found[key].erased)
            by = change.change_set
            found[key] = Since(before, by.actor_name, by.at, erased, by.actor_id)
    return found


def change_set_of(session: Any) -> int:
    """Return the key of the session's change-set, begun with the first write of the transaction."""
    if "change_set" not in session.info:
        actor = actor_of(session)
        values = {"actor_id": actor.user_id, "actor_name": actor.name, "undo_of_id": session.info.get("undo_of")}
        key = insert(ChangeSet).values(values).returning(ChangeSet.id)
        session.info["change_set"] = session.connection().scalar(key)
        inner = session() if isinstance(session, scoped_session) else session
        session.info["change_set_within"] = inner.get_nested_transaction() or inner.get_transaction()
    return session.info["change_set"]  # type: ignore[no-any-return]


def entry_of(action: str, row: Base, before: Any, after: Any) -> dict[str, Any]:
    root_entity, root_id = root_of(row)
    return {
        "entity": row.__tablename__,
        "row_id": row.id,
        "root_entity": root_entity,
        "root_id": root_id,
        "action": action,
        "title": title_of(row),
        "version": row.version,
        "before": before,
        "after": after,
        "salt": new_salt(),
    }


def root_of(row: Base) -> tuple[str, int]:
    """Return the record on whose page a change of this row is looked for: the topmost above it."""
    parent = describe(type(row)).parent
    if parent is None or parent.target is None:
        return row.__tablename__, row.id
    if describe(parent.target).parent is None:
        return parent.target.__tablename__, getattr(row, parent.column.key)
    above = related(row, parent.key)
    return root_of(above) if above is not None else (row.__tablename__, row.id)


def _update(row: Base) -> dict[str, Any] | None:
    """Return the entry of an update: what changed, before and after."""
    before, after = {}, {}
    for key in keys_of(type(row), secret=False):
        history = inspect(row).attrs[key].history
        if history.has_changes() and key not in silent_keys(type(row)):
            before[key], after[key] = encode(stored(row, key)), encode(getattr(row, key))
    for key in keys_of(type(row), secret=True):
        if inspect(row).attrs[key].history.has_changes():
            # Only that there was one, and that there is one now.
            before |= {key: None} if stored(row, key) else {}
            after |= {key: None} if getattr(row, key) else {}
    return entry_of(UPDATE, row, before, after) if before or after else None


def put_secrets_aside(session: Session, row: Base) -> None:
    """Keep the secrets that a row has now, so that an undo within the month can bring them back."""
    if secrets := stored_secrets(row):
        _keep_secrets(session, [{"entity": row.__tablename__, "row_id": row.id, "secrets": secrets}])


def _keep_secrets(session: Session, secrets: list[dict[str, Any]]) -> None:
    """Put the secrets of deleted rows aside, so that an undo within the month brings them back too; drop older ones."""
    connection, now = session.connection(), utcnow()
    connection.execute(delete(DeletedSecret).where(DeletedSecret.expires_at <= now))
    for each in secrets:
        mine = DeletedSecret.entity == each["entity"], DeletedSecret.row_id == each["row_id"]
        connection.execute(delete(DeletedSecret).where(*mine))
    connection.execute(insert(DeletedSecret), [each | {"expires_at": now + SECRETS_KEPT} for each in secrets])
