"""Short messages after a write, kept for the next page, with the way to undo it."""

from __future__ import annotations

from flask import flash, get_flashed_messages, url_for

from admin_views.page import Toast
from models.base import db


def toast(text: str, *, tone: str = "success", undo: bool = False) -> None:
    """Say something on the next page; `undo` offers to take back what was just committed."""
    change_set = db.session.info.get("last_change_set") if undo else None
    flash(f"{change_set or ''}|{text}", tone)


def toasts() -> list[Toast]:
    """Return what is to be said, once."""
    return [_toast(*found) for found in get_flashed_messages(with_categories=True)]


def _toast(tone: str, message: str) -> Toast:
    key, _, text = message.partition("|")
    return Toast(text, tone, url_for("change_set.undo_change_set", key=key) if key else None)
