"""Short messages after a write, kept for the next page, with the way to undo it."""

from __future__ import annotations

import json

from flask import flash, get_flashed_messages, url_for

from admin_views.page import Link, Toast
from models.base import db


def toast(text: str, *, tone: str = "success", undo: bool = False, link: Link | None = None) -> None:
    """Say something on the next page; `undo` offers to take back what was just committed, `link` leads to more."""
    change_set = db.session.info.get("last_change_set") if undo else None
    flash(json.dumps([text, change_set, [link.label, link.url] if link else None]), tone)


def toasts() -> list[Toast]:
    """Return what is to be said, once."""
    return [_toast(*found) for found in get_flashed_messages(with_categories=True)]


def _toast(tone: str, message: str) -> Toast:
    text, key, link = json.loads(message)
    undo = url_for("change_set.undo_change_set", key=key) if key else None
    return Toast(text, tone, undo, Link(*link) if link else None)
