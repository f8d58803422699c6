"""The panel as a whole: every registered entity, what surrounds each page, and the first page."""

from __future__ import annotations

from typing import Any

from flask import Flask, current_app, g, redirect, request, url_for
from flask_admin import AdminIndexView, expose
from flask_login import current_user
from markupsafe import Markup

import admin_views.panels  # noqa: F401  so that every panel is registered
from admin_views import places, undo
from admin_views.checks import check_models
from admin_views.registry import build_admin, menu
from admin_views.requests import is_fragment
from admin_views.say import avatar
from admin_views.security import asset, csp_nonce
from admin_views.toasts import toasts

THEMES = {"light", "dark"}


class HomeView(AdminIndexView):
    """The first page: the list that people come for."""

    def __init__(self) -> None:
        super().__init__(url="/")
        self.static_folder = None  # Flask-Admin's own scripts and styles are not used, so they are not served

    @expose("/")
    def index(self) -> Any:
        """Go to the first panel of the menu; who may open none has at least their account."""
        groups = menu(self.admin, "")
        return redirect(groups[0].links[0].url or "/" if groups else url_for("me.index"))


def init_panel(app: Flask) -> None:
    """Add every registered panel and what all pages share."""
    admin = build_admin(app, HomeView(), csp_nonce)
    check_models()
    app.extensions["panel"] = admin
    app.register_blueprint(undo.blueprint)
    app.register_blueprint(places.blueprint)
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
    return {**common, "menu": [] if bare else menu(current_app.extensions["panel"], here), "me": _user()}


def _user() -> dict[str, Any]:
    name = current_user.name
    return {"name": name, "avatar": avatar(name), "own_url": "/me/", "logout_url": "/logout"}


def icon(name: str) -> Markup:
    """Return an icon of the sprite; it says nothing that the words beside it do not."""
    return Markup('<svg class="icon" aria-hidden="true"><use href="{}#{}"></use></svg>').format(
        asset("vendor/icons.svg"), name
    )
