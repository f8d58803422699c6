"""Personal data in forms: what the person may not read is shown masked, and not typed."""

from __future__ import annotations

from typing import Any

from flask_babel import gettext

from admin_views.kinds import cell
from admin_views.kinds_fact import Masked
from models.base import Base, db
from models.description import Attribute, describe
from models.gate import actor_of
from models.masking import may_read
from models.operations.revealing import MASKED, may_ask


def mask_fields(form: Any, row: Base | None, formdata: Any) -> None:
    """Put what may not be read in place of its field, in the form of a stored row."""
    if row is None or not row.id:
        return
    for attribute in describe(type(row)).masked:
        field = form._fields.get(attribute.key)
        if field is not None and is_masked(attribute, row):
            reason = gettext(MASKED) if may_ask(actor_of(db.session)) else ""
            fact = Masked(field.label.text, shown=cell(attribute, row), stored="", reason=reason)
            bound = form.meta.bind_field(form, fact, {"name": field.short_name, "prefix": form._prefix})
            bound.process(formdata, getattr(row, attribute.key))
            form._fields[field.short_name] = bound


def is_masked(attribute: Attribute, row: Any) -> bool:
    """Return whether a row says something there that the person may not read."""
    return getattr(row, attribute.key) is not None and not may_read(actor_of(db.session), attribute, row)
