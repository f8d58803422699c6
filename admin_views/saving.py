"""From a form to the database: fill the row, merge what others did meanwhile, write, commit once."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any, cast

from sqlalchemy import Table, UniqueConstraint
from sqlalchemy.exc import DataError, IntegrityError, OperationalError
from sqlalchemy.orm.exc import StaleDataError

from admin_views.conflicts import idempotency
from admin_views.conflicts.three_way import merge, show_others
from admin_views.parts import Rows
from admin_views.say import label, say
from models.base import Base, db
from models.description import describe, title_of
from models.engine import set_mode
from models.errors import Conflict, DomainError, Refused
from models.gate import actor_of
from models.i18n import N_
from models.masking import reads_all
from models.related import find, holder_of
from models.sent_form import SentForm

TAKEN = N_("“%(value)s” is already in use.")
TAKEN_BY = N_("“%(value)s” is already in use by “%(title)s”.")
TWICE = N_("Something is on this list twice.")
CHANGED = N_("Somebody else changed this at the same moment. Look at it again.")
CONTRADICTS = N_("This contradicts something that is stored already.")
TOO_LARGE = N_("One of the values is larger than what can be stored.")
AGAIN = N_("“%(title)s” was made from this form before. Save again to make another one.")
MORE = N_("This form was saved before, and said something else. What it added is shown; save again to add more.")
ANEW = N_("This form was sent before, and what it made is no longer there. Save again to make it anew.")
TRIES = 2
DEADLOCK = "40P01"  # two waited for each other, and PostgreSQL let one of them go on
UNIQUE = (r"UNIQUE constraint failed: ([\w., ]+)", r'unique constraint "uq_(\w+)"')


def save(form: Any, row: Base) -> Base | None:
    """Write the form into the row and commit; return what is stored now, which an earlier sending may have made.

    Otherwise put what is wrong beside the fields, write nothing, and return None.
    """
    key = row.id
    error = DomainError(CONTRADICTS)
    for _ in range(TRIES):
        if sent := idempotency.earlier():
            return _made_before(form, row, sent)
        if not merge(form, row):
            return None
        refused = commit(lambda: _write(form, row), lambda refusal: _taken(form, row, refusal))
        if refused is None:
            return row
        error = refused
        _forget_key(row, key)
        if not isinstance(error, Conflict) or find(db.session, type(row), key) is None:
            break
    if sent := idempotency.earlier():  # by the other of two clicks, while this one was at it
        return _made_before(form, row, sent)
    _raise_beyond_the_form(error, type(row), key)
    attach(form, row, error)
    return None


def make_once(work: Callable[[], Base]) -> Base:
    """Make a row and commit, or return what an earlier sending of this page has made; raise why there is neither."""
    made: list[Base] = []

    def do() -> None:
        made.append(work())
        idempotency.note(made[0])

    error = None if idempotency.earlier() else commit(do)
    if error is None and made:
        return made[0]
    sent = idempotency.earlier()
    if sent is None:
        raise error or Conflict(CHANGED)
    return _made_by(sent, AGAIN)


def _made_before(form: Any, row: Any, sent: SentForm) -> Base | None:
    """Return what the form has made before, or say why it is to be sent once more."""
    try:
        return _made_by(sent, AGAIN if row.id is None else MORE)
    except Conflict as error:
        form.form_errors.append(say(error))
    form[idempotency.NAME].renew()
    merge(form, row)
    show_others(form)
    return None


def _made_by(sent: SentForm, otherwise: str) -> Base:
    """Return what a page has made before; Conflict if that is gone, or if the page says something else by now."""
    made = idempotency.made_before()
    if made is None:
        raise Conflict(ANEW)
    if not idempotency.is_same(sent):
        raise Conflict(otherwise, title=title_of(made))
    return made


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
    makes = any(isinstance(each, Base) for each in db.session.new)
    db.session.flush()
    if makes:
        idempotency.note(row)


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
    value = _value(form, row, key) if isinstance(row, model) and _may_be_told(model, key) else None
    holder = holder_of(db.session, model, key, value)
    shown = describe(model).attributes[key].facts.shown_as or key
    if holder:
        return DomainError(TAKEN_BY, shown, value=value, title=holder)
    return DomainError(TAKEN, shown, value=value or label(describe(model).attributes[key].label))


def _may_be_told(model: type[Base], key: str) -> bool:
    """Whether the person may learn whose a value is: of what is masked, they could guess until it is somebody's."""
    return reads_all(actor_of(db.session)) or not describe(model).attributes[key].maskable


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
