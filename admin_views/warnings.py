"""What is worth a look after a save, and never stops it."""

from __future__ import annotations

from flask_babel import gettext
from sqlalchemy import select

from admin_views.page import Link
from admin_views.requests import record_url
from admin_views.say import label
from admin_views.timeline.narrowing import unseeing
from admin_views.toasts import toast
from models.base import Base, db
from models.description import Attribute, describe, title_of
from models.gate import actor_of
from models.masking import may_read
from models.permissions import may_see


def warn(row: Base) -> None:
    """Tell of other rows with a value that rows seldom share, such as a VAT number, and of who cannot see this one."""
    actor = actor_of(db.session)
    for attribute in describe(type(row)).attributes.values():
        other = _twin(row, attribute) if attribute.facts.seldom_shared and may_see(actor, attribute) else None
        if other is not None and may_read(actor, attribute, other):
            text = gettext("Somebody else has the same %(what)s:", what=label(attribute.label))
            toast(text, tone="warning", link=Link(title_of(other), record_url(other)))
        if found := unseeing(row, attribute):
            names = dict(zip(("name", "whole", "title"), map(title_of, (*found, row)), strict=True))
            toast(gettext("%(name)s cannot see %(whole)s, and so not “%(title)s”.", **names), tone="warning")


def _twin(row: Base, attribute: Attribute) -> Base | None:
    """Return another row with this value, as far as the person may see it."""
    model, value = type(row), getattr(row, attribute.key)
    if value is None:
        return None
    same = select(model).where(getattr(model, attribute.key) == value, model.id != row.id).order_by(model.id)
    return db.session.scalar(same.limit(1))
