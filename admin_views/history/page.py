"""The history of a record: who changed what, when, and the way back."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from typing import Any

from flask import url_for
from flask_babel import format_decimal, gettext, ngettext

from admin_views.history.past import Difference, HistoryChange, HistoryEntry, HistoryPage
from admin_views.kinds import said
from admin_views.page import Link
from admin_views.personal.revelations import looks_at
from admin_views.requests import record_url
from admin_views.say import label, when
from models.base import Base, db
from models.description import Attribute, Description, describe, entity, title_of
from models.gate import actor_of
from models.history import (
    CREATE,
    DELETE,
    ERASE,
    ERASED,
    UPDATE,
    Change,
    ChangeSet,
    called,
    is_erased,
)
from models.images import decode
from models.kinds import ONE_OF
from models.masking import reads_noted
from models.merged import MergedRow
from models.moved_on import has_moved_on, later_changes
from models.past import history_of
from models.permissions import Permission, may_edit, may_see
from models.titles import Names, titles_of

SIZE = 20
MOST_SHOWN, MOST_TOLD = 12, 500  # rows of one change-set: at once, and unfolded
NAMED = 3  # fields, where there are many


def history(view: Any, row: Base, before: int | None) -> HistoryPage:
    """Return a page of a record's history, newest first."""
    sets = history_of(db.session(), row, before, SIZE + 1)
    older = view.get_url(".history_view", id=row.id, before=sets[SIZE - 1].id) if len(sets) > SIZE else None
    sets = sets[:SIZE]
    masters = [each for change_set in sets for each in change_set.merged]
    names = names_in((each for change_set in sets for each in change_set.changes), masters)
    editable = bool(view.allows(Permission.EDIT, row))
    later = later_changes(db.session, sets, newest=before is None) if editable else []
    changes = [entry(each, names, later if editable else None) for each in sets]
    return HistoryPage(
        title=title_of(row),
        url=view.get_url(".history_view", id=row.id),
        entries=sorted([*changes, *looks_at(row, sets, before, is_last=older is None)], key=_moment, reverse=True),
        older_url=older,
        back=Link(title_of(row), record_url(row)),
    )


def entry(change_set: ChangeSet, names: Names, later: list[Change] | None) -> HistoryEntry:
    """Return a change-set as people read it, with the way back for those who may change the record.

    There is none where what was done does not stand any more, because of `later` changes.
    """
    mine = change_set.changes
    undone = change_set.undone_by is not None
    masters = [(each, merged_into(change_set, each, names)) for each in mine]
    masters.sort(key=lambda each: not each[1])  # what was merged is what was meant; all else moved because of it
    told = [change(each, names, master) for each, master in masters[:MOST_TOLD]]
    first = sum(bool(master) for _, master in masters) or MOST_SHOWN
    return HistoryEntry(
        when=when(change_set.at),
        moment=change_set.at.isoformat(),
        who=change_set.actor_name,
        changes=told[:first],
        undo_url=url_for("change_set.undo_change_set", key=change_set.id)
        if later is not None and not undone and not any(_is_beyond(each) or has_moved_on(each, later) for each in mine)
        else None,
        remark=" ".join(filter(None, (_remark(change_set, undone=undone), _more(len(mine) - MOST_TOLD)))),
        anchor=f"set-{change_set.id}",
        rest=told[first:],
        more=ngettext("%(n)s more", "%(n)s more", len(told) - first, n=format_decimal(len(told) - first)),
    )


def _moment(each: HistoryEntry) -> datetime:
    return datetime.fromisoformat(each.moment)


def _more(count: int) -> str:
    return ngettext("And %(n)s more.", "And %(n)s more.", count, n=format_decimal(count)) if count > 0 else ""


def merged_into(change_set: ChangeSet, each: Change, names: Names) -> str:
    """Return what the row is called, or was by then, that a deleted one was merged into; nothing if it only went."""
    merged = {(one.entity, one.row_id): one.into_id for one in change_set.merged} if each.action == DELETE else {}
    key = merged.get((each.entity, each.row_id))
    if key is None:
        return ""
    told = (one for one in reversed(change_set.changes) if (one.entity, one.row_id) == (each.entity, key))
    return next((called(db.session, one) for one in told), names.get((each.entity, key), f"#{key}"))


def change(each: Change, names: Names, master: str = "") -> HistoryChange:
    """Return what happened to one row; of one that was merged, into which `master`."""
    description = describe(entity(each.entity))
    found = tuple(_short(description, each, names)) if each.action == UPDATE else ()
    thing, title = label(description.model.__label__), _called(description, each)
    verb = gettext("Merged into “%(master)s”:", master=master) if master else verb_of(each.action)
    return HistoryChange(verb, thing, title, found, _summary([one.label for one in found]))


