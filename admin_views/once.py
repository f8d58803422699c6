"""What is told once, when a row has been made, and never again: it stands on the answer itself and nowhere else.

Not in an address, which browsers and proxies remember, and not in a toast, which waits in a cookie for the next page.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from flask_babel import gettext

from admin_views.page import Link
from admin_views.say import label
from models.base import Base
from models.description import title_of


@dataclass(frozen=True)
class Once:
    """A value to be copied now; `help` says what it is for and that it will not be shown again."""

    label: str
    value: str
    help: str


@dataclass(frozen=True)
class OncePage:
    """The page that shows it, with the ways back to the list and on to the record."""

    title: str
    once: Once
    back: Link
    onward: Link


def shown_once(view: Any, row: Base) -> Any:
    """Return the page with what is told once about a row that has just been made; None if nothing is."""
    once = view.told_once(row)
    if once is None:
        return None
    title = gettext("%(title)s was created.", title=title_of(row))
    back = Link(label(view.name), view.get_url(".index_view"))
    page = OncePage(title, once, back, Link(gettext("Done"), view.record_url(row)))
    return view.render("admin/once.html", page=page)
