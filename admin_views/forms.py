"""Forms written by declarations: a field for each attribute, checked by its kind."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import partial
from typing import Any

from flask_admin.form import BaseForm
from flask_babel import gettext
from sqlalchemy import Select, select
from wtforms.validators import InputRequired, StopValidation, ValidationError

from admin_views import controls
from admin_views.kinds import look, options
from admin_views.parts import Rows
from admin_views.say import label, say
from models.base import Base, db
from models.description import Attribute, Child, describe
from models.errors import DomainError
from models.related import find
from models.rules.text import fold

SUGGESTED = 12


class ByKind:
    """Let the kind of a field judge it, and keep the normalised value."""

    def __init__(self, attribute: Attribute) -> None:
        self.clean = attribute.kind.clean if attribute.kind else None

    def __call__(self, form: BaseForm, field: Any) -> None:
        """Replace the data by what the kind makes of it, or say what is wrong with it."""
        if self.clean is None or field.data is None or field.data == "":
            return
        try:
            field.data = self.clean(field.data)
        except DomainError as error:
            raise ValidationError(say(error)) from error


class Required(InputRequired):
    """A value must be given; whatever was wrong with what was typed is said first."""

    def __init__(self) -> None:
        super().__init__()
        self.field_flags = {}  # the browser's own bubble would hide the sentence beside the field

    def __call__(self, form: BaseForm, field: Any) -> None:
        """Ask for a value unless there is one or something else is wrong."""
        if field.errors:
            raise StopValidation
        if field.data is None or field.data == "":
            raise StopValidation(gettext("This field is required."))


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
    needed = attribute.required and not attribute.facts.derived and attribute.python_type is not bool
    common = {
        "label": label(attribute.label),
        "description": label(attribute.facts.help or ""),
        "validators": [*([Required()] if needed else []), ByKind(attribute)],
    }
    return _unbound(attribute, common, optional=not needed)


def typed(attributes: Iterable[Attribute]) -> list[Attribute]:
    """Return the attributes a person may type."""
    return [each for each in attributes if not each.facts.fixed and not each.facts.hidden and look(each).control]


def _unbound(attribute: Attribute, common: dict[str, Any], *, optional: bool) -> Any:
    control: Any = look(attribute).control
    if attribute.target:
        return control(**common, find=partial(find, db.session, attribute.target), named=_namer(attribute))
    if issubclass(control, controls.Choices):
        enum: Any = attribute.python_type
        return control(**common, enum=enum, choices=options(attribute), optional=optional)
    if issubclass(control, controls.Select):
        return control(**common, choices=options(attribute), optional=optional)
    return control(**common)


def _part(child: Child) -> Any:
    description = describe(child.model)
    attributes = [each for each in typed(description.attributes.values()) if not each.is_parent]
    return Rows(label(child.model.__plural__), child=child, form_class=build_form(child.model, [a.key for a in attributes]))


def _namer(attribute: Attribute) -> Any:
    assert attribute.target is not None  # noqa: S101  asked of relations only
    target = attribute.target

    def named(text: str) -> Sequence[Base]:
        return list(db.session.scalars(by_title(target, text).limit(SUGGESTED)))

    return named


def by_title(model: type[Base], text: str) -> Select[Any]:
    """Return the rows whose title begins with a text, in order; all of them for an empty one."""
    title = getattr(model, describe(model).title)
    query = select(model).order_by(title, model.id)
    return query.where(title.istartswith(text, autoescape=True)) if fold(text) else query


