"""What belongs to a record and is told apart by a choice, on its page: the newest of each, and the way to all."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from typing import Any

from flask_babel import format_decimal, gettext
from sqlalchemy import func, select
from sqlalchemy.orm import joinedload

from admin_views import plain_grid, split
from admin_views.page import Grid, Link
from models.base import Base, db
from models.choices import Choice

SHOWN = 5  # rows of each on a record; the list has them all


def grids(view: Any, parent: Base) -> list[Grid]:
    """Return what belongs to a record, a grid for each value, all rows from one statement."""
    rows, counts = _newest(view, parent)
    remarks = view.split_remarks(parent)
    return [
        _grid(view, parent, value, rows[value], counts[value], remarks.get(value, "")) for value in split.choices(view)
    ]


def _newest(view: Any, parent: Base) -> tuple[dict[Any, list[Base]], dict[Any, int]]:
    model = view.model
    column, belongs = getattr(model, view.split_by), getattr(model, f"{view.parent_key}_id") == parent.id
    name, descending = view.column_default_sort.removeprefix("-"), view.column_default_sort.startswith("-")
    by = [getattr(model, name), model.id]
    order = [each.desc() if descending else each for each in by]
    place = func.row_number().over(partition_by=column, order_by=order).label("place")
    count = func.count().over(partition_by=column).label("count")
    placed = select(model.id.label("key"), place, count).where(belongs).subquery()
    relations = [
        each.key for each in view.description.attributes.values() if each.target and each.key in view.column_list
    ]
    loads = [joinedload(getattr(model, key)) for key in relations if key != view.parent_key]
    query = select(model, placed.c.count).join(placed, placed.c.key == model.id).where(placed.c.place <= SHOWN)
    rows, counts = defaultdict(list), defaultdict(int)
    for row, number in db.session.execute(query.order_by(placed.c.place).options(*loads)):
        rows[split.of(view, row)].append(row)
        counts[split.of(view, row)] = number
    return rows, counts


def _grid(view: Any, parent: Base, value: Choice, rows: Sequence[Base], count: int, remark: str) -> Grid:
    keys = [key for key in split.columns(view, value, view.split_columns or view.column_list) if key != view.parent_key]
    where = {view.split_by: value.value, view.parent_key: parent.id}
    written = format_decimal(count)
    return Grid(
        key=f"{view.endpoint}-{value.value.replace('_', '-')}",
        label=split.things(view, value),
        style="grid",
        url=view.get_url(".index_view", **where),
        columns=plain_grid.columns(view, keys) if rows else [],
        rows=[plain_grid.shown(view, row, keys) for row in rows],
        count=" · ".join(filter(None, (written, remark))),
        pager=plain_grid.ONE_PAGE,
        new=_new(view, parent, value, where),
        inline=False,
        all=Link(gettext("All %(count)s", count=written), view.get_url(".index_view", **where))
        if count > SHOWN
        else None,
    )


def _new(view: Any, parent: Base, value: Choice, where: dict[str, Any]) -> Link | None:
    if not view.may_create(parent):
        return None
    return Link(gettext("New %(thing)s…", thing=split.thing(view, value)), view.get_url(".create_view", **where))
