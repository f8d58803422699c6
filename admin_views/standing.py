"""What a row begins with, what of it is in use because of what it is, and what can still be changed."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from flask_babel import gettext
from sqlalchemy import inspect

from admin_views.say import label
from models.base import Base
from models.description import Attribute


def usual(attribute: Attribute) -> Any:
    """Return what a new row begins with where that is known only now, such as today."""
    default: Any = attribute.column.default
    return default.arg(None) if default is not None and default.is_callable else None


def in_use(row: Base, keys: Iterable[str]) -> list[str]:
    """Return those of the attributes, and parts, that the row has a use for."""
    unused = set(row.unused())
    return [key for key in keys if key not in unused]


def suit(form: Any, row: Base) -> None:
    """Take out of a form what the row has no use for, and call the rest as the row does."""
    for key in row.unused():
        if key in form._fields and not row.unless(key):
            delattr(form, key)
    for key, each in form._fields.items():
        if found := row.unless(key):
            each.when = "!=".join(found)
        name = row.called(key)
        if name:
            each.label.text = label(name)


def hint(view: Any, form: Any, row: Base) -> None:
    """Say below fields what follows from others, and where to ask again when these change."""
    for key, words in view.hints(row).items():
        if key in form._fields:
            form._fields[key].description, form._fields[key].hint_url = words, view.hint_url(key)


def why_settled(row: Base, key: str) -> str | None:
    """Return, in the reader's language, why a value or part of a stored row is shown and not typed."""
    reason = row.settled(key) if inspect(row).persistent else None
    return gettext(reason) if reason else None


def is_open(view: Any, row: Base, keys: Iterable[str]) -> bool:
    """Return whether anything among these can still be typed."""
    fixed = {key for key, each in view.description.attributes.items() if each.facts.fixed}
    return any(key not in fixed and not row.settled(key) for key in in_use(row, view.typed(keys)))
