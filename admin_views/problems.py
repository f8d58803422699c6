"""What a program is told when something is refused: problem details as in RFC 9457, never a page."""

from __future__ import annotations

from http import HTTPStatus
from typing import Any

from flask import json, request
from werkzeug.exceptions import BadRequest
from werkzeug.wrappers import Response

ROOT = "/api"
MEDIA_TYPE = "application/problem+json"
NAMES = "urn:clientela:problem:"  # what the types of problems begin with that are more than their status


def is_api() -> bool:
    """Whether the request is a program's, which neither reads pages nor has a session."""
    return request.path == ROOT or request.path.startswith(f"{ROOT}/")


def problem(status: int, name: str = "", detail: str = "", **members: Any) -> Response:
    """Return a problem: one with a name of its own, or one that its status says all of.

    It is the same, to the byte, whenever the same is refused.
    """
    about = {"type": f"{NAMES}{name}" if name else "about:blank", "title": HTTPStatus(status).phrase, "status": status}
    said = about | ({"detail": detail} if detail else {}) | members
    return Response(json.dumps(said), status, mimetype=MEDIA_TYPE)


class Malformed(BadRequest):
    """A body that is not what was asked for: what is wrong, by member."""

    def __init__(self, errors: dict[str, str]) -> None:
        super().__init__()
        self.errors = [{"member": member, "detail": detail} for member, detail in errors.items()]
