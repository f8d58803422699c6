"""From a form to the database: fill the row, merge what others did meanwhile, write, commit once."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any, cast

from sqlalchemy import Table, UniqueConstraint
from sqlalchemy.exc import DataError, IntegrityError, OperationalError
from sqlalchemy.orm.exc import StaleDataError

from admin_views.merging import merge
from admin_views.parts import Rows
from admin_views.say import label, say
from models.base import Base, db
from models.description import describe
from models.engine import set_mode
from models.errors import Conflict, DomainError, Refused
from models.i18n import N_
from models.related import find, holder_of

TAKEN = N_("“%(value)s” is already in use.")
TAKEN_BY = N_("“%(value)s” is already in use by “%(title)s”.")
TWICE = N_("Something is on this list twice.")
CHANGED = N_("Somebody else changed this at the same moment. Look at it again.")
CONTRADICTS = N_("This contradicts something that is stored already.")
TOO_LARGE = N_("One of the values is larger than what can be stored.")
TRIES = 2
DEADLOCK = "40P01"  # two waited for each other, and PostgreSQL let one of them go on
UNIQUE = (r"UNIQUE constraint failed: ([\w., ]+)", r'unique constraint "uq_(\w+)"')


def save(form: Any, row: Base) -> bool:
    """Write the form into the row and commit; otherwise put what is wrong beside the fields and write nothing."""
    key, error = row.id, None
    for _ in range(TRIES):
        if not merge(form, row):
            return False
        error = commit(lambda: _write(form, row), lambda refusal: _taken(form, row, refusal))
        if not isinstance(error, Conflict) or find(db.session, type(row), key) is None:
            break
    if error is not None:
        _forget_key(row, key)
        _raise_beyond_the_form(error, type(row), key)
        attach(form, row, error)
    return error is None


def _forget_key(row: Base, key: int | None) -> None:
    """A new row that was refused after it had been written is new again."""
    if key is None and row.id is not None:
        row.id = None  # type: ignore[assignment]


def _raise_beyond_the_form(error: DomainError, model: type[Base], key: int | None) -> None:
    """Raise what nobody can put right in this form: a right that is missing, a row that is gone."""
    if isinstance(error, Refused) and not error.field:
        raise error
    if isinstance(error, Conflict) and find(db.session, model, key) is None:
        raise error


def commit(
    work: Callable[[], Any], explain: Callable[[IntegrityError], DomainError] = lambda refusal: DomainError(CONTRADICTS)
) -> DomainError | None:
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
    except OperationalError as refusal:
        db.session.rollback()
        if getattr(refusal.orig, "sqlstate", None) != DEADLOCK:
            raise
        return Conflict(CHANGED)
    except DataError:
        db.session.rollback()
        return DomainError(TOO_LARGE)
    except IntegrityError as refusal:
        db.session.rollback()
        return explain(refusal)
    set_mode("read")  # what is done is done: whatever the answer still looks up must not wait for a writer
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
    found = (field.refused_in(error) for field in form if isinstance(field, Rows))
    return next((each for each in found if each is not None), None)


def _taken(form: Any, row: Base, refusal: IntegrityError) -> DomainError:
    """Say which value is in use already, and by which row if the reader may see it."""
    found = what_was_taken(refusal, type(row))
    if found is None:
        return DomainError(CONTRADICTS)
    model, key = found
    if part := next((child for child in describe(type(row)).parts if child.key == key), None):
        return DomainError(TWICE, part.key)
    value = _value(form, row, key) if isinstance(row, model) else None
    holder = holder_of(db.session, model, key, value)
    shown = describe(model).attributes[key].facts.shown_as or key
    if holder:
        return DomainError(TAKEN_BY, shown, value=value, title=holder)
    return DomainError(TAKEN, shown, value=value or label(describe(model).attributes[key].label))


def _value(form: Any, row: Base, key: str) -> Any:
    """Return what the row would have had there: the failed write has taken it back."""
    form.populate_obj(row)
    row.derive()
    value = getattr(row, key)
    db.session.rollback()
    return value


def what_was_taken(refusal: IntegrityError, model: type[Base]) -> tuple[type[Base], str] | None:
    """Return the entity and the attribute that a unique constraint is about: of this entity or one of its parts.

    Several columns together are the collection of a record whose rows must differ.
    """
    found = next((found for each in UNIQUE if (found := re.search(each, str(refusal.orig)))), None)
    name = _constraint_name(found[1]) if found else ""
    for child in describe(model).parts:
        for constraint in cast(Table, child.model.__table__).constraints:
            columns = [column.name for column in constraint.columns] if isinstance(constraint, UniqueConstraint) else []
            if len(columns) > 1 and "_".join([child.model.__tablename__, *columns]) == name:
                return model, child.key
    for each in (model, *(child.model for child in describe(model).parts)):
        table = cast(Table, each.__table__)
        for column in table.columns:
            if f"{table.name}_{column.name}" == name:
                return each, column.key
    return None


def _constraint_name(columns: str) -> str:
    """Return the name of a constraint, which SQLite does not say: the table and its columns."""
    table, _, rest = columns.partition(".")
    return "_".join([table, *rest.replace(f"{table}.", "").split(", ")]) if rest else table
