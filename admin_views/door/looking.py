"""Looking at the panel as a role, or as a user: an administrator reads with their rights, and changes nothing.

The signed session keeps as whom; every request asks anew whether that still stands.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

from flask import Blueprint, Flask, abort, current_app, g, redirect, request, session, url_for
from flask_babel import gettext

from admin_views.controls import read_key
from admin_views.page import Link
from admin_views.toasts import toast
from models.actors import actor_for, rights_of
from models.base import Base, db
from models.description import title_of
from models.engine import set_mode
from models.errors import Refused
from models.gate import actor_of, set_actor
from models.i18n import N_
from models.permissions import LOOKING, Actor
from models.related import find
from models.role import Role
from models.user import User

AS = "looking"  # its name in Flask's signed cookie
KINDS: dict[str, type[Base]] = {model.__tablename__: model for model in (Role, User)}
READING = {"GET", "HEAD", "OPTIONS"}
HARMLESS = {"looking.stop", "auth.log_out"}  # all that is posted while looking
NOT_YOURS = N_("Only administrators look at the panel as somebody else.")
SEEN = N_("You see the panel as “%(name)s”. Nothing can be changed.")
SEEN_WITH_OWN_UNITS = N_("You see the panel as “%(name)s”, with your own business units. Nothing can be changed.")
OVER = N_("You no longer see the panel as somebody else, so nothing was changed. Look again, then decide.")

blueprint = Blueprint("looking", __name__, url_prefix="/looking")


@dataclass(frozen=True)
class Look:
    """An administrator looking at the panel as an actor: that of the role or user with this key."""

    administrator: Actor
    actor: Actor
    kind: str
    key: int

    @property
    def url(self) -> str:
        """The record of the role or user."""
        return url_for(f"{self.kind}.details_view", id=self.key)

    @property
    def sentence(self) -> str:
        """What stands on every page meanwhile."""
        seen = SEEN if self.kind == User.__tablename__ else SEEN_WITH_OWN_UNITS
        return gettext(seen, name=self.actor.name)


def init_looking(app: Flask) -> None:
    """Add the ways to begin and to end, and what tells on every page that somebody is looking."""
    app.register_blueprint(blueprint)
    app.context_processor(lambda: {"look": current()})


def current() -> Look | None:
    """Return as whom somebody looks at the panel in this request, if they do."""
    found: Look | None = g.get("look")
    return found


def adopt(actor: Actor) -> None:
    """Let the database session read with the rights that one looks with in this request, if one does."""
    g.look = _look(actor)
    g.look_is_over = AS in session and g.look is None
    if g.look:
        set_actor(db.session, g.look.actor)
    if g.look_is_over:
        _log("looking is over", str(session.pop(AS)))
        toast(gettext("You see the panel as yourself again."), tone="warning")


def refuse_changes() -> None:
    """Refuse, before it reaches a view, whatever would change something; so too when looking has just ended."""
    if request.method in READING or request.endpoint in HARMLESS or not (current() or g.get("look_is_over")):
        return
    db.session.rollback()
    set_mode("read")
    found = current()
    raise Refused(LOOKING, name=found.actor.name) if found else Refused(OVER)


def ways(row: Base) -> list[Link]:
    """Return the way to look at the panel as this role or user, for administrators who do not look already."""
    actor = actor_of(db.session)
    kind = type(row).__tablename__
    if kind not in KINDS or not actor.is_administrator or current() or (kind == "user" and row.id == actor.user_id):
        return []
    name = gettext("Look at the panel as %(name)s", name=title_of(row))
    return [Link(name, url_for(f"looking.as_{kind}", key=row.id), icon="eye", posted=True)]


@blueprint.post("/role/<key>")
def as_role(key: str) -> Any:
    """Look with the rights of a role alone; what is one's own stays one's own."""
    return _start(Role, key)


@blueprint.post("/user/<key>")
def as_user(key: str) -> Any:
    """Look with the rights of a user; what is theirs counts as one's own."""
    return _start(User, key)


@blueprint.post("/stop")
def stop() -> Any:
    """See the panel as oneself again."""
    found = current()
    session.pop(AS, None)
    _log("looking stopped", found.actor.name if found else None)
    return redirect(found.url if found else "/", 303)


def _start(model: type[Base], key: str) -> Any:
    if not actor_of(db.session).is_administrator:
        raise Refused(NOT_YOURS)
    row = find(db.session, model, read_key(key)) or abort(404)
    session[AS] = [model.__tablename__, row.id]
    _log("looking started", title_of(row))
    return redirect("/", 303)


def _log(event: str, name: str | None) -> None:
    found = current()
    actor = found.administrator if found else actor_of(db.session)
    current_app.logger.info(event, extra={"who": actor.user_id, "as": name})


def _look(actor: Actor) -> Look | None:
    """Return the look that the session keeps, unless whoever looks or what they look as has changed too much."""
    kind, key = session.get(AS, (None, None))
    row = find(db.session, KINDS[kind], key) if kind in KINDS and actor.is_administrator else None
    return Look(actor, _seen_as(actor, row), kind, key) if row is not None else None


def _seen_as(actor: Actor, row: Any) -> Actor:
    """Return the actor to be: a user as they are, or the person that one is with another role."""
    if isinstance(row, User):
        return replace(actor_for(db.session, row), looking=True, revealed={})
    return replace(actor, name=row.name, roles=(rights_of(db.session, row),), looking=True, revealed={})
