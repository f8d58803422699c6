"""The panel as a whole: every registered entity, and what surrounds each page."""

from __future__ import annotations

from typing import Any

from flask import Flask, current_app, g, request
from flask_login import current_user
from markupsafe import Markup

import admin_views.panels  # noqa: F401  so that every panel is registered
from admin_views import places, undo
from admin_views.checks import check_models
from admin_views.dashboard.cards import check_cards
from admin_views.dashboard.view import HomeView, home
from admin_views.page import MenuGroup
from admin_views.personal.who_looked import init_who_looked
from admin_views.registry import build_admin, menu, views_by_model
from admin_views.requests import is_fragment
from admin_views.say import avatar
from admin_views.security import asset, csp_nonce
from admin_views.toasts import toasts

THEMES = {"light", "dark"}


def init_panel(app: Flask) -> None:
    """Add every registered panel and what all pages share."""
    admin = build_admin(app, HomeView(), csp_nonce)
    check_models()
    check_cards(views_by_model(admin))
    app.extensions["panel"] = admin
    app.register_blueprint(undo.blueprint)
    app.register_blueprint(places.blueprint)
    init_who_looked(app)
    app.jinja_env.globals.update(icon=icon, toasts=toasts)
    app.context_processor(surroundings)


def surroundings() -> dict[str, Any]:
    """Return what every page shows around its content."""
    theme = request.cookies.get("theme", "")
    common = {"theme": theme if theme in THEMES else "auto", "is_fragment": is_fragment()}
    if not current_user or not current_user.is_authenticated:
        return {**common, "menu": [], "me": None}
    here = (request.endpoint or "").partition(".")[0]
    bare = is_fragment() or "database_is_away" in g
    return {**common, "menu": [] if bare else _menu(here), "me": _user()}


def _menu(here: str) -> list[MenuGroup]:
    return [MenuGroup("", [home(here)]), *menu(current_app.extensions["panel"], here)]


def _user() -> dict[str, Any]:
    name = current_user.name
    return {"name": name, "avatar": avatar(name), "own_url": "/me/", "logout_url": "/logout"}


def icon(name: str) -> Markup:
    """Return an icon of the sprite; it says nothing that the words beside it do not."""
    return Markup('<svg class="icon" aria-hidden="true"><use href="{}#{}"></use></svg>').format(
        asset("vendor/icons.svg"), name
    )
