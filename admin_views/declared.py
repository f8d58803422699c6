"""What a view shows when nobody says: every option of Flask-Admin's has a default derived from the model."""

from __future__ import annotations

from datetime import datetime

from admin_views.forms import typed
from admin_views.kinds import look
from models.choices import Choice
from models.description import Attribute, Description
from models.kinds import EMAIL, LONG_TEXT, PHONE, VAT_NUMBER

MOST_COLUMNS = 7


def columns(description: Description) -> list[str]:
    """The title, then what tells rows apart, then when the row was last changed."""
    others = [each for each in description.shown if _in_list(each) and each.key != description.title]
    return [description.title, *(each.key for each in others[: MOST_COLUMNS - 2]), *_last_change(description)]


def choosable(description: Description) -> list[str]:
    """Every column a person may add to the list."""
    return [each.key for each in description.shown if not each.secret and each.kind is not LONG_TEXT]


def sortable(description: Description) -> list[str]:
    """Every column but secrets, prose and lists of tags."""
    return [each.key for each in description.shown if not each.secret and not look(each).wide]


def filters(description: Description) -> list[str]:
    """Every attribute with a family of filters, then whether there are children."""
    attributes = [each.key for each in description.shown if look(each).family != "none" and not each.is_parent]
    return [*attributes, *(child.key for child in description.children)]


def panels(description: Description) -> list[tuple[str, list[str]]]:
    """One panel with everything that is typed."""
    keys = [each.key for each in typed(description.attributes.values())]
    return [(description.model.__label__, [*keys, *(child.key for child in description.parts)])]


def subtitle(description: Description) -> str | None:
    """The number or address by which people tell rows of the same title apart."""
    for kind in (VAT_NUMBER, EMAIL, PHONE):
        for each in description.shown:
            if each.kind is kind and not each.facts.guarded and each.key != description.title:
                return each.key
    return None


def summary(description: Description) -> list[str]:
    """What stands under the title of a record: what it points to."""
    return [each.key for each in description.shown if each.target]


def badges(description: Description) -> list[str]:
    """What stands beside the title of a record: what was chosen from a few."""
    return [each.key for each in description.shown if issubclass(each.python_type, Choice)]


def default_sort(description: Description) -> str:
    """By title; prose is read newest first."""
    title = description.attributes.get(description.title)
    prose = title is None or title.kind is LONG_TEXT
    return "-created_at" if prose and "created_at" in description.attributes else description.title


def is_feed(description: Description) -> bool:
    """Whether rows are read like a journal rather than compared like a table."""
    title = description.attributes.get(description.title)
    return title is not None and title.kind is LONG_TEXT


def _in_list(attribute: Attribute) -> bool:
    return not (attribute.secret or attribute.python_type is datetime or attribute.kind is LONG_TEXT)


def _last_change(description: Description) -> list[str]:
    return ["updated_at"] if "updated_at" in description.attributes else []
