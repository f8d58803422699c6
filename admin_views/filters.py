"""Column filters: read from the address, applied to the query, said as sentences.

The address says `f_country=IT&f_country=DE`, `f_city__contains=mil`, `f_created_at__from=2026-01-01`, `f_email__empty=1`.
What makes no sense is dropped: an address that was tampered with shows fewer filters, never an error.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal, InvalidOperation
from typing import Any

from flask_babel import gettext
from sqlalchemy import ColumnElement, or_, select
from werkzeug.datastructures import MultiDict

from admin_views.controls import read_key
from admin_views.kinds import look, options
from admin_views.say import label, plain
from models.base import Base, db
from models.description import Attribute, Child, describe, title_of
from models.kinds import PROVINCE
from models.rules import places

PREFIX = "f_"
MOST_VALUES = 100


@dataclass(frozen=True)
class Condition:
    """An active filter: its clause, and the sentence it reads as."""

    key: str
    label: str
    operator: str
    value: str
    clause: ColumnElement[bool]


@dataclass(frozen=True)
class Widget:
    """A control of a filter's form."""

    name: str
    kind: str
    label: str
    options: Sequence[tuple[str, str, bool]] = ()
    value: str = ""
    lookup_url: str = ""


@dataclass(frozen=True)
class Filter:
    """A filter on one attribute, or on whether there are children of a kind."""

    key: str
    label: str
    family: str
    attribute: Attribute | None = None
    child: Child | None = None

    def name(self, operator: str = "") -> str:
        """Return the name under which the address holds this filter's values."""
        return f"{PREFIX}{self.key}__{operator}" if operator else f"{PREFIX}{self.key}"

    @property
    def names(self) -> list[str]:
        """Every name under which the address may hold something of this filter."""
        return [self.name(operator) for operator in ("", "not", "contains", "from", "to", "empty")]

    def conditions(self, model: type[Base], args: MultiDict[str, str]) -> list[Condition]:
        """Return what the address asks of this filter."""
        found = [*FAMILIES[self.family](self, model, args), *_emptiness(self, model, args)]
        return [condition for condition in found if condition is not None]

    def column(self, model: type[Base]) -> Any:
        """Return the column compared with."""
        return getattr(model, f"{self.key}_id" if self.family == "relation" else self.key)


def filters_for(model: type[Base], keys: Sequence[str]) -> dict[str, Filter]:
    """Return the filters of an entity by key, for attributes and collections of children."""
    description = describe(model)
    children = {child.key: child for child in description.children}
    found = {}
    for key in keys:
        if key in children:
            name = label(children[key].model.__plural__)
            found[key] = Filter(key, name, "children", child=children[key])
        else:
            attribute = description.attributes[key]
            found[key] = Filter(key, label(attribute.label), look(attribute).family, attribute)
    return found


def _emptiness(flt: Filter, model: type[Base], args: MultiDict[str, str]) -> list[Condition]:
    value = args.get(flt.name("empty"))
    if value not in {"0", "1"}:
        return []
    empty = value == "1"
    clause = _has_none(flt, model) if empty else ~_has_none(flt, model)
    return [Condition(flt.key, flt.label, gettext("is"), gettext("empty") if empty else gettext("not empty"), clause)]


def _has_none(flt: Filter, model: type[Base]) -> Any:
    if flt.child:
        return ~getattr(model, flt.key).any()
    column = flt.column(model)
    return column.is_(None)


def _values(flt: Filter, args: MultiDict[str, str], operator: str = "") -> list[str]:
    return list(dict.fromkeys(args.getlist(flt.name(operator))))[:MOST_VALUES]


def _choices(flt: Filter, model: type[Base], args: MultiDict[str, str]) -> list[Condition]:
    """Any of several values, or none of them."""
    labels = dict(choices_of(flt, args))
    found = []
    for operator, words in (("", gettext("is")), ("not", gettext("is not"))):
        known = [value for value in _values(flt, args, operator) if value in labels]
        if known:
            clause = _any_of(flt, model, [_typed(flt, value) for value in known], negated=bool(operator))
            found.append(Condition(flt.key, flt.label, words, ", ".join(labels[value] for value in known), clause))
    return found


