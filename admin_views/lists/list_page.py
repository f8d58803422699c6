"""The list page: what the query found, as plain values for the theme."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Any, cast

from flask_babel import format_decimal, gettext, ngettext

from admin_views import links, shortcuts, split
from admin_views.kinds import cell, look, text
from admin_views.lists.export import exported, leaves_out, narrowed
from admin_views.lists.filters import Condition, Filter, Widget
from admin_views.lists.listing import MOST_COUNTED, Page, State, capped_count, selection
from admin_views.page import Chip, Column, Hit, Link, Listing, Pager, Row
from admin_views.requests import record_url
from admin_views.say import initials, label, middle
from models.base import Base, db
from models.choices import Choice
from models.description import title_of
from models.permissions import Level, Permission
from models.search import Hit as FoundAt
from models.search import hits

AROUND = 2
BEFORE = 28  # characters shown before a match


def listing(view: Any, page: Page, conditions: Sequence[Condition]) -> Listing:
    """Return the list page of a view."""
    state = page.state
    keys = shown_columns(view, state)
    value = split.shown(view, state)
    return Listing(
        title=split.things(view, value),
        url=view.get_url(".index_view"),
        columns=[*columns(view, state, keys), *links.headings(view)],
        rows=rows(view, page, keys),
        pager=pager(view, page),
        count_label=count_label(page, filtered=bool(conditions or state.search)),
        search=state.search,
        search_placeholder=gettext("Search %(things)s", things=middle(split.things(view, value))),
        chips=[*_scope_chip(view, state), *(chip(view, state, each) for each in conditions)],
        filters=[filter_link(view, state, flt) for flt in view.filters.values()],
        column_choices=[column_choice(view, state, key, keys) for key in view.choosable_columns],
        actions=view.actions(),
        action_url=view.get_url(".action_view"),
        state=state.pairs(),
        new=_new(view, state, value),
        export=_export(view, state, conditions),
        empty=_empty(view, state, conditions),
        remedies=[] if shortcuts.shown(view, state) else _remedies(view, state, conditions),
        more=view.list_links(),
    )


def _new(view: Any, state: State, value: Choice | None) -> Link | None:
    """Return the way to a new row, once it is clear what it will be."""
    if not view.can_create or (view.split_by and value is None):
        return None
    return Link(gettext("New %(thing)s", thing=split.thing(view, value)), view.new_url(state))


def shown_columns(view: Any, state: State) -> list[str]:
    """Return the columns to show: the title first, whatever was chosen."""
    wanted = state.columns or split.columns(view, split.shown(view, state), view.column_list)
    return list(dict.fromkeys([view.description.title, *wanted]))


def columns(view: Any, state: State, keys: Sequence[str], *, sortable: bool = True) -> list[Column]:
    """Return the headings, each with the address that sorts by it."""
    order = state.sort or view.usual_order
    return [_column(view, state, key, order, sortable and key in view.column_sortable_list) for key in keys]


def _column(view: Any, state: State, key: str, order: str, sortable: bool) -> Column:
    attribute = view.description.attributes[key]
    direction = {key: "ascending", f"-{key}": "descending"}.get(order)
    flipped = f"-{key}" if direction == "ascending" else key
    url = _url(view, state, sort=flipped) if sortable else None
    name = _called(view, state, key, view.column_labels.get(key, attribute.label))
    return Column(key, name, look(attribute).numeric, url, cast(Any, direction))


def _called(view: Any, state: State, key: str, usual: str) -> str:
    return split.called(view, split.shown(view, state), key, usual)


def rows(view: Any, page: Page, keys: Sequence[str]) -> list[Row]:
    """Return the rows; where a search matched outside the title, they say so."""
    attributes = [view.description.attributes[key] for key in keys]
    # What has a column of its own is not said twice.
    subtitle = None if view.column_subtitle in keys else view.description.attributes.get(view.column_subtitle or "")
    found = hits(db.session(), view.model, page.rows, page.state.search) if page.state.search else {}
    first = (page.state.page - 1) * page.state.size + 1
    linked = links.cells(view, page.rows)
    return [
        Row(
            id=row.id,
            title=title_of(row),
            cells=[*(cell(attribute, row) for attribute in attributes), *linked[row.id]],
            url=_row_url(view, page.state, row, number),
            subtitle=text(subtitle, row) if subtitle else "",
            avatar=initials(row),
            hit=_hit(found.get(row.id)),
        )
        for number, row in enumerate(page.rows, start=first)
    ]


def _row_url(view: Any, state: State, row: Base, number: int) -> str:
    """Return the way to a record that remembers its place in the list."""
    query = state.query(page=state.page)
    return f"{view.get_url('.details_view')}?id={row.id}&at={number}{'&' if query else ''}{query}"


def _hit(found: FoundAt | None) -> Hit | None:
    """Say where a search matched; of a child, whose it is unless the match says so itself."""
    if found is None:
        return None
    whose = found.title if found.match not in found.title else ""
    return Hit(" ".join(filter(None, (label(found.label), whose))), _near(found.before), found.match, found.after)


def _near(before: str) -> str:
    """Return the end of what stands before a match, so that the match itself is in sight on a narrow line."""
    return before if len(before) <= BEFORE else "…" + before[-BEFORE:].partition(" ")[2]


def pager(view: Any, page: Page, *, sized: bool = True) -> Pager:
    """Return where one is, and the ways on."""
    state, size = page.state, page.state.size
    first = (state.page - 1) * size + 1 if page.rows else 0
    last = first + len(page.rows) - 1 if page.rows else 0
    has_next = len(page.rows) == size if page.is_capped else last < page.count
    return Pager(
        first=first,
        last=last,
        count=written(page),
        previous_url=_url(view, state, page=state.page - 1) if state.page > 1 else None,
        next_url=_url(view, state, page=state.page + 1) if has_next else None,
        pages=_pages(view, page),
        sizes=[
            Link(str(number), _url(view, state, size=number), active=number == size)
            for number in sorted(view.page_size_options)
            if sized
        ],
    )


def written(page: Page) -> str:
    """Return the number of rows of a list, or "10,000+"."""
    return counted(page.count, page.most)


def counted(count: int, most: int = MOST_COUNTED) -> str:
    """Return a number of rows as far as rows are counted."""
    return f"{format_decimal(most)}+" if count > most else str(format_decimal(count))


def count_label(page: Page, *, filtered: bool) -> str:
    """Return the number of rows as a phrase."""
    if filtered:
        return ngettext("%(count)s found", "%(count)s found", page.count, count=written(page))
    return written(page)


def _url(view: Any, state: State, **changes: Any) -> str:
    """Return the address of the same list with something changed."""
    query = state.query(**changes)
    return f"{view.get_url('.index_view')}{'?' if query else ''}{query}"


def _pages(view: Any, page: Page) -> list[Link]:
    """The first page, those around this one, and the last, with an ellipsis for what is left out."""
    here, last = page.state.page, page.pages
    near = range(max(1, here - AROUND), min(last, here + AROUND) + 1)
    links: list[Link] = []
    before = 0
    for number in sorted({1, *near, last}) if last > 1 else []:
        if number > before + 1:
            links.append(Link("…", None))
        links.append(Link(str(number), _url(view, page.state, page=number), active=number == here))
        before = number
    return links


def chip(view: Any, state: State, condition: Condition) -> Chip:
    """Return an active filter as a sentence."""
    edit = filter_link(view, state, view.filters[condition.key]).url or ""
    name = _called(view, state, condition.key, condition.label)
    return Chip(name, condition.operator, condition.value, edit, _without(view, state, condition.name))


def _scope_chip(view: Any, state: State) -> Iterator[Chip]:
    """Say whose rows these are when the list shows those of one parent alone, or those that point to one record."""
    host = view.host() if state.scope else None
    if host is not None:
        relation = view.description.attributes.get(state.scope[0][0])
        name = label(relation.label if relation else type(host).__label__)
        yield Chip(name, gettext("is"), title_of(host), record_url(host), _url(view, state, scope=()))


def filter_link(view: Any, state: State, flt: Filter) -> Link:
    """Return the way to a filter's form."""
    query = replace(state, page=1).query()
    name = _called(view, state, flt.key, flt.label)
    return Link(name, f"{view.get_url('.filter_view')}?field={flt.key}{'&' if query else ''}{query}")


