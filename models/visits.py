"""When somebody was last at a record, and what others did to it since."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ForeignKey, Text, UniqueConstraint, and_, delete, func, insert, literal, or_, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Base, Record
from models.fields import Moment
from models.history import READING, Change, ChangeSet
from models.past import changes_on
from models.types import utcnow

KEPT = timedelta(days=180)
PAUSE = timedelta(minutes=1)  # within which nothing is written for a page that tells nothing new
MOST = 500  # changes that are looked at


class RecordVisit(Record):
    """The last time that somebody was at a record, and the newest change that they were shown."""

    __tablename__ = "record_visit"
    __table_args__ = (UniqueConstraint("user_id", "entity", "row_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("user.id", ondelete="CASCADE"))
    entity: Mapped[str] = mapped_column(Text)
    row_id: Mapped[int]
    seen: Mapped[int]
    at: Mapped[Moment] = mapped_column(default=utcnow)


@dataclass(frozen=True)
class Unseen:
    """What somebody has not seen of a record: the changes of others, since when, and the `newest` of all changes.

    `at` is None for a first visit, which has missed nothing.
    """

    newest: int
    at: datetime | None
    changes: tuple[Any, ...]


def since_last(session: Any, row: Base, user_id: int) -> Unseen:
    """Return what others did to a record since a user was last there: one statement."""
    mine, columns = changes_on(row), (Change.entity, Change.row_id, Change.action, Change.before, Change.after)
    newest = select(func.max(Change.id)).where(mine).scalar_subquery()
    one = select(literal(1).label("one")).subquery()
    by_others = or_(ChangeSet.actor_id.is_(None), ChangeSet.actor_id != user_id)
    query = (
        select(newest.label("newest"), RecordVisit.at.label("visited"), *columns)
        .add_columns(ChangeSet.id.label("change_set"), ChangeSet.actor_name)
        .select_from(one)
        .outerjoin(RecordVisit, _visit(row, user_id))
        .outerjoin(Change, and_(Change.id > RecordVisit.seen, mine))
        .outerjoin(ChangeSet, and_(ChangeSet.id == Change.change_set_id, by_others))
        .order_by(Change.id)
        .limit(MOST)
    )
    found = session.execute(query, execution_options=READING).all()
    return Unseen(found[0].newest or 0, found[0].visited, tuple(each for each in found if each.change_set))


def note_visit(session: Any, row: Base, user_id: int, seen: int) -> None:
    """Remember that a user was at a record just now and was shown its changes up to this one. The caller commits."""
    now, here = utcnow(), _visit(row, user_id)
    newer = or_(RecordVisit.seen < seen, RecordVisit.at <= now - PAUSE)
    connection = session.connection()
    larger = func.max if connection.dialect.name == "sqlite" else func.greatest
    values = {"at": now, "seen": larger(RecordVisit.seen, seen)}
    if connection.execute(update(RecordVisit).where(here, newer).values(values)).rowcount:
        return
    if connection.scalar(select(RecordVisit.id).where(here)) is None:
        connection.execute(delete(RecordVisit).where(RecordVisit.user_id == user_id, RecordVisit.at < now - KEPT))
        first = {"user_id": user_id, "entity": row.__tablename__, "row_id": row.id, "seen": seen, "at": now}
        try:
            with session.begin_nested():
                connection.execute(insert(RecordVisit), [first])
        except IntegrityError:
            pass  # in two tabs at the same moment


def _visit(row: Base, user_id: int) -> Any:
    return and_(RecordVisit.user_id == user_id, RecordVisit.entity == row.__tablename__, RecordVisit.row_id == row.id)
