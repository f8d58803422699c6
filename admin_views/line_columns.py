"""Parts that are tables with a line for each row: which parts they are, and their columns."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import inspect, select
from sqlalchemy.orm import joinedload
from sqlalchemy.orm.attributes import set_committed_value

from admin_views.kinds import look
from admin_views.say import label
from models.base import Base, db
from models.description import Attribute, describe

FEWEST = 3  # columns; fewer stand beside each other without a head


@dataclass(frozen=True)
class Heading:
    """The head of a column; its style is "num", "wide" or "text"."""

    label: str
    style: str


def is_grid(model: type[Base]) -> bool:
    """Whether rows of a part are the lines of a table: they have an order, or much to say."""
    return "position" in describe(model).attributes or len(typed_columns(model)) >= FEWEST


def typed_columns(model: type[Base]) -> list[Attribute]:
    """Return what is typed of a row of a part, but for the mark of the primary one."""
    shown = [each for each in describe(model).shown if not each.is_parent and each.key != "primary"]
    return [each for each in shown if not each.facts.fixed and look(each).control]


def computed_columns(model: type[Base]) -> list[Attribute]:
    """Return what is computed of a row of a part."""
    shown = [each for each in describe(model).shown if each.facts.fixed and not each.target]
    return [each for each in shown if look(each).family == "number"]


def headings(attributes: Sequence[Attribute]) -> list[Heading]:
    """Return the heads of columns."""
    return [Heading(label(each.label), _style(each)) for each in attributes]


def _style(attribute: Attribute) -> str:
    found = look(attribute)
    return "num" if found.family == "number" else "wide" if found.wide else "text"


def read_lines(row: Base, keys: Collection[str] | None = None) -> None:
    """Read the lines of a stored record with what they point to: a statement for each part, however many they are."""
    for child in describe(type(row)).parts:
        if is_grid(child.model) and (keys is None or child.key in keys):
            model: Any = child.model
            relations = [joinedload(getattr(model, each.key)) for each in typed_columns(model) if each.target]
            order = inspect(type(row)).relationships[child.key].order_by
            query = select(model).where(getattr(model, f"{child.parent}_id") == row.id).options(*relations)
            lines = db.session.scalars(query.order_by(*(order or ())).execution_options(populate_existing=True))
            set_committed_value(row, child.key, list(lines))
