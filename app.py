"""The application: the only place where its parts meet."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from flask import Flask
from flask_migrate import Migrate
from flask_wtf import CSRFProtect

import models.all  # noqa: F401  so that every entity is mapped
from admin_views import api
from admin_views.cli import register_commands
from admin_views.config import load_config
from admin_views.door.auth import init_auth
from admin_views.files import init_files
from admin_views.locale import init_locale
from admin_views.panel import init_panel
from admin_views.security import init_security
from models.base import db
from models.engine import configure_engine

ROOT = Path(__file__).parent


def create_app(config: Mapping[str, Any] | None = None) -> Flask:
    """Return the panel, configured by defaults, the environment and the given settings, the last one winning."""
    app = Flask(
        "clientela",
        root_path=str(ROOT),
        instance_path=str(ROOT / "instance"),
        static_folder="admin_views/static",
        static_url_path="/static",
        template_folder="templates",
    )
    load_config(app, config)
    db.init_app(app)
    with app.app_context():
        configure_engine(db.engine)
    Migrate(app, db, directory=str(ROOT / "models" / "migrations"), render_as_batch=True)
    init_locale(app)
    init_security(app)
    init_auth(app, db)
    init_files(app)
    guard = CSRFProtect(app)  # after the door, so that a stranger is asked to sign in first
    guard.exempt(api.blueprint)  # whose programs show a token that no browser sends by itself
    app.register_blueprint(api.blueprint)
    init_panel(app)
    register_commands(app)
    return app
