"""Who is asking, as templates and views know them: `current_user`, without a row that could be changed or go stale."""

from __future__ import annotations

from dataclasses import dataclass

from flask import g, request
from flask_login import UserMixin

from models.auth import AuthSession
from models.permissions import Actor

TOKEN = "token"  # noqa: S105  its name in Flask's signed cookie
WHO = "who"  # there, whose session it is or was


@dataclass(frozen=True, eq=False)
class Visitor(UserMixin):
    """A user who is signed in, as they were when the request came in, and their session."""

    id: int
    name: str
    email: str
    roles: tuple[str, ...]
    session_id: int


def visitor_of(found: AuthSession, actor: Actor) -> Visitor:
    """Return who has this session."""
    user, roles = found.user, tuple(role.name for role in actor.roles)
    return Visitor(user.id, user.name, user.email, roles, found.id)


def visitor() -> Visitor:
    """Return who is asking, where nobody comes without having signed in."""
    return g.visitor


def origin() -> tuple[str, str]:
    """Return from where the request comes: the address and the browser."""
    return request.remote_addr or "", request.user_agent.string
