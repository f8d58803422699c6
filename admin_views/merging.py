"""Two people, one record: edits of different fields merge, edits of the same field are shown to the second editor."""

from __future__ import annotations

from typing import Any

from flask_babel import gettext

from admin_views import controls
from admin_views.controls import Clash
from admin_views.parts import Rows
from admin_views.say import plain, when
from models.base import Base, db
from models.description import describe
from models.history import Since, changes_since
from models.images import decode, encode
from models.related import find


def merge(form: Any, row: Base) -> bool:
    """Bring a form that was opened on an older version up to date; False if the same field was changed by both."""
    agreed = [_merge_row(form, row)]
    for field in form:
        if isinstance(field, Rows):
            agreed += [_merge_row(entry.form, entry.row) for entry in field.entries if entry.row is not None]
    return all(agreed)


def _merge_row(form: Any, row: Base) -> bool:
    opened = controls.read_key(form.version.data)
    if row.id is None or opened is None or opened >= row.version:
        return True
    since = changes_since(db.session, row, opened)
    clashes = [field for field in form if _column(field, row) in since and not _reconcile(field, row, since)]
    form.version.data = str(row.version)
    form.version.raw_data = None
    return not clashes


def _reconcile(field: Any, row: Base, since: dict[str, Since]) -> bool:
    """Take their value where only they changed the field; where both did, tell."""
    key = _column(field, row)
    change = since[key]
    yours, theirs = _posted(field), encode(getattr(row, key))
    if yours in (change.before, theirs):
        field.data = getattr(row, field.short_name)
        field.raw_data = None
        return True
    field.conflict = Clash(
        _shown(row, key, theirs), _shown(row, key, change.before), change.actor, when(change.at), field.posted(theirs)
    )
    message = gettext("%(who)s changed this to “%(theirs)s” while you were editing.", who=change.actor, theirs=field.conflict.theirs)
    field.errors = [*field.errors, message]
    return False


def _column(field: Any, row: Base) -> str:
    attribute = describe(type(row)).attributes.get(field.short_name)
    return f"{field.short_name}_id" if attribute and attribute.target else field.short_name


def _posted(field: Any) -> Any:
    """Return what was typed, as the history keeps values."""
    if isinstance(field.data, Base):
        return field.data.id
    return encode(field.data)


def _shown(row: Base, key: str, value: Any) -> str:
    """Return a stored value as a person reads it."""
    attribute = describe(type(row)).attributes.get(key.removesuffix("_id"))
    if attribute and attribute.target:
        return plain(find(db.session, attribute.target, value)) or gettext("empty")
    return plain(decode(type(row).__table__.columns[key], value)) or gettext("empty")
