"""What happened to a record, as it is told on its page."""

from __future__ import annotations

from typing import Any

from sqlalchemy import ColumnElement, and_, false, or_, select
from sqlalchemy.orm import contains_eager, joinedload

from models.base import Base
from models.description import Child, describe
from models.history import READING, Change, ChangeSet, root_of
from models.merged import merged_into


def history_of(session: Any, row: Base, before: int | None = None, limit: int = 20) -> list[ChangeSet]:
    """Return the change-sets that touched a record or what belongs to it, newest first, with those alone.

    Those of rows that were merged into it are its own now.
    """
    mine = changes_on(row)
    for key in merged_into(session, row):
        mine = or_(mine, _about(row.__tablename__, key))
    keys = select(Change.change_set_id).where(mine).distinct().order_by(Change.change_set_id.desc()).limit(limit)
    if before is not None:
        keys = keys.where(Change.change_set_id < before)
    query = select(ChangeSet).join(ChangeSet.changes.and_(mine)).where(ChangeSet.id.in_(keys))
    query = query.options(contains_eager(ChangeSet.changes), joinedload(ChangeSet.undone_by))
    query = query.options(joinedload(ChangeSet.merged))
    query = query.order_by(ChangeSet.id.desc(), Change.id).execution_options(**READING, populate_existing=True)
    return list(session.scalars(query).unique())


def last_change(session: Any, *which: ColumnElement[bool]) -> Change | None:
    """Return the newest of the changes that are all of this; None if none is."""
    query = select(Change).where(*which).order_by(Change.id.desc()).limit(1)
    found: Change | None = session.scalar(query, execution_options=READING)
    return found


def _about(name: str, key: int) -> ColumnElement[bool]:
    """Return the changes of a row that went into another one, and of what was below it by then."""
    own = and_(Change.entity == name, Change.row_id == key)
    return or_(own, and_(Change.root_entity == name, Change.root_id == key))


def changes_on(row: Base) -> ColumnElement[bool]:
    """Return which changes are told on a record: all below a topmost one; of others its own, and those of its parts.

    What a part that is gone was part of is not known any more: it went in a change-set that touched the record.
    """
    description, (root_entity, root_id) = describe(type(row)), root_of(row)
    below = and_(Change.root_entity == root_entity, Change.root_id == root_id)
    if description.parent is None:
        return below
    own = and_(Change.entity == row.__tablename__, Change.row_id == row.id)
    other = Change.__table__.alias()
    touching = select(other.c.change_set_id).where(other.c.entity == row.__tablename__, other.c.row_id == row.id)
    in_touching = Change.change_set_id.in_(touching)
    parts = (_of_part(part, row, in_touching) for part in description.parts)
    return or_(own, and_(below, or_(false(), *parts)))


def _of_part(part: Child, row: Base, in_touching: ColumnElement[bool]) -> ColumnElement[bool]:
    table: Any = part.model.__table__.alias()
    here = Change.row_id.in_(select(table.c.id).where(table.c[f"{part.parent}_id"] == row.id))
    gone = and_(in_touching, Change.row_id.not_in(select(table.c.id)))
    return and_(Change.entity == part.model.__tablename__, or_(here, gone))
