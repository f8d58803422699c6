"""What kind of answer a request wants, and how to send it elsewhere."""

from __future__ import annotations

from urllib.parse import urlsplit

from flask import redirect, request, url_for
from werkzeug.wrappers import Response

from admin_views.landing import landing
from admin_views.targets import safe_target
from models.base import Base


def is_fragment() -> bool:
    """Whether a part of the page asks for its new content."""
    return "HX-Request" in request.headers and "HX-Boosted" not in request.headers


def asks_for_grid() -> bool:
    """Whether it is a grid on a record that asks for its rows, and not a list that shows the same ones."""
    return is_fragment() and not request.headers.get("HX-Target", "").endswith("#list")


def record_url(row: Base) -> str:
    """Return the address of a record's page."""
    return url_for(f"{row.__tablename__}.details_view", id=row.id)


def go(url: str) -> Response:
    """Go to another page, also from within a fragment."""
    if is_fragment():
        return Response(status=204, headers={"HX-Redirect": url})
    return redirect(url, 303)


def came_from() -> str:
    """Return the page of this site that the form was sent from, as it says itself or as the browser says.

    A page that only a button leads to is none to come back to: then it is the record, or the list, that it is about.
    """
    target = safe_target(request.form.get("next", "")) or _referrer()
    return (target and landing(target)) or f"{request.script_root}/"


def _referrer() -> str | None:
    try:
        parts = urlsplit(request.referrer or "")
    except ValueError:
        return None
    path = parts._replace(scheme="", netloc="", fragment="").geturl()
    return safe_target(path) if parts.netloc == request.host else None
