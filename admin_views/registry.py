"""`register(Model)`: an entity gets its panel."""

from __future__ import annotations

from collections.abc import Callable
from operator import attrgetter
from typing import Any

from flask import Flask
from flask_admin import Admin, AdminIndexView
from flask_admin.theme import Bootstrap4Theme

from admin_views import shortcuts
from admin_views.base import PanelView
from admin_views.offers import coming_about
from admin_views.page import Link, MenuGroup
from admin_views.say import label
from admin_views.split import menu_links
from models.base import Base

GROUPS = ("Customers", "Activities", "Documents", "More", "System")
NOWHERE = "/static/none"  # said, so that Flask-Admin does not choose a place for a static folder of its own
_registered: dict[type[Base], type[PanelView]] = {}
_pages: dict[str, list[Callable[[str], Link | None]]] = {}


def register(model: type[Base], view: type[PanelView] = PanelView) -> None:
    """Give an entity a panel; without a view class, everything about it is derived from the model."""
    _registered[model] = view


def add_page(group: str, entry: Callable[[str], Link | None]) -> None:
    """Give a page that is no entity's an entry at the end of a group of the menu, for those to whom it is open."""
    if entry not in _pages.setdefault(group, []):
        _pages[group].append(entry)


def build_admin(app: Flask, index: AdminIndexView, nonce: Any) -> Admin:
    """Return Flask-Admin with every registered panel."""
    theme = Bootstrap4Theme(base_template="admin/page.html")
    admin = Admin(
        app, "Clientela", "/", index_view=index, theme=theme, static_url_path=NOWHERE, csp_nonce_generator=nonce
    )
    for model, view in _registered.items():
        admin.add_view(view(model))
    return admin


def views_by_model(admin: Admin) -> dict[type[Base], PanelView]:
    """Return every panel by the entity that it manages."""
    return {view.model: view for view in admin._views if isinstance(view, PanelView)}


def menu(admin: Admin, here: str) -> list[MenuGroup]:
    """Return the side menu for the person: the panels they may open and whose rows can come about, by group."""
    open_ = [view for view in views_by_model(admin).values() if view.is_accessible()]
    living = coming_about(view.model for view in open_)
    views = sorted((view for view in open_ if view.model in living), key=attrgetter("menu_place"))
    groups = dict.fromkeys([*GROUPS, *(view.menu_group for view in views)])
    found = (
        (group, [*(link for view in views if view.menu_group == group for link in _links(view, here)), *more])
        for group in groups
        for more in [filter(None, (entry(here) for entry in _pages.get(group, ())))]
    )
    return [MenuGroup(label(group), links) for group, links in found if links]


def _links(view: PanelView, here: str) -> list[Link]:
    """Return the entries of a view; where a shortcut leads to where one is, the list itself is not marked."""
    short = list(shortcuts.links(view, here))
    return [*short, *menu_links(view, "" if any(each.active for each in short) else here)]