def _without(view: Any, state: State, *names: str) -> str:
    kept = tuple((name, value) for name, value in state.filters if name not in names)
    return _url(view, state, filters=kept)


def filter_form(view: Any, flt: Filter, state: State, widgets: Sequence[Widget]) -> dict[str, Any]:
    """Return the form of a filter: what else the list shows travels along hidden."""
    return {
        "key": flt.key,
        "label": _called(view, state, flt.key, flt.label),
        "url": view.get_url(".index_view"),
        "hidden": state.pairs(without=[*flt.names, "page"]),
        "widgets": widgets,
        "remove_url": _without(view, state, *flt.names),
    }


def column_choice(view: Any, state: State, key: str, shown: Sequence[str]) -> Link:
    """Return the way to the same list with a column more or less."""
    changed = tuple(each for each in shown if each != key) if key in shown else (*shown, key)
    url = _url(view, state, columns=changed, page=state.page)
    fixed = key == view.description.title
    name = _called(view, state, key, view.description.attributes[key].label)
    return Link(name, None if fixed else url, active=key in shown)


def _export(view: Any, state: State, conditions: Sequence[Condition]) -> Link | None:
    if not view.allows(Permission.EXPORT):
        return None
    query = state.query()
    url = f"{view.get_url('.export', export_type='csv')}{'?' if query else ''}{query}"
    return Link(_exporting(view, state, conditions), url)


