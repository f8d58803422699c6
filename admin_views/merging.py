"""Two people, one record: edits of different fields merge, edits of the same field are shown to the second editor.

A form carries the version it was opened with. One that carries none, or one that cannot be, is taken for the oldest.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask import request
from flask_babel import gettext
from sqlalchemy import select

from admin_views.controls import Clash, read_key
from admin_views.kinds import said
from admin_views.links import Links
from admin_views.matrix import Matrix
from admin_views.parts import Entry, Rows
from admin_views.say import when
from models.base import Base, db
from models.description import describe, title_of
from models.errors import Conflict
from models.history import DELETE, READING, Change, Since, changes_since, root_of
from models.i18n import N_
from models.images import decode, encode
from models.related import find

ANONYMISED = N_("“%(title)s” was anonymised while you were editing, so nothing was saved.")


def merge(form: Any, row: Base) -> bool:
    """Bring a form that was opened on an older version up to date; False if the same field was changed by both."""
    agreed = [_merge_row(form, row, _since(form.version.data, row))]
    parts = [field for field in form if isinstance(field, Rows) and field.was_sent]
    agreed += [field.merge(row) if isinstance(field, (Links, Matrix)) else _merge_rows(field, row) for field in parts]
    form.version.data, form.version.raw_data = str(row.version or ""), None
    return all(agreed)


def _since(version: Any, row: Any) -> dict[str, Since]:
    """Return what others did to the row since the version that a form was opened with."""
    opened = read_key(version) or 0
    if row.id is None or opened == row.version:
        return {}
    since = changes_since(db.session(), row, opened if opened < row.version else 0)
    if any(each.erased for each in since.values()):
        raise Conflict(ANONYMISED, title=title_of(row))  # the form still says what nobody may know any more
    return since


def _merge_row(form: Any, row: Base, since: Mapping[str, Since]) -> bool:
    stale = [field for field in form if _column(field, type(row)) in since]
    agreed = [_reconcile(field, row, since[_column(field, type(row))]) for field in stale]
    return all(agreed)


def _reconcile(field: Any, row: Base, change: Since) -> bool:
    """Take their value where only they changed the field; where both did, tell."""
    key = _column(field, type(row))
    yours, theirs = _typed(field), encode(getattr(row, key))
    if yours == theirs:
        return True
    if yours == change.before:
        field.process_data(getattr(row, field.short_name))
        field.raw_data = None
        return True
    shown = _shown(row, key, theirs), _shown(row, key, change.before)
    field.conflict = Clash(*shown, change.actor, when(change.at), field.posted(theirs))
    words = {"who": change.actor, "theirs": shown[0]}
    field.errors = [*field.errors, gettext("%(who)s changed this to “%(theirs)s” while you were editing.", **words)]
    return False


def _merge_rows(field: Rows, row: Base) -> bool:
    """Bring the rows of a part up to date: each by itself, those that either side removed, and which is primary."""
    entries = {entry.key: entry for entry in field.entries if entry.key in field.stored}
    since = {key: _since(entry.form.version.data, field.stored[key]) for key, entry in entries.items()}
    agreed = [_merge_row(entry.form, field.stored[key], since[key]) for key, entry in entries.items()]
    if not all(agreed):
        field.errors = [*field.errors, gettext("Check the rows marked below.")]
    agreed += [*_merge_removed(field), *_merge_gone(field, row), _merge_primary(field, since)]
    for key, entry in entries.items():
        entry.form.version.data, entry.form.version.raw_data = str(field.stored[key].version), None
    if not all(agreed):
        field.show({key: row for key, row in field.stored.items() if key not in field.versions})
    return all(agreed)


def _merge_removed(field: Rows) -> list[bool]:
    """Put rows back that were changed by others after they had been shown here, where they were removed."""
    agreed = []
    for row in field.removed:
        since = _since(field.versions[str(row.id)], row)
        if since:
            field.show({str(row.id): row})
            who = next(iter(since.values())).actor
            text = gettext(
                "%(who)s changed “%(row)s”, which you removed. Look at it again.", who=who, row=title_of(row)
            )
            field.errors = [*field.errors, text]
        agreed.append(not since)
    return agreed


def _merge_gone(field: Rows, row: Base) -> list[bool]:
    """Let rows go that others removed, unless they were changed here: what was typed is kept as a new row."""
    agreed = []
    for entry in field.gone:
        change = _removal(field, entry, row)
        touched = change is None or any(
            _typed(each) != (change.before or {}).get(_column(each, field.child.model)) for each in entry.fields
        )
        if touched:
            field.entries.append(field.renew(entry, request.form))
            who = change.change_set.actor_name if change else gettext("Somebody")
            text = gettext("%(who)s removed a row that you changed. Save again to add it anew.", who=who)
            field.errors = [*field.errors, text]
        agreed.append(not touched)
    return agreed


def _removal(field: Rows, entry: Entry, row: Base) -> Change | None:
    """Return how a row of the part came to go, as the history of this record tells."""
    name, key = field.child.model.__tablename__, read_key(entry.key)
    root, root_id = root_of(row)
    here = (Change.root_entity == root, Change.root_id == root_id)
    mine = (*here, Change.entity == name, Change.row_id == key, Change.action == DELETE)
    query = select(Change).where(*mine).order_by(Change.id.desc()).limit(1)
    found = db.session.scalars(query.execution_options(**READING)).first()
    return found if found and (found.before or {}).get(f"{field.child.parent}_id") == row.id else None


def _merge_primary(field: Rows, since: Mapping[str, Mapping[str, Since]]) -> bool:
    """Which row is primary is one value, though it is kept in several rows."""
    if not field.has_primary:
        return True
    theirs = next((key for key, row in field.stored.items() if getattr(row, "primary", False)), None)
    changed = {key: each["primary"] for key, each in since.items() if "primary" in each}
    before = next((key for key, each in changed.items() if each.before), theirs)
    lost = any(entry.primary for entry in field.gone)
    if field.primary_key == before or lost:
        for entry in field.entries:
            entry.primary = entry.key == theirs
    elif theirs not in {before, field.primary_key}:
        who = next(iter(changed.values())).actor
        text = gettext("%(who)s marked another row as the primary one while you were editing.", who=who)
        field.errors = [*field.errors, text]
        return False
    return True


def _column(field: Any, model: type[Base]) -> str:
    attribute = describe(model).attributes.get(field.short_name)
    return f"{field.short_name}_id" if attribute and attribute.target else str(field.short_name)


def _typed(field: Any) -> Any:
    """Return what was typed, as the history keeps values."""
    return field.data.id if isinstance(field.data, Base) else encode(field.data)


def _shown(row: Base, key: str, value: Any) -> str:
    """Return a stored value as a person reads it."""
    attributes = describe(type(row)).attributes
    attribute = attributes.get(key) or attributes[key.removesuffix("_id")]
    if attribute.secret:
        return gettext("hidden")
    shown = find(db.session, attribute.target, value) if attribute.target else decode(attribute.column, value)
    return said(attribute, shown, row) or gettext("empty")