def _relation(flt: Filter, model: type[Base], args: MultiDict[str, str]) -> list[Condition]:
    """Pointing to any of several rows; rows that the reader cannot see are no rows."""
    found = []
    for operator, words in (("", gettext("is")), ("not", gettext("is not"))):
        rows = rows_of(flt, _values(flt, args, operator))
        if rows:
            clause = _any_of(flt, model, [row.id for row in rows], negated=bool(operator))
            found.append(Condition(flt.key, flt.label, words, ", ".join(title_of(row) for row in rows), clause))
    return found


def _any_of(flt: Filter, model: type[Base], values: list[Any], *, negated: bool) -> Any:
    column = flt.column(model)
    return or_(column.not_in(values), column.is_(None)) if negated else column.in_(values)


def _text(flt: Filter, model: type[Base], args: MultiDict[str, str]) -> list[Condition]:
    found = []
    column = flt.column(model)
    contains = _clean(args.get(flt.name("contains"), ""))
    if contains:
        clause = column.icontains(contains, autoescape=True)
        found.append(Condition(flt.key, flt.label, gettext("contains"), contains, clause))
    equal = _clean(args.get(flt.name(), ""))
    if equal:
        found.append(Condition(flt.key, flt.label, gettext("is"), equal, column == equal))
    return found


def _clean(value: str) -> str:
    return "" if any(ord(sign) < 32 or 0xD800 <= ord(sign) < 0xE000 for sign in value) else value.strip()[:200]


def _dates(flt: Filter, model: type[Base], args: MultiDict[str, str]) -> list[Condition]:
    """Whole days, both ends included."""
    column = flt.column(model)
    start, end = _date(args.get(flt.name("from"), "")), _date(args.get(flt.name("to"), ""))
    found = []
    if start:
        found.append(Condition(flt.key, flt.label, gettext("from"), plain(start), column >= _moment(start)))
    if end:
        clause = column < _moment(end + timedelta(days=1))
        found.append(Condition(flt.key, flt.label, gettext("to"), plain(end), clause))
    return found


def _date(value: str) -> date | None:
    try:
        found = date.fromisoformat(value)
    except ValueError:
        return None
    return found if 1900 <= found.year <= 9000 else None


def _moment(day: date) -> datetime:
    return datetime.combine(day, time.min, UTC)


def _numbers(flt: Filter, model: type[Base], args: MultiDict[str, str]) -> list[Condition]:
    column = flt.column(model)
    least, most = _number(args.get(flt.name("from"), "")), _number(args.get(flt.name("to"), ""))
    found = []
    if least is not None:
        found.append(Condition(flt.key, flt.label, gettext("at least"), plain(least), column >= least))
    if most is not None:
        found.append(Condition(flt.key, flt.label, gettext("at most"), plain(most), column <= most))
    return found


def _number(value: str) -> Decimal | None:
    try:
        number = Decimal(value.strip().replace(",", "."))
    except InvalidOperation:
        return None
    return number if number.is_finite() and abs(number) < 2**31 else None


def _nothing(flt: Filter, model: type[Base], args: MultiDict[str, str]) -> list[Condition]:
    return []


FAMILIES: dict[str, Callable[[Filter, type[Base], MultiDict[str, str]], list[Condition]]] = {
    "choices": _choices,
    "relation": _relation,
    "text": _text,
    "date": _dates,
    "number": _numbers,
    "children": _nothing,
    "none": _nothing,
}


def choices_of(flt: Filter, args: MultiDict[str, str]) -> list[tuple[str, str]]:
    """Return the values one may choose; provinces follow the countries that are filtered by."""
    assert flt.attribute is not None  # noqa: S101  asked of attributes only
    if flt.attribute.kind is not PROVINCE:
        return options(flt.attribute)
    countries = args.getlist(f"{PREFIX}{flt.attribute.facts.country}") or sorted(places.COUNTRIES_WITH_PROVINCES)
    several = len(countries) > 1
    return [
        (code, f"{name} ({places.country_name(country)})" if several else name)
        for country in countries
        for code, name in places.provinces(country).items()
    ]


def rows_of(flt: Filter, values: Sequence[str]) -> list[Base]:
    """Return the rows that keys in the address stand for, as far as the reader may see them."""
    keys = [key for key in map(read_key, values) if key]
    target: Any = flt.attribute.target if flt.attribute else None
    return list(db.session.scalars(select(target).where(target.id.in_(keys)).order_by(target.id))) if keys else []


def _typed(flt: Filter, value: str) -> Any:
    python_type: Any = flt.attribute.python_type if flt.attribute else str
    if python_type is bool:
        return value == "1"
    return value if python_type is str else python_type(value)