def _summary(labels: list[str]) -> str:
    """Return what many differences fold into: the first of them, and how many more there are."""
    words = {"names": ", ".join(labels[:NAMED]), "n": format_decimal(len(labels) - NAMED)}
    return gettext("%(names)s and %(n)s more", **words)


def verb_of(action: str) -> str:
    """Return what was done, as people say it."""
    verbs = {CREATE: gettext("Created"), UPDATE: gettext("Changed"), DELETE: gettext("Deleted")}
    return (verbs | {ERASE: gettext("Anonymised")})[action]


def _called(description: Description, each: Change) -> str:
    """Return what a row was called; one that is called by a choice, by its label."""
    name, title = called(db.session, each), description.attributes.get(description.title)
    return said(title, name, None) if title is not None and title.kind is ONE_OF else name


def _remark(change_set: ChangeSet, *, undone: bool) -> str:
    if undone:
        return gettext("Undone")
    return gettext("Undo of an earlier change") if change_set.undo_of_id else ""


def differences(description: Description, each: Change, names: Names) -> Iterator[Difference]:
    """Yield what was changed; of what the person may not see, only that there was something."""
    return _differences(_changed(description, each), each, names)


def _short(description: Description, each: Change, names: Names) -> Iterator[Difference]:
    """Yield what was changed, without what follows from the rest."""
    changed = _changed(description, each)
    shown = {key: found for key, found in changed.items() if not changed.keys() & set(found.facts.told_by)}
    return _differences(shown, each, names)


def _differences(changed: Mapping[str, Attribute], each: Change, names: Names) -> Iterator[Difference]:
    actor = actor_of(db.session)
    for key, attribute in changed.items():
        if may_see(actor, attribute):
            yield from _difference(attribute, key, each, names, readable=reads_noted(actor, each))
    if not all(may_see(actor, attribute) for attribute in changed.values()):
        yield Difference(gettext("Something that your role does not show"), "", "")


def _difference(attribute: Attribute, key: str, each: Change, names: Names, *, readable: bool) -> Iterator[Difference]:
    """Yield both sides; where they read the same, that it changed if the words hide that, such as two of one name."""
    values = each.before or {}, each.after or {}
    before, after = (_side(attribute, key, side, names, readable=readable) for side in values)
    hides = attribute.secret or attribute.target or ERASED in (side.get(key) for side in values)
    if before != after:
        yield Difference(label(attribute.label), before, after)
    elif hides or (attribute.maskable and not readable):
        yield Difference(label(attribute.label), "", gettext("changed"))


def _changed(description: Description, each: Change) -> dict[str, Attribute]:
    keys, known = (each.before or {}) | (each.after or {}), description.attributes
    found = {key: known.get(key) or known.get(key.removesuffix("_id")) for key in keys}
    return {key: attribute for key, attribute in found.items() if attribute and not attribute.facts.hidden}


def _is_beyond(each: Change) -> bool:
    """Whether a change cannot be taken back: nobody can, or what changed is not the person's to change."""
    if is_erased(each) or entity(each.entity).is_final(each.after or {}):
        return True
    changed = _changed(describe(entity(each.entity)), each) if each.action == UPDATE else {}
    return not all(may_edit(actor_of(db.session), attribute) for attribute in changed.values())


def _side(attribute: Attribute, key: str, values: Mapping[str, Any], names: Names, *, readable: bool) -> str:
    """Return one side of a difference; of a secret, only whether there was one."""
    if attribute.secret:
        return gettext("hidden") if key in values else gettext("empty")
    return _shown(attribute, values.get(key), names, readable=readable)


def _shown(attribute: Attribute, value: Any, names: Names, *, readable: bool) -> str:
    if value is None or value == "":
        return gettext("empty")
    if value == ERASED:
        return gettext("erased")
    if attribute.target:
        return names.get((attribute.target.__tablename__, value), f"#{value}")
    return said(attribute, decode(attribute.column, value), None, open_to_all=readable)


def names_in(changes: Iterable[Change], merged: Iterable[MergedRow] = ()) -> Names:
    """Look up the titles of all rows that the differences point to, and of those that others were merged into."""
    wanted: dict[type[Base], set[int]] = {}
    for one in merged:
        wanted.setdefault(entity(one.entity), set()).add(one.into_id)
    for each in changes:
        for attribute in describe(entity(each.entity)).attributes.values():
            if attribute.target and each.action == UPDATE:
                values = ((part or {}).get(f"{attribute.key}_id") for part in (each.before, each.after))
                wanted.setdefault(attribute.target, set()).update(value for value in values if value)
    return titles_of(db.session, wanted)
