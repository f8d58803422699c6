"""Undo, as the toast and the history offer it."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, redirect, request
from flask_babel import gettext

from admin_views.targets import safe_target
from admin_views.say import say
from admin_views.toasts import toast
from models.base import db
from models.errors import DomainError
from models.operations.undo import undo

blueprint = Blueprint("change_set", __name__, url_prefix="/change_set")


@blueprint.post("/<int:key>/undo")
def undo_change_set(key: int) -> Any:
    """Take a change-set back, or say why that cannot be done."""
    try:
        undo(db.session, key)
        db.session.commit()
    except DomainError as error:
        db.session.rollback()
        toast(" ".join(say(single) for single in error.errors), tone="danger")
    else:
        toast(gettext("Undone."), undo=True)
    return redirect(safe_target(request.form.get("next", "")) or request.script_root + "/", 303)
