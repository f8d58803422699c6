"""Two people, one record: edits of different fields merge, edits of the same field are shown to the second editor.

A form carries the version it was opened with. One that carries none, or one that cannot be, is taken for the oldest.
Somebody with two windows is two people. What is shown can be taken over field by field, also without a script: the
button says which field it is, and with which version its form had been opened.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask import request
from flask_babel import gettext
from sqlalchemy import inspect

from admin_views.controls import Clash, read_key
from admin_views.kinds import said
from admin_views.links import Links
from admin_views.matrix import Matrix
from admin_views.parts import Entry, Rows
from admin_views.say import when
from models.base import Base, db
from models.description import describe, title_of
from models.errors import Conflict
from models.gate import actor_of
from models.history import CREATE, DELETE, Change, Since, changes_since, root_of
from models.i18n import N_
from models.images import decode, encode
from models.masking import title_for
from models.past import last_change
from models.related import find

ANONYMISED = N_("“%(title)s” was anonymised while you were editing, so nothing was saved.")


def merge(form: Any, row: Base) -> bool:
    """Bring a form that was opened on an older version up to date; False if the same field was changed by both."""
    taken = _take_theirs(form, row)
    agreed = [not taken, _merge_row(form, row, _since(form.version.data, row))]
    parts = [field for field in form if isinstance(field, Rows) and field.was_sent]
    agreed += [field.merge(row) if isinstance(field, (Links, Matrix)) else _merge_rows(field, row) for field in parts]
    form.version.data, form.version.raw_data = str(row.version or ""), None
    return all(agreed)


def show_others(form: Any) -> None:
    """Let the parts of a form show the rows that were added to them since it was opened."""
    for field in form:
        if isinstance(field, Rows) and field.was_sent and not isinstance(field, (Links, Matrix)):
            _show_unseen(field)


def _show_unseen(field: Rows) -> None:
    field.show({key: row for key, row in field.stored.items() if key not in field.versions})


def _take_theirs(form: Any, row: Base) -> bool:
    """Give the field whose button was pressed what is stored; what else is typed into its form is told apart again."""
    name, _, version = request.form.get("theirs", "").rpartition("@")
    entries = (entry for part in form if isinstance(part, Rows) for entry in part.entries)
    forms = [(form, row), *((each.form, each.row) for each in entries if each.row is not None)]
    for each, stored in forms:
        field = next((field for field in each if field.name == name and hasattr(field, "conflict")), None)
        if field is not None:
            _adopt(field, stored)
            each.version.data = version
            return True
    return False


def _adopt(field: Any, row: Base) -> None:
    """Let a field say what is stored, as if nobody had typed into it."""
    field.process_data(getattr(row, field.short_name))
    field.raw_data, field.errors = None, []


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
    opened = form.version.data or ""
    agreed = [_reconcile(field, row, since[_column(field, type(row))], opened) for field in stale]
    return all(agreed)


def _reconcile(field: Any, row: Base, change: Since, opened: str) -> bool:
    """Take their value where only they changed the field; where both did, tell."""
    key = _column(field, type(row))
    yours, theirs = _typed(field), encode(getattr(row, key))
    if _same(row, key, yours, theirs) or _is_posted(field, theirs):
        return True
    if _same(row, key, yours, change.before) or _is_posted(field, change.before):
        _adopt(field, row)
        return True
    shown, before, mine = (_shown(row, key, each) for each in (theirs, change.before, yours))
    whose, take = change.actor, gettext("Use theirs")
    if _is_mine(change):
        whose, take = gettext("Other window"), gettext("Use that one")
    field.conflict = Clash(shown, before, f"{whose}, {when(change.at)}", field.posted(theirs), mine, opened, take)
    words = {"who": change.actor, "theirs": shown}
    told = gettext("You changed this to “%(theirs)s” in another window.", **words)
    if not _is_mine(change):
        told = gettext("%(who)s changed this to “%(theirs)s” while you were editing.", **words)
    field.errors = [*field.errors, told]
    return False


def _same(row: Base, key: str, one: Any, other: Any) -> bool:
    """Whether two values of a column are one, as the history keeps them; numbers may be written with more digits."""
    if one == other or one is None or other is None:
        return bool(one == other)
    column = inspect(type(row)).columns[key]
    return bool(decode(column, one) == decode(column, other))


def _is_posted(field: Any, value: Any) -> bool:
    """Whether a value was sent as the field shows it, which may be less than there is of it: no seconds, say."""
    return bool(field.raw_data) and field.posted(value) == field.raw_data[0]


def who(change: Since) -> str:
    """Return who changed something, as the one who reads it would say."""
    return gettext("You") if _is_mine(change) else change.actor


def _is_mine(change: Since) -> bool:
    return change.actor_id is not None and change.actor_id == actor_of(db.session).user_id


def _merge_rows(field: Rows, row: Base) -> bool:
    """Bring the rows of a part up to date: each by itself, those that either side removed, and which is primary."""
    entries = {entry.key: entry for entry in field.entries if entry.key in field.stored}
    since = {key: _since(entry.form.version.data, field.stored[key]) for key, entry in entries.items()}
    agreed = [_merge_row(entry.form, field.stored[key], since[key]) for key, entry in entries.items()]
    if not all(agreed):
        _tell(field, gettext("Check the rows marked below."))
    agreed += [*_merge_removed(field), *_merge_gone(field, row), _merge_primary(field, since), _merge_twins(field)]
    agreed.append(field.merge_order())
    for key, entry in entries.items():
        entry.form.version.data, entry.form.version.raw_data = str(field.stored[key].version), None
    if not all(agreed):
        _show_unseen(field)
    return all(agreed)


def _merge_removed(field: Rows) -> list[bool]:
    """Put rows back that were changed by others after they had been shown here, where they were removed."""
    agreed = []
    typed = {"primary", *(_column(each, field.child.model) for each in field.blank.fields)}
    for row in field.removed:
        since = _since(field.versions[str(row.id)], row)
        changed = [each for key, each in since.items() if key in typed]
        if changed:
            field.show({str(row.id): row})
            words = {"who": who(changed[0]), "row": title_for(actor_of(db.session), row)}
            _tell(field, gettext("%(who)s changed “%(row)s”, which you removed. Look at it again.", **words))
        agreed.append(not changed)
    return agreed


def _merge_gone(field: Rows, row: Base) -> list[bool]:
    """Let rows go that others removed, unless they were changed here: what was typed is kept as a new row."""
    agreed = []
    for entry in field.gone:
        change = _removal(field, entry, row)
        touched = change is None or any(_is_touched(each, field.child.model, change) for each in entry.fields)
        if touched:
            field.entries.append(field.renew(entry, request.form))
            name = change.change_set.actor_name if change else gettext("Somebody")
            _tell(field, gettext("%(who)s removed a row that you changed. Save again to add it anew.", who=name))
        agreed.append(not touched)
    return agreed


def _is_touched(field: Any, model: type[Base], removal: Change) -> bool:
    key = _column(field, model)
    return not _same(model(), key, _typed(field), (removal.before or {}).get(key))


def _merge_twins(field: Rows) -> bool:
    """Tell of a new row that says what somebody else has added meanwhile: a payment is easily recorded twice."""
    unseen = [row for key, row in field.stored.items() if key not in field.versions]
    twins = [row for entry in field.entries if entry.key not in field.stored for row in unseen if _is_twin(entry, row)]
    for row in twins[:1]:
        words = {"who": _maker(row), "row": title_for(actor_of(db.session), row)}
        _tell(field, gettext("%(who)s has added “%(row)s” meanwhile. Save again to add yours as well.", **words))
    return not twins


def _is_twin(entry: Entry, row: Base) -> bool:
    """Whether a new row and a stored one say the same wherever both say something."""
    typed = [(_column(each, type(row)), _typed(each)) for each in entry.fields]
    both = [(key, mine, encode(getattr(row, key))) for key, mine in typed if mine not in {None, ""}]
    said = [(key, mine, theirs) for key, mine, theirs in both if theirs is not None]
    return bool(said) and all(_same(row, key, mine, theirs) for key, mine, theirs in said)


def _maker(row: Base) -> str:
    """Return who added a row."""
    made = (Change.entity == row.__tablename__, Change.row_id == row.id, Change.action == CREATE)
    found = last_change(db.session, *made)
    return found.change_set.actor_name if found else gettext("Somebody")


def _tell(field: Rows, text: str) -> None:
    field.errors = [*field.errors, text]


def _removal(field: Rows, entry: Entry, row: Base) -> Change | None:
    """Return how a row of the part came to go, as the history of this record tells."""
    name, key = field.child.model.__tablename__, read_key(entry.key)
    root, root_id = root_of(row)
    here = (Change.root_entity == root, Change.root_id == root_id)
    mine = (*here, Change.entity == name, Change.row_id == key, Change.action == DELETE)
    found = last_change(db.session, *mine)
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
        name = who(next(iter(changed.values())))
        _tell(field, gettext("%(who)s marked another row as the primary one while you were editing.", who=name))
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
