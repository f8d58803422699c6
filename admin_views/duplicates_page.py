"""The page of rows that may be the same, group by group, and that of those which were found to be different."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from flask_babel import format_decimal, gettext, ngettext

from admin_views import list_page, plain_grid
from admin_views.listing import State
from admin_views.page import Column, Link, Pager, Row
from admin_views.say import label
from models.base import Base, db
from models.distinct import distinct_pairs
from models.kinds import PLACED
from models.operations.duplicates import Group, likely_groups
from models.operations.merging import MOST
from models.related import find_all

SIZE = 20  # groups on a page
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
    """A page of groups, found to be different where it is `apart`; `other` leads from one such page to the other."""

    title: str
    url: str
    back: Link
    columns: Sequence[Column]
    groups: Sequence[Alike]
    pager: Pager
    count: str
    remark: str
    other: Link | None
    apart: bool


def page(view: Any, number: int, *, apart: bool) -> DuplicatesPage:
    """Return a page of groups, the likeliest first; of those found to be different, the newest rows first."""
    different = [Group(pair, 0, ()) for pair in sorted(distinct_pairs(db.session, view.endpoint), reverse=True)]
    found = different if apart else likely_groups(db.session, view.model)
    here = found[(number - 1) * SIZE : number * SIZE]
    rows = find_all(db.session, view.model, {key for group in here for key in group.keys})
    keys = list_page.shown_columns(view, State())[:SHOWN]
    groups = [_group(view, group, [rows[key] for key in group.keys if key in rows], keys) for group in here]
    return DuplicatesPage(
        title=gettext("Told apart") if apart else gettext("Likely duplicates"),
        url=_url(view, number, apart=apart),
        back=Link(label(view.name), view.list_url()),
        columns=plain_grid.columns(view, keys),
        groups=[group for group in groups if len(group.rows) > 1],
        pager=_pager(view, number, len(found), apart=apart),
        count=format_decimal(len(found)),
        remark=_remark(apart=apart, found=bool(found)),
        other=_other(view, len(different), apart=apart),
        apart=apart,
    )


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


def _remark(*, apart: bool, found: bool) -> str:
    if apart:
        return gettext("These were found to be different, and are not listed as duplicates.")
    if not found:
        return gettext("No duplicates were found.")
    return gettext("These may be the same: merge them, or say that they are not.")


def _other(view: Any, count: int, *, apart: bool) -> Link | None:
    if apart:
        return Link(gettext("Likely duplicates"), _url(view))
    words = ngettext("%(n)s pair told apart", "%(n)s pairs told apart", count, n=format_decimal(count))
    return Link(words, _url(view, apart=True)) if count else None


def _url(view: Any, number: int = 1, *, apart: bool = False) -> str:
    return str(view.get_url(".duplicates_view", page=number if number > 1 else None, apart=1 if apart else None))


def _pager(view: Any, number: int, count: int, *, apart: bool) -> Pager:
    first, last = (number - 1) * SIZE + 1, min(number * SIZE, count)
    return Pager(
        first=first if last else 0,
        last=last if first <= last else 0,
        count=format_decimal(count),
        previous_url=_url(view, number - 1, apart=apart) if number > 1 else None,
        next_url=_url(view, number + 1, apart=apart) if last < count else None,
    )
