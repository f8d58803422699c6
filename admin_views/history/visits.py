"""What others changed on a record since somebody was last there."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

from babel.lists import format_list
from flask_babel import get_locale, gettext

from admin_views.door.looking import current
from admin_views.history.past import NOTHING_NEW, News
from admin_views.say import label, when
from models.base import Base, db
from models.description import describe
from models.gate import actor_of
from models.history import ERASE, UPDATE
from models.permissions import may_see
from models.types import utcnow
from models.visits import since_last

MOST = 4  # names of what one person changed


def news(view: Any, row: Base) -> News:
    """Return what others changed since the person was here, and how the page says that they are: one statement."""
    user = actor_of(db.session).user_id
    if user is None or current():
        return NOTHING_NEW
    found = since_last(db.session, row, user)
    url = view.get_url(".visit_view", id=row.id)
    changed: dict[str, dict[str, str]] = {}
    for change in found.changes:
        changed.setdefault(change.actor_name, {}).update(_labels(view, row, change))
    told = {who: what for who, what in changed.items() if what}
    if found.at is None or not told:
        return News(visit_url=url, seen=found.newest)
    by_person = (gettext("%(who)s changed %(what)s", who=who, what=_list(what)) for who, what in told.items())
    sentence = _sentence("; ".join(by_person), found.at)
    marks = {key: who for who, what in told.items() for key in what}
    return News(url, found.newest, sentence, marks, f"set-{found.changes[0].change_set}")


def _sentence(changes: str, at: datetime) -> str:
    """Return what was changed since when, as it reads for minutes and for months."""
    past = utcnow() - at
    if past < timedelta(minutes=1):
        return gettext("%(changes)s since you were here a moment ago.", changes=changes)
    if past < timedelta(days=7):
        return gettext("%(changes)s since you were here %(when)s.", changes=changes, when=when(at))
    return gettext("%(changes)s since you were here on %(day)s.", changes=changes, day=when(at))


def _labels(view: Any, row: Base, change: Any) -> Iterator[tuple[str, str]]:
    """Yield what a change is about, by key: fields of the record, its parts, or what else belongs to it."""
    description = describe(type(row))
    if (change.entity, change.row_id) != (row.__tablename__, row.id):
        for child in description.children:
            if child.model.__tablename__ == change.entity and (child.part or _is_open(view, child.model)):
                yield child.key, label(child.model.__plural__)
        return
    keys = ((change.before or {}) | (change.after or {})).keys() if change.action in {UPDATE, ERASE} else set()
    for key in (key for key in keys if not key.endswith("_changed_at")):
        attribute = description.attributes.get(key) or description.attributes.get(key.removesuffix("_id"))
        if attribute is None or attribute.facts.hidden or keys & set(attribute.facts.told_by):
            continue
        if may_see(actor_of(db.session), attribute):
            yield attribute.key, label(attribute.label)


def _is_open(view: Any, model: type[Base]) -> bool:
    other = view.view_of(model)
    return other is not None and bool(other.is_accessible())


def _list(what: dict[str, str]) -> str:
    names = list(dict.fromkeys(what.values()))
    more = len(names) - MOST
    shown = names[:MOST] + ([gettext("%(n)s more", n=more)] if more > 0 else [])
    return str(format_list(shown, locale=get_locale()))