def _exporting(view: Any, state: State, conditions: Sequence[Condition]) -> str:
    """Say what an export leaves out."""
    what = _rows_exported(view, state, conditions)
    return gettext("%(export)s without personal data", export=what) if leaves_out(view) else what


def _rows_exported(view: Any, state: State, conditions: Sequence[Condition]) -> str:
    """Say how many rows an export contains where it does not contain all that the list shows."""
    level = narrowed(view)
    if level is None:
        return gettext("Export")
    count = counted(capped_count(view.model, exported(view, selection(view.model, state, conditions))))
    return {
        Level.OWN: gettext("Export your own %(count)s", count=count),
        Level.UNIT: gettext("Export %(count)s of your units", count=count),
        Level.DIVISION: gettext("Export %(count)s of your division", count=count),
    }[level]


def _empty(view: Any, state: State, conditions: Sequence[Condition]) -> str:
    """Say why nothing is shown, or what would be."""
    if shortcut := shortcuts.shown(view, state):
        return label(shortcut.empty)
    if state.search and conditions:
        return gettext("Nothing matches “%(text)s” with these filters.", text=state.search)
    if state.search:
        return gettext("Nothing matches “%(text)s”.", text=state.search)
    if conditions:
        return gettext("Nothing matches these filters.")
    said = [gettext("There is nothing here yet."), *(label(each) for each in (view.about, view.arises) if each)]
    return " ".join(said)


def _remedies(view: Any, state: State, conditions: Sequence[Condition]) -> list[Link]:
    """What to drop to see something again."""
    drops = [Link(_drop(each), _without(view, state, each.name)) for each in conditions]
    if state.search:
        drops.append(Link(gettext("Clear the search"), _url(view, state, search="")))
    return drops


def _drop(condition: Condition) -> str:
    sentence = f"{condition.label} {condition.operator} {condition.value}"
    return gettext("Drop “%(filter)s”", filter=sentence)
