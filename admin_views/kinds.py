"""How each kind of value is shown, typed and filtered: the only place that tells kinds apart."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from datetime import date, datetime
from decimal import Decimal
from enum import Enum
from functools import cache, partial
from typing import Any, Literal, cast

from flask_babel import gettext
from markupsafe import Markup, escape
from sqlalchemy import inspect

from admin_views import controls, kinds_figures
from admin_views.kinds_file import Upload, file_link, file_name, said_size
from admin_views.kinds_moment import Moment
from admin_views.kinds_phone import phone_link
from admin_views.kinds_picker import Picker
from admin_views.say import label, none, pill, plain, when
from models import kinds
from models.base import Base, db
from models.choices import Choice
from models.description import Attribute, entity, title_of
from models.gate import actor_of
from models.masking import masked, may_read, reads_all
from models.permissions import Actor
from models.rules import currency, language, places

Family = Literal["text", "choices", "relation", "date", "number", "none"]
Options = Iterable[tuple[str, str]]
Text = Callable[[Any, Base | None], str]
MASK = Markup('<span class="masked">')


@dataclass(frozen=True)
class Look:
    """How values of a kind appear.

    `cell` shows one in a list, `text` in an export or the history, with the row it stands on if there still is one;
    `control` is the form field.
    """

    control: Callable[..., Any] | None
    cell: Callable[[Any, Base], Markup]
    text: Text
    family: Family = "text"
    options: Callable[[Attribute], Options] | None = None
    numeric: bool = False
    wide: bool = False


def look(attribute: Attribute) -> Look:
    """Return how values of this attribute appear."""
    if attribute.target:
        return RELATION
    if attribute.kind is kinds.PROVINCE:
        return _province(attribute.facts.country or "")
    if attribute.kind in (kinds.AMOUNT, kinds.PRICE):
        return _money(attribute.facts.currency or "")
    if attribute.kind is kinds.PHONE:
        return _phone(attribute.key)
    if attribute.kind is kinds.FILE:
        return _file(attribute.key)
    if attribute.kind is kinds.ONE_OF:
        return _one_of(str(attribute.column.table.name), attribute.key)
    if attribute.kind and attribute.kind.name in BY_KIND:
        return BY_KIND[attribute.kind.name]
    return next((found for base, found in BY_TYPE if issubclass(attribute.python_type, base)), PLAIN)


def cell(attribute: Attribute, row: Base) -> Markup:
    """Return the value of an attribute as a list or record shows it; masked for whoever may not read it."""
    value = row.shown(attribute.key)
    if value is None or value == "":
        return none(attribute.facts.none)
    return look(attribute).cell(value, row) if may_read(_reader(row), attribute, row) else _masked(attribute, value)


def text(attribute: Attribute, row: Base) -> str:
    """Return the value of an attribute as plain text; secrets have none."""
    value = row.shown(attribute.key)
    return said(attribute, value, row)


def said(attribute: Attribute, value: Any, row: Base | None, *, open_to_all: bool = False) -> str:
    """Return any value that the attribute may have as plain text, masked for whoever may not read it on this row.

    Without a row, what may be personal is read only by those who read everybody's, or where it is `open_to_all`.
    """
    if value is None or value == "" or attribute.secret:
        return ""
    if open_to_all or _is_readable(attribute, row):
        return look(attribute).text(value, row)
    return masked(attribute.kind, value)


def _is_readable(attribute: Attribute, row: Base | None) -> bool:
    if row is None:
        return not attribute.maskable or reads_all(actor_of(db.session))
    return may_read(_reader(row), attribute, row)


def _reader(row: Base) -> Actor:
    """Return who reads: exports read rows with a session of their own."""
    return actor_of(inspect(row).session or db.session)


def is_masked_cell(value: Markup) -> bool:
    """Return whether what a cell shows is masked."""
    return value.startswith(MASK)


def _masked(attribute: Attribute, value: Any) -> Markup:
    """Return a masked value: its shape for the eye, a word for the ear."""
    mark = Markup('{}<span aria-hidden="true">{}</span><span class="heard">{}</span></span>')
    return mark.format(MASK, masked(attribute.kind, value), gettext("masked"))


def options(attribute: Attribute) -> list[tuple[str, str]]:
    """Return every value one can choose, with its label."""
    found = look(attribute).options
    return list(found(attribute)) if found else []


def _plain(value: Any, row: Base | None) -> str:
    return plain(value)


def _escaped(value: Any, row: Base) -> Markup:
    return escape(plain(value))


def _link(scheme: str) -> Callable[[Any, Base], Markup]:
    def cell(value: Any, row: Base) -> Markup:
        return Markup('<a href="{}{}">{}</a>').format(scheme, value, value)

    return cell


def _website(value: Any, row: Base) -> Markup:
    shown = value.split("://", 1)[-1].rstrip("/")
    return Markup('<a href="{}" rel="noopener noreferrer" target="_blank">{}</a>').format(value, shown)


@cache
def _province(path: str) -> Look:
    """A province is named by its country, which stands elsewhere in the row."""

    def text(value: Any, row: Base | None) -> str:
        return places.province_name(country_of(row, path), value)

    return Look(controls.Suggest, _shown(text), text, "choices")


def country_of(row: Base | None, path: str) -> str | None:
    """Return the country that a dotted path from the row leads to."""
    return cast("str | None", kinds_figures.value_at(row, path))


@cache
def _money(path: str) -> Look:
    """An amount is in the currency that stands in its row, or in the row that it belongs to."""

    def cell(value: Decimal, row: Base) -> Markup:
        return escape(kinds_figures.amount(value, kinds_figures.value_at(row, path)))

    def text(value: Decimal, row: Base | None) -> str:
        return kinds_figures.decimals(value, kinds_figures.value_at(row, path))

    return Look(controls.Money, cell, text, "number", numeric=True)


@cache
def _file(key: str) -> Look:
    """A file is called as it came, which stands beside it in the row."""
    return Look(Upload, partial(file_link, key), partial(file_name, key), "none", wide=True)


@cache
def _phone(key: str) -> Look:
    """A phone number is dialled as it is from everywhere, which stands beside it in the row."""
    return replace(PLAIN, control=controls.Phone, cell=partial(phone_link, key))


@cache
def _one_of(name: str, key: str) -> Look:
    """The entity itself says which values there are; one that it no longer knows is shown as it is."""

    def listed(attribute: Attribute | None = None) -> Options:
        return [(value, label(text)) for value, text in entity(name).choices(key)]

    def text(value: Any, row: Base | None) -> str:
        return dict(listed()).get(value, value)

    return Look(controls.Select, _shown(text), text, "choices", listed)


def _choice(value: Any, row: Base) -> Markup:
    return pill(plain(value), value.tone)


def _bool(value: Any, row: Base) -> Markup:
    return pill(plain(value), "green" if value else "grey")


def _moment(value: datetime, row: Base) -> Markup:
    full = plain(value)
    return Markup('<time datetime="{}" title="{}">{}</time>').format(value.isoformat(), full, when(value))


def _day(value: date, row: Base) -> Markup:
    return Markup('<time datetime="{}">{}</time>').format(value.isoformat(), plain(value))


def _number(value: Decimal, row: Base) -> Markup:
    return escape(kinds_figures.number(value))


def _iban(value: str, row: Base) -> Markup:
    return escape(" ".join(value[at : at + 4] for at in range(0, len(value), 4)))


def _prose(value: str, row: Base) -> Markup:
    return Markup('<span class="prose">{}</span>').format(value)


def _tags(value: str, row: Base) -> Markup:
    return Markup(" ").join(pill(tag) for tag in value.split(", "))


def _related(value: Base, row: Base) -> Markup:
    return escape(title_of(value))


def _secret(value: Any, row: Base) -> Markup:
    return pill(gettext("set"), "green")


def _choices_of(attribute: Attribute) -> Options:
    members: Any = attribute.python_type
    return [(member.value, plain(member)) for member in members]


def _by_name(names: Callable[[], Any]) -> Callable[[Attribute], Options]:
    def listed(attribute: Attribute) -> Options:
        return sorted(names().items(), key=lambda item: item[1])

    return listed


def _named(names: Callable[[], Any]) -> Text:
    def named(value: Any, row: Base | None) -> str:
        return names().get(value, value)

    return named


def _shown(text: Text) -> Callable[[Any, Base], Markup]:
    return lambda value, row: escape(text(value, row))


def _select(names: Callable[[], Any]) -> Look:
    text = _named(names)
    return Look(controls.Select, _shown(text), text, "choices", _by_name(names))


PLAIN = Look(controls.Line, _escaped, _plain)
RELATION = Look(Picker, _related, _plain, "relation")
BY_KIND: dict[str, Look] = {
    kinds.EMAIL.name: replace(PLAIN, control=controls.Email, cell=_link("mailto:")),
    kinds.EMAILS.name: replace(PLAIN, control=controls.Addresses),
    kinds.URL.name: replace(PLAIN, control=controls.Url, cell=_website),
    kinds.LONG_TEXT.name: replace(PLAIN, control=controls.Text, cell=_prose, wide=True),
    kinds.TAGS.name: replace(PLAIN, cell=_tags),
    kinds.COUNTRY.name: _select(lambda: places.COUNTRIES),
    kinds.CURRENCY.name: _select(currency.currencies),
    kinds.LANGUAGE.name: _select(language.languages),
    kinds.FILE_SIZE.name: Look(None, _shown(said_size), said_size, "none", numeric=True),
    kinds.COUNT.name: Look(controls.Whole, _escaped, _plain, "number", numeric=True),
    kinds.PERCENT.name: Look(controls.Number, _number, _plain, "number", numeric=True),
    kinds.QUANTITY.name: Look(controls.Number, _number, _plain, "number", numeric=True),
    kinds.IBAN.name: replace(PLAIN, cell=_iban),
    kinds.CUSTOMER_PASSWORD.name: Look(controls.Secret, _secret, lambda value, row: "", "none"),
}
BY_TYPE: tuple[tuple[type, Look], ...] = (
    (Choice, Look(controls.Choices, _choice, _plain, "choices", _choices_of)),
    (Enum, Look(controls.Choices, _escaped, _plain, "choices", _choices_of)),
    (bool, Look(controls.Check, _bool, _plain, "choices", lambda attribute: _yes_no())),
    (datetime, Look(Moment, _moment, _plain, "date", numeric=True)),
    (date, Look(controls.Date, _day, _plain, "date", numeric=True)),
    (Decimal, Look(controls.Number, _number, _plain, "number", numeric=True)),
    (int, Look(controls.Whole, _escaped, _plain, "number", numeric=True)),
)


def _yes_no() -> Options:
    return [("1", gettext("yes")), ("0", gettext("no"))]
