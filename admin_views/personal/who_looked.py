"""The list for administrators of who looked at personal data, and who took some along."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from flask import Blueprint, Flask, abort, render_template, request, url_for
from flask_babel import gettext
from sqlalchemy import ColumnElement, select

from admin_views.controls import read_key
from admin_views.history.past import HistoryPage
from admin_views.page import Link
from admin_views.personal import revelations
from admin_views.registry import add_page
from models.base import Base, db
from models.description import entities, title_of
from models.errors import Refused
from models.gate import actor_of
from models.i18n import N_
from models.operations.revealing import NOTING, about
from models.related import find
from models.revealing import Revelation
from models.user import User

SIZE = 50
NOT_TOLD = N_("Only administrators see who looked at personal data.")
LOOKS = N_("Who looked")

blueprint = Blueprint("looks", __name__, url_prefix="/looks")


def init_who_looked(app: Flask) -> None:
    """Add the list, and its place in the menu."""
    app.register_blueprint(blueprint)
    add_page("System", _entry)


@blueprint.get("/")
def index() -> Any:
    """List, newest first, who looked at what: all, of one person, or at one record."""
    if not actor_of(db.session).is_administrator:
        raise Refused(NOT_TOLD)
    where, subject = _asked()
    before = read_key(request.args.get("before", ""))
    query = select(Revelation).where(*where, *([Revelation.id < before] if before else []))
    found = db.session.scalars(query.order_by(Revelation.id.desc()).limit(SIZE + 1), execution_options=NOTING).all()
    page = HistoryPage(
        title=_title(subject),
        url=request.full_path,
        entries=revelations.entries(found[:SIZE]),
        older_url=_older(found) if len(found) > SIZE else None,
        back=Link(gettext(LOOKS), url_for("looks.index")),
    )
    return render_template("admin/history.html", page=page)


def _entry(here: str) -> Link | None:
    if not actor_of(db.session).is_administrator:
        return None
    return Link(gettext(LOOKS), url_for("looks.index"), icon="eye", active=here == blueprint.name)


def _asked() -> tuple[list[ColumnElement[bool]], Base | None]:
    """Return what the list is narrowed to by the address; 404 for what is not there."""
    if "user" in request.args:
        user: User = find(db.session, User, read_key(request.args["user"])) or abort(404)
        return [Revelation.actor_id == user.id], user
    model = next((each for each in entities() if each.__tablename__ == request.args.get("entity")), None)
    if model is None:
        return [], None
    row: Base = find(db.session, model, read_key(request.args.get("id", ""))) or abort(404)
    return [about(row)], row


def _title(subject: Base | None) -> str:
    if subject is None:
        return gettext("Who looked at personal data")
    if "user" in request.args:
        return gettext("Personal data that %(name)s looked at", name=title_of(subject))
    return gettext("Who looked at personal data of %(title)s", title=title_of(subject))


def _older(found: Sequence[Revelation]) -> str:
    asked: dict[str, Any] = {**request.args.to_dict(), "before": found[SIZE - 1].id}
    return url_for("looks.index", **asked)
