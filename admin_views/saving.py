"""From a form to the database: fill the row, merge what others did meanwhile, write, commit once."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any, cast

from flask_babel import gettext
from sqlalchemy import Table
from sqlalchemy.exc import DataError, IntegrityError
from sqlalchemy.orm.exc import StaleDataError

from admin_views.merging import merge
from admin_views.parts import Rows
from admin_views.say import label, say
from models.base import Base, db
from models.description import describe, entity
from models.errors import Conflict, DomainError, Refused
from models.i18n import N_
from models.related import find, holder_of

TAKEN = N_("“%(value)s” is already in use.")
TAKEN_BY = N_("“%(value)s” is already in use by %(title)s.")
CHANGED = N_("Somebody else changed this at the same moment. Look at it again.")
CONTRADICTS = N_("This contradicts something that is stored already.")
TOO_LARGE = N_("One of the values is larger than what can be stored.")
TRIES = 2
UNIQUE = (r"UNIQUE constraint failed: (\w+)\.(\w+)", r'unique constraint "uq_(\w+)"')


def save(form: Any, row: Base) -> bool:
    """Write the form into the row and commit; otherwise put what is wrong beside the fields and write nothing."""
    key, error = row.id, None
    for _ in range(TRIES):
        if not merge(form, row):
            return False
        error = commit(lambda: _write(form, row), row)
        if not isinstance(error, Conflict) or find(db.session, type(row), key) is None:
            break
    if error is not None:
        _raise_beyond_the_form(error, type(row), key)
        attach(form, row, error)
    return error is None


def _raise_beyond_the_form(error: DomainError, model: type[Base], key: int | None) -> None:
    """Raise what nobody can put right in this form: a right that is missing, a row that is gone."""
    if isinstance(error, Refused) and not error.field:
        raise error
    if isinstance(error, Conflict) and find(db.session, model, key) is None:
        raise error


def commit(work: Callable[[], Any], row: Base | None = None) -> DomainError | None:
    """Do the work and commit, or undo all of it and return why; what a database says stays here."""
    try:
        work()
        db.session.commit()
    except DomainError as error:
        db.session.rollback()
        return error
    except StaleDataError:
        db.session.rollback()
        return Conflict(CHANGED)
    except DataError:
        db.session.rollback()
        return DomainError(TOO_LARGE)
    except IntegrityError as error:
        taken = what_was_taken(error, row) if row is not None else None
        db.session.rollback()
        return _by_whom(*taken) if taken else DomainError(CONTRADICTS)
    return None


def attach(form: Any, row: Base, error: DomainError) -> None:
    """Put each refusal beside the field it names, or on top of the form."""
    for single in error.errors:
        field = _field_for(form, row, single)
        if field is None:
            form.form_errors.append(_elsewhere(single, row))
        else:
            field.errors = [*field.errors, say(single)]


def _write(form: Any, row: Base) -> None:
    form.populate_obj(row)
    db.session.add(row)
    db.session.flush()


def _elsewhere(error: DomainError, row: Base) -> str:
    """Say what is wrong with a field that the form does not show."""
    attribute = describe(type(error.subject if isinstance(error.subject, Base) else row)).attributes.get(
        error.field or ""
    )
    return f"{label(attribute.label)}: {say(error)}" if attribute else say(error)


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
    """Return the entity, attribute and value that a unique constraint refused; call it before the rollback."""
    found = next((found for each in UNIQUE if (found := re.search(each, str(error.orig)))), None)
    if found is None:
        return None
    name = "_".join(found.groups())
    for table in _tables(row):
        for column in table.columns:
            if f"{table.name}_{column.name}" == name:
                return entity(table.name), column.key, getattr(row, column.key, None)
    return None


def _tables(row: Base) -> list[Table]:
    """The row's own table, and those of its parts."""
    models = [type(row), *(child.model for child in describe(type(row)).parts)]
    return [cast(Table, model.__table__) for model in models]


def _by_whom(model: type[Base], key: str, value: Any) -> DomainError:
    """Say which row holds the value already, if the reader may see that row."""
    holder = holder_of(db.session, model, key, value)
    shown = describe(model).attributes[key].facts.shown_as or key
    if holder:
        return DomainError(TAKEN_BY, shown, value=value, title=holder)
    return DomainError(TAKEN, shown, value=value)
