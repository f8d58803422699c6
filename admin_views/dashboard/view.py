"""The first page: what there is to do, what is new, and what comes in."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from flask_admin import AdminIndexView, expose
from flask_babel import format_date, gettext
from flask_login import current_user

from admin_views.dashboard.asked import Lists
from admin_views.dashboard.begin import begun
from admin_views.dashboard.cards import Chart, registered
from admin_views.dashboard.charts import chart
from admin_views.dashboard.tiles import Tile, table
from admin_views.lists.filter_values import this_day
from admin_views.page import Link
from admin_views.registry import views_by_model


@dataclass(frozen=True)
class Board:
    """The first page of one person."""

    title: str
    today: str
    tiles: Sequence[Tile]
    steps: Sequence[Link]


class HomeView(AdminIndexView):
    """The first page."""

    def __init__(self) -> None:
        super().__init__(url="/")
        self.static_folder = None  # Flask-Admin's own scripts and styles are not used, so they are not served

    @expose("/")
    def index(self) -> Any:
        """Show the dashboard."""
        title = gettext("Hello, %(name)s", name=current_user.name)
        board = Board(title, format_date(this_day(), "EEEE, d MMMM y"), *_tiles(self.admin))
        return self.render("admin/dashboard.html", board=board)


def home(here: str) -> Link:
    """Return the way to the first page."""
    return Link(gettext("Home"), "/", icon="home", active=here == "admin")


def _tiles(admin: Any) -> tuple[list[Tile], list[Link]]:
    """Return the cards of whatever the person may open, and where to begin."""
    lists = Lists(views_by_model(admin))
    found = ((card, lists.view_for(card)) for card in registered())
    return begun(lists.views, [(card, _tile(lists, view, card)) for card, view in found if view is not None])


def _tile(lists: Lists, view: Any, card: Any) -> Tile:
    return chart(lists, view, card) if isinstance(card, Chart) else table(lists, view, card)
