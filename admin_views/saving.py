"""From a form to the database: fill the row, merge what others did meanwhile, write, commit once."""

from __future__ import annotations

import re
from typing import Any

from flask_babel import gettext

from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm.exc import StaleDataError

from admin_views.merging import merge
from admin_views.parts import Rows
from admin_views.say import say
from models.base import Base, db
from models.description import describe, entity
from models.errors import DomainError
from models.i18n import N_
from models.related import holder_of

TAKEN = N_("Already in use.")
TAKEN_BY = N_("Already in use by %(title)s.")
CHANGED = N_("Somebody else changed this at the same moment. Check it and save again.")


def save(form: Any, row: Base) -> bool:
    """Write the form into the row and commit; otherwise put what is wrong beside the fields and write nothing."""
    if not merge(form, row):
        return False
    try:
        form.populate_obj(row)
        db.session.add(row)
        db.session.commit()
    except DomainError as error:
        db.session.rollback()
        attach(form, row, error)
    except StaleDataError:
        db.session.rollback()
        form.form_errors.append(gettext(CHANGED))
    except IntegrityError as error:
        taken = what_was_taken(error, row)
        db.session.rollback()
        attach(form, row, _by_whom(taken))
    return not form.errors


def attach(form: Any, row: Base, error: DomainError) -> None:
    """Put each refusal beside the field it names, or on top of the form."""
    for single in error.errors:
        field = _field_for(form, row, single)
        if field is None:
            form.form_errors.append(say(single))
        else:
            field.errors = [*field.errors, say(single)]


def _field_for(form: Any, row: Base, error: DomainError) -> Any:
    """Find the field of the form, or of the part's row, that a refusal is about."""
    subject = error.subject
    if subject is None or subject is row:
        return form._fields.get(error.field or "")
    for field in form:
        if isinstance(field, Rows):
            entry = next((entry for entry in field.entries if entry.row is subject), None)
            if entry is not None:
                field.errors = field.errors or [gettext("Check the rows marked below.")]
                return entry.form._fields.get(error.field or "", field)
    return None


def what_was_taken(error: IntegrityError, row: Base) -> tuple[type[Base], str, Any] | None:
    """Return the entity, attribute and value that a violated unique constraint is about."""
    found = re.search(r"UNIQUE constraint failed: (\w+)\.(\w+)", str(error.orig)) or re.search(
        r'unique constraint "uq_(\w+?)"', str(error.orig)
    )
    if not found:
        return None
    for table in (row.__table__, *(child.model.__table__ for child in describe(type(row)).parts)):
        for column in table.columns:
            named = {f"{table.name}.{column.name}", f"{table.name}_{column.name}"}
            if ".".join(found.groups()) in named:
                model = entity(str(table.name))
                return model, column.key, getattr(row, column.key, None) if isinstance(row, model) else None
    return None


def _by_whom(taken: tuple[type[Base], str, Any] | None) -> DomainError:
    """Say which row holds the value already, if the reader may see that row."""
    if taken is None:
        return DomainError(N_("This contradicts something that is stored already."))
    model, key, value = taken
    holder = holder_of(db.session, model, key, value)
    facts = describe(model).attributes[key].facts
    shown = facts.shown_as or key
    return DomainError(TAKEN_BY, shown, title=holder) if holder else DomainError(TAKEN, shown)


