"""What the templates of forms receive, as plain values."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from admin_views.page import Link


@dataclass(frozen=True)
class FormError:
    """A refusal in the summary on top of a form, linked to its field."""

    field_id: str
    label: str
    sentence: str


@dataclass(frozen=True)
class FormPanel:
    """A titled group of form fields."""

    key: str
    label: str
    fields: Sequence[Any]


@dataclass(frozen=True)
class Share:
    """A line of which some is taken: what it is, what there is to know of it, and the field for how much, if any."""

    title: str
    cells: Sequence[str]
    field: Any = None


@dataclass(frozen=True)
class Notice:
    """What stands in the way of a form, with what one can do about it."""

    text: str
    link: Link | None = None


@dataclass(frozen=True)
class FormPage:
    """A form: a page of its own, or one panel of a record edited in place.

    `close` is the label of a second way to save, which goes back to the list.
    """

    title: str
    url: str
    cancel_url: str
    submit: str
    panels: Sequence[FormPanel]
    hidden: Sequence[Any] = ()
    errors: Sequence[FormError] = ()
    key: str = ""
    back: Link | None = None
    close: str = ""
    notice: Notice | None = None


@dataclass(frozen=True)
class SharesPage:
    """A page on which some of several lines is taken; the columns are those of the lines and of the fields."""

    title: str
    url: str
    cancel_url: str
    submit: str
    columns: Sequence[str]
    shares: Sequence[Share]
    back: Link
    errors: Sequence[FormError] = ()
    notice: Notice | None = None
