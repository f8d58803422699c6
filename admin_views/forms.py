"""Forms written by declarations: a field for each attribute, checked by its kind."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from functools import partial
from typing import Any, cast

from flask_admin.form import BaseForm
from flask_babel import gettext
from sqlalchemy import ColumnElement, select
from wtforms.validators import InputRequired, StopValidation, ValidationError

from admin_views import controls
from admin_views.kinds import look, options
from admin_views.line_columns import is_grid
from admin_views.line_grid import Lines
from admin_views.links import Links, is_link
from admin_views.lists.listing import SEARCHED, readable, rows_by_key
from admin_views.matrix import Matrix, is_table
from admin_views.offers import offered
from admin_views.parts import Rows
from admin_views.say import later, say
from models.base import Base, db
from models.checking import REQUIRED
from models.description import Attribute, Child, describe, entity
from models.errors import DomainError
from models.reaching import leading
from models.related import find
from models.search import matching

SUGGESTED = 12


class ByKind:
    """Let the kind of a field judge it, with the country it belongs to, and keep the normalised value."""

    def __init__(self, attribute: Attribute) -> None:
        self.kind = attribute.kind
        self.country = attribute.facts.country or ""

    def __call__(self, form: BaseForm, field: Any) -> None:
        """Replace the data by what the kind makes of it, or say what is wrong with it."""
        if self.kind is None or field.errors or field.data is None or field.data == "":
            return
        try:
            field.data = self._settled(form, self.kind.clean(field.data))
        except DomainError as error:
            raise ValidationError(say(error)) from error

    def _settled(self, form: BaseForm, value: Any) -> Any:
        """Judge the value with its country where that is known before the row is; else it is left to the row."""
        if self.kind is None or self.kind.settle is None:
            return value
        way, _, last = self.country.rpartition(".")
        place = getattr(form, "wholes", {}).get(way) if way else form
        field = place._fields.get(last) if place is not None else None
        if field is not None:
            return self.kind.settle(value, field.data)
        return self.kind.settle(value, getattr(place._obj, last, None)) if way and place is not None else value


class Required(InputRequired):
    """A value must be given; whatever was wrong with what was typed is said first."""

    field_flags: dict[str, Any]

    def __init__(self) -> None:
        super().__init__()
        self.field_flags = {}  # the browser's own bubble would hide the sentence beside the field

    def __call__(self, form: BaseForm, field: Any) -> None:
        """Ask for a value unless there is one or something else is wrong."""
        if field.errors:
            raise StopValidation
        if field.data is None or field.data == "":
            raise StopValidation(gettext(REQUIRED))


class Demanded:
    """A value must be given with some choice of another field of the form."""

    def __init__(self, attribute: Attribute) -> None:
        self.when, self.demand = attribute.facts.when, attribute.facts.demand or REQUIRED

    def __call__(self, form: BaseForm, field: Any) -> None:
        """Ask for the value as the row would, so that all that is wrong is said at once."""
        if self.when is None or field.errors or field.data not in (None, ""):
            return
        other = form._fields.get(self.when[0])
        if other is not None and other.data == self.when[1].value:
            raise StopValidation(gettext(self.demand))


class Needs:
    """A value may be typed only while another field of the form is on."""

    def __init__(self, other: str) -> None:
        self.other = other

    def __call__(self, form: BaseForm, field: Any) -> None:
        """Refuse a value that would have no effect, rather than forget it."""
        other = form._fields.get(self.other)
        if field.data and other is not None and not other.data:
            raise StopValidation(gettext("Turn on “%(field)s” first, or leave this empty.", field=other.label.text))


def build_form(model: type[Base], keys: Iterable[str], base: type[BaseForm] = BaseForm) -> type[BaseForm]:
    """Return a form class with a field for each named attribute or part of the entity, and its version."""
    description = describe(model)
    parts = {child.key: child for child in description.parts}
    members: dict[str, Any] = {"version": controls.Version()}
    for key in keys:
        members[key] = _part(parts[key]) if key in parts else field(description.attributes[key])
    return type(f"{model.__name__}Form", (base,), members)


def field(attribute: Attribute) -> Any:
    """Return the unbound form field of an attribute."""
    common = {
        "label": later(attribute.label),
        "description": later(attribute.facts.help),
        "validators": list(_validators(attribute)),
    }
    return _unbound(attribute, common, optional=bool(attribute.column.nullable))


def must_be_typed(attribute: Attribute) -> bool:
    """Whether a form that shows the attribute asks for its value."""
    return not (attribute.column.nullable or attribute.facts.derived or attribute.python_type is bool)


def typed(attributes: Iterable[Attribute]) -> list[Attribute]:
    """Return the attributes a person may type."""
    return [each for each in attributes if not each.facts.fixed and not each.facts.hidden and look(each).control]


def named(model: type[Base], text: str, most: int, *where: ColumnElement[bool]) -> Sequence[Base]:
    """Return rows that a text may mean, in order of title: those called just so, else those that search finds."""
    text = readable(text)[:SEARCHED]
    description = describe(model)
    title: Any = getattr(model, description.title)
    query = select(model.id).where(*where).order_by(title, model.id).limit(most)
    exact = query.where(title == text) if text and description.title in description.attributes else None
    keys = db.session.scalars(exact).all() if exact is not None else []
    if not keys:
        found = matching(model, text) if text else None
        clauses = leading(db.session, model) if found is None else (found,)
        keys = db.session.scalars(query.where(*clauses)).all()
    return rows_by_key(model, keys)


def _validators(attribute: Attribute) -> Iterator[Any]:
    if must_be_typed(attribute):
        yield Required()
    if attribute.facts.when:
        yield Demanded(attribute)
    if attribute.facts.needs:
        yield Needs(attribute.facts.needs)
    yield ByKind(attribute)


def _unbound(attribute: Attribute, common: dict[str, Any], *, optional: bool) -> Any:
    control: Any = look(attribute).control
    if attribute.target:
        return control(**common, find=partial(find, db.session, attribute.target), named=_named(attribute))
    if issubclass(control, controls.Choices):
        enum: Any = attribute.python_type
        return control(**common, enum=enum, choices=partial(options, attribute), optional=optional)
    if issubclass(control, controls.Select):
        return control(**common, choices=partial(options, attribute), optional=optional or attribute.required)
    return control(**common)


def _named(attribute: Attribute) -> Any:
    model, target = entity(str(attribute.column.table.name)), cast("type[Base]", attribute.target)
    return lambda text: named(target, text, SUGGESTED, *offered(model, attribute))


def _kind(model: type[Base]) -> type[Rows]:
    if is_table(model):
        return Matrix
    return Links if is_link(model) else Lines if is_grid(model) else Rows


def _part(child: Child) -> Any:
    kind = _kind(child.model)
    attributes = [each for each in typed(describe(child.model).attributes.values()) if not each.is_parent]
    form = build_form(child.model, [each.key for each in attributes if each.key != getattr(child.model, "__key__", "")])
    return kind(later(child.model.__plural__), child=child, form_class=form)
