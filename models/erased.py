"""Taking values out of the history in the same transaction that erases them, so that its chain still holds."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from sqlalchemy import bindparam, delete, insert, update
from sqlalchemy.orm import Session

from models.base import Base
from models.chain import CONTENT, ErasedChange, digest_of_change, new_salt
from models.history import ERASE, ERASED, UPDATE, Change, change_set_of, entry_of

REWRITTEN = ("title", "before", "after", "salt")


def note_erased(session: Session, row: Base, keys: Iterable[str]) -> None:
    """Put into the session's change-set that these values of a row were erased, in place of what it says of the row."""
    change_set, connection = change_set_of(session), session.connection()
    updates = Change.entity == row.__tablename__, Change.row_id == row.id, Change.action == UPDATE
    connection.execute(delete(Change).where(Change.change_set_id == change_set, *updates))
    entry = entry_of(ERASE, row, dict.fromkeys(keys, ERASED), {})
    connection.execute(insert(Change), [entry | {"change_set_id": change_set}])


def rewrite(session: Session, changes: Sequence[tuple[Change, Mapping[str, Any]]]) -> None:
    """Replace what changes say by the new `title`, `before` and `after` of each, and keep that this was done.

    Their salts go as well, without which nobody can find out from the digests what was there.
    """
    change_set, texts, erased = change_set_of(session), [], []
    for change, new in changes:
        before = {key: getattr(change, key) for key in CONTENT} | {"salt": change.salt or new_salt()}
        after = {**before, **new, "salt": new_salt()}
        if any(before[key] != after[key] for key in new):
            texts.append({"change": change.id, **{f"new_{key}": after[key] for key in REWRITTEN}})
            digests = {"was": digest_of_change(before), "now": digest_of_change(after)}
            erased.append({"change_set_id": change_set, "change_id": change.id, **digests})
    if texts:
        table: Any = Change.__table__
        values: dict[str, Any] = {name: bindparam(f"new_{name}") for name in REWRITTEN}
        statement = update(table).where(table.c.id == bindparam("change")).values(values)
        session.connection().execute(statement, texts)
        session.connection().execute(insert(ErasedChange), erased)
