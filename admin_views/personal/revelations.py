"""Who looked at personal data, as it is told: in the history of a record, and in the list for administrators."""

from __future__ import annotations

from collections.abc import Sequence

from flask import url_for
from flask_babel import format_decimal, gettext
from sqlalchemy import select

from admin_views.history.past import HistoryChange, HistoryEntry
from admin_views.page import Link
from admin_views.say import label, when
from models.base import Base, db
from models.description import describe, entity
from models.gate import actor_of
from models.history import ChangeSet
from models.i18n import N_
from models.operations.revealing import NOTING, revelations_on
from models.revealing import Revealed, Revelation
from models.titles import Names, titles_of
from models.user import User

VERBS = {
    Revealed.RECORD: N_("Looked at personal data"),
    Revealed.EXPORT: N_("Exported with personal data"),
    Revealed.PERSON: N_("Exported everything about"),
}


def looks_at(row: Base, sets: Sequence[ChangeSet], before: int | None, *, is_last: bool) -> list[HistoryEntry]:
    """Return who looked at a record in the time that a page of its history tells of."""
    start = None if is_last or not sets else sets[-1].at
    at = select(ChangeSet.at).where(ChangeSet.id == before)
    end = db.session.scalar(at, execution_options=NOTING) if before else None
    return entries(revelations_on(db.session, row, start, end))


def entries(found: Sequence[Revelation]) -> list[HistoryEntry]:
    """Return revelations as people read them; records have the names that the reader sees."""
    names = _names(found)
    return [_entry(each, names) for each in found]


def ways(row: Base) -> list[Link]:
    """Return, for administrators, the ways to who looked at a record, and to what somebody looked at."""
    if not actor_of(db.session).is_administrator:
        return []
    found = []
    if describe(type(row)).tells_of_people:
        url = url_for("looks.index", entity=row.__tablename__, id=row.id)
        found.append(Link(gettext("Who looked at this?…"), url, icon="eye"))
    if isinstance(row, User):
        found.append(Link(gettext("What they looked at…"), url_for("looks.index", user=row.id), icon="eye"))
    return found


def _names(found: Sequence[Revelation]) -> Names:
    """Return what the records are called, as far as the reader sees them: nothing of them is kept with the note."""
    wanted: dict[type[Base], set[int]] = {}
    for each in found:
        if each.row_id is not None:
            wanted.setdefault(entity(each.entity), set()).add(each.row_id)
    return titles_of(db.session, wanted)


def _entry(each: Revelation, names: Names) -> HistoryEntry:
    model = entity(each.entity)
    if each.row_id is None:
        thing, title = label(model.__plural__), format_decimal(each.count or 0)
    else:
        thing, title = label(model.__label__), names.get((each.entity, each.row_id), f"#{each.row_id}")
    told = HistoryChange(f"{gettext(VERBS[each.what])}:", thing, title)
    return HistoryEntry(when(each.at), each.at.isoformat(), each.actor_name, [told], remark=each.why or "")
