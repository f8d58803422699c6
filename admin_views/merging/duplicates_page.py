"""The page of rows that may be the same, group by group, and that of those which were found to be different."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from flask_babel import format_decimal, gettext, ngettext

from admin_views import plain_grid
from admin_views.lists import list_page
from admin_views.lists.listing import State
from admin_views.page import Column, Link, Row
from admin_views.say import label
from models.base import Base, db
from models.distinct import distinct_pairs
from models.kinds import PLACED
from models.operations.duplicates import SIZE, Found, Group, Place, likely_groups
from models.operations.merging import MOST
from models.related import LARGEST_KEY, find_all

SHOWN = 5  # columns


@dataclass(frozen=True)
class Alike:
    """A group of rows, with what they have in common, and the way to merge them."""

    said: str
    rows: Sequence[Row]
    merge: Link
    remark: str = ""


@dataclass(frozen=True)
class DuplicatesPage:
    """A page of groups, found to be different where it is `apart`; `other` leads from one such page to the other.

    How many there are in all is not counted: `first` and `more` lead back to the beginning, and on.
    """

    title: str
    url: str
    back: Link
    columns: Sequence[Column]
    groups: Sequence[Alike]
    remark: str
    other: Link | None
    apart: bool
    first: Link | None
    more: Link | None


def page(view: Any, after: str, *, apart: bool) -> DuplicatesPage:
    """Return a page of groups, the likeliest first; of those found to be different, the newest rows first."""
    begin, different = _place(after), distinct_pairs(db.session, view.endpoint)
    found = (
        _told_apart(sorted(different, reverse=True), begin) if apart else likely_groups(db.session, view.model, begin)
    )
    rows = find_all(db.session, view.model, {key for group in found.groups for key in group.keys})
    keys = list_page.shown_columns(view, State())[:SHOWN]
    groups = [_group(view, group, [rows[key] for key in group.keys if key in rows], keys) for group in found.groups]
    first = Link(gettext("From the beginning"), _url(view, apart=apart)) if begin != Place() else None
    return DuplicatesPage(
        title=gettext("Told apart") if apart else gettext("Likely duplicates"),
        url=_url(view, begin, apart=apart),
        back=Link(label(view.name), view.list_url()),
        columns=plain_grid.columns(view, keys),
        groups=[group for group in groups if len(group.rows) > 1],
        remark=_remark(found, apart=apart, begins=first is None),
        other=_other(view, len(different), apart=apart),
        apart=apart,
        first=first,
        more=Link(gettext("More"), _url(view, found.after, apart=apart)) if found.after else None,
    )


def _place(after: str) -> Place:
    """Return where a page begins, as the address says it; the very beginning, where it says nothing known."""
    number, colon, block = after.replace("\0", "").partition(":")
    if not (number.isascii() and number.isdigit()) or int(number) > LARGEST_KEY:
        return Place()
    return Place(way=int(number), block=block) if colon else Place(passed=int(number))


def _told_apart(pairs: Sequence[tuple[int, int]], begin: Place) -> Found:
    passed = begin.passed + SIZE
    groups = [Group(pair, 0, ()) for pair in pairs[begin.passed : passed]]
    return Found(groups, Place(passed) if len(pairs) > passed else None)


def _group(view: Any, group: Group, rows: Sequence[Base], keys: Sequence[str]) -> Alike:
    shown = [plain_grid.shown(view, row, keys) for row in rows]
    more = gettext("The first %(n)s are merged at a time.", n=MOST) if len(rows) > MOST else ""
    merge = Link(gettext("Merge…"), view.merge_url([row.id for row in rows[:MOST]]))
    said = ", ".join(_said(view, word) for word in group.said)
    return Alike(said[:1].upper() + said[1:], shown, merge, more)


def _said(view: Any, word: str) -> str:
    """Return what rows have in common; where they are is, for those that belong to another one, that one."""
    parent = view.description.parent
    if word == PLACED.said and parent is not None:
        return gettext("same %(thing)s", thing=label(parent.label).lower())
    return label(word)


def _remark(found: Found, *, apart: bool, begins: bool) -> str:
    if apart:
        return gettext("These were found to be different, and are not listed as duplicates.")
    if found.groups:
        return gettext("These may be the same: merge them, or say that they are not.")
    if found.after:
        return gettext("No duplicates were found so far. There is more to look through.")
    return gettext("No duplicates were found.") if begins else gettext("No more duplicates were found.")


def _other(view: Any, count: int, *, apart: bool) -> Link | None:
    if apart:
        return Link(gettext("Likely duplicates"), _url(view))
    words = ngettext("%(n)s pair told apart", "%(n)s pairs told apart", count, n=format_decimal(count))
    return Link(words, _url(view, apart=True)) if count else None


def _url(view: Any, begin: Place | None = None, *, apart: bool = False) -> str:
    begin = begin or Place()
    after = f"{begin.way}:{begin.block}" if begin.way >= 0 else begin.passed or None
    return str(view.get_url(".duplicates_view", after=after, apart=1 if apart else None))
