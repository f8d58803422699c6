"""Column filters: read from the address, applied to the query, said as sentences.

The address says `f_country=IT&f_country=DE`, `f_city__contains=mil`, `f_created_at__from=2026-01-01`,
`f_created_at__not_last=90` (days), `f_owner=me` or `f_email__empty=1`. What makes no sense is dropped: an address that
was tampered with shows fewer filters, never an error.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from decimal import ROUND_CEILING, ROUND_FLOOR, Decimal
from typing import Any

from flask_babel import gettext
from sqlalchemy import ColumnElement, and_, or_, select
from werkzeug.datastructures import MultiDict

from admin_views.controls import read_key
from admin_views.kinds import look, options
from admin_views.links import is_link, led_to
from admin_views.lists.filter_values import day_of, day_said, days_of, days_said, moment_of, number_of, this_day
from admin_views.say import label, plain
from models.base import Base, db
from models.description import Attribute, Child, describe, entity, title_of
from models.gate import actor_of
from models.kinds import PROVINCE
from models.rules import places
from models.types import FixedPoint
from models.user import User

PREFIX = "f_"
OPERATORS = ("", "not", "contains", "from", "to", "last", "not_last", "empty")
ME = "me"  # whoever reads the list
MOST_VALUES = 100
LONGEST = 200


@dataclass(frozen=True)
class Condition:
    """An active filter: its clause, the sentence it reads as, and the argument that asks for it."""

    key: str
    name: str
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
    """A filter on one attribute, of this entity or of what a relation leads to, or on whether there are children."""

    key: str
    text: str
    family: str
    attribute: Attribute | None = None
    child: Child | None = None
    way: str = ""

    @property
    def label(self) -> str:
        """What it is about, in the reader's language."""
        return label(self.text)

    def name(self, operator: str = "") -> str:
        """Return the name under which the address holds this filter's values."""
        return f"{PREFIX}{self.key}__{operator}" if operator else f"{PREFIX}{self.key}"

    @property
    def names(self) -> list[str]:
        """Every name under which the address may hold something of this filter."""
        return [self.name(operator) for operator in OPERATORS]

    @property
    def path(self) -> str:
        """The relation that it follows, of the entity or of a part of it (`roles.role`)."""
        return f"{self.key}.{self.attribute.key}" if self.child and self.attribute else self.key

    def condition(self, operator: str, words: str, value: str, clause: ColumnElement[bool]) -> Condition:
        """Return an active filter."""
        return Condition(self.key, self.name(operator), self.label, words, value, clause)

    def conditions(self, model: type[Base], args: MultiDict[str, str]) -> list[Condition]:
        """Return what the address asks of this filter."""
        target: Any = describe(model).attributes[self.way].target if self.way else model
        found = [*FAMILIES[self.family](self, target, args), *_emptiness(self, target, args)]
        return (
            [replace(each, clause=getattr(model, self.way).has(each.clause)) for each in found] if self.way else found
        )

    def column(self, model: type[Base]) -> Any:
        """Return the column compared with."""
        key = self.key.removeprefix(f"{self.way}.")
        return getattr(model, f"{key}_id" if self.family == "relation" else key)


def filters_for(model: type[Base], keys: Sequence[str]) -> dict[str, Filter]:
    """Return the filters of an entity by key, for attributes and collections of children."""
    description = describe(model)
    children = {child.key: child for child in description.children}
    found = {}
    for key in keys:
        if key in children and is_link(children[key].model):
            child = children[key]
            found[key] = Filter(key, child.model.__plural__, "relation", led_to(child.model), child)
        elif key in children:
            found[key] = Filter(key, children[key].model.__plural__, "children", child=children[key])
        else:
            way = key.rpartition(".")[0]
            target: Any = description.attributes[way].target if way else model
            attribute = describe(target).attributes[key.removeprefix(f"{way}.")]
            found[key] = Filter(key, attribute.label, look(attribute).family, attribute, way=way)
    return found


def _emptiness(flt: Filter, model: type[Base], args: MultiDict[str, str]) -> Iterator[Condition]:
    value = args.get(flt.name("empty"))
    if value in {"0", "1"}:
        none = ~getattr(model, flt.key).any() if flt.child else flt.column(model).is_(None)
        verb, words = emptiness(flt)
        yield flt.condition("empty", verb, words[value], none if value == "1" else ~none)


def emptiness(flt: Filter) -> tuple[str, dict[str, str]]:
    """Return how one says that a value, or children, are there or not."""
    if flt.child:
        return gettext("are"), {"1": gettext("missing"), "0": gettext("there")}
    none = flt.attribute.facts.none if flt.attribute else None
    return gettext("is"), {"1": label(none) if none else gettext("empty"), "0": gettext("not empty")}


def _values(flt: Filter, args: MultiDict[str, str], operator: str = "") -> list[str]:
    return list(dict.fromkeys(args.getlist(flt.name(operator))))[:MOST_VALUES]


def _choices(flt: Filter, model: type[Base], args: MultiDict[str, str]) -> Iterator[Condition]:
    """Any of several values, or none of them."""
    labels = dict(choices_of(flt, args))
    for operator, words in (("", gettext("is")), ("not", gettext("is not"))):
        known = [value for value in _values(flt, args, operator) if value in labels]
        if known:
            clause = _is_province(flt, model, known) if _has_provinces(flt) else _is_value(flt, model, known)
            said = ", ".join(labels[value] for value in known)
            yield flt.condition(operator, words, said, _or_none(flt, model, clause) if operator else clause)


def _relation(flt: Filter, model: type[Base], args: MultiDict[str, str]) -> Iterator[Condition]:
    """Pointing to any of several rows; rows that the reader cannot see are no rows."""
    for operator, words in (("", gettext("is")), ("not", gettext("is not"))):
        rows = rows_of(flt, _values(flt, args, operator))
        if rows:
            clause = _leads_to(flt, model, [row.id for row in rows])
            said = ", ".join(title_of(row) for row in rows)
            yield flt.condition(operator, words, said, _or_none(flt, model, clause) if operator else clause)


def _leads_to(flt: Filter, model: type[Base], keys: Sequence[int]) -> ColumnElement[bool]:
    """Pointing there itself, or by one of its parts."""
    if flt.child and flt.attribute:
        return getattr(model, flt.key).any(flt.attribute.column.in_(keys))
    return flt.column(model).in_(keys)


def _or_none(flt: Filter, model: type[Base], clause: ColumnElement[bool]) -> ColumnElement[bool]:
    """Everything else: what has no value is not one of them either."""
    return ~clause if flt.child else or_(~clause, flt.column(model).is_(None))


def _is_value(flt: Filter, model: type[Base], values: Sequence[str]) -> ColumnElement[bool]:
    python_type: Any = flt.attribute.python_type if flt.attribute else str
    read = (lambda value: value == "1") if python_type is bool else python_type
    wanted = [read(value) for value in values]
    known = {value: model.holds(flt.key, value) for value in wanted}
    clauses = [clause for clause in known.values() if clause is not None]
    if stored := [value for value in wanted if known[value] is None]:
        clauses.append(flt.column(model).in_(stored))  # of no values, it would keep indexes from being used
    return or_(*clauses)


def _is_province(flt: Filter, model: type[Base], values: Sequence[str]) -> ColumnElement[bool]:
    """The same code stands for different provinces in different countries."""
    pairs = [value.split("-", 1) for value in values]
    country = getattr(model, _country_of(flt), None)
    column = flt.column(model)
    if country is None:
        return column.in_([code for _, code in pairs])
    return or_(*(and_(country == place, column == code) for place, code in pairs))


def _text(flt: Filter, model: type[Base], args: MultiDict[str, str]) -> Iterator[Condition]:
    column = flt.column(model)
    contained, equal = args.get(flt.name("contains"), "")[:LONGEST], args.get(flt.name(), "")[:LONGEST]
    if contained:
        yield flt.condition("contains", gettext("contains"), contained, column.icontains(contained, autoescape=True))
    if equal:
        yield flt.condition("", gettext("is"), equal, column == equal)


def _dates(flt: Filter, model: type[Base], args: MultiDict[str, str]) -> Iterator[Condition]:
    """Whole days, both ends included; so many days up to today, or whatever is not among them, nothing included."""
    column, tomorrow = flt.column(model), timedelta(days=1)
    of = moment_of if flt.attribute and issubclass(flt.attribute.python_type, datetime) else lambda day: day
    start, end = args.get(flt.name("from"), ""), args.get(flt.name("to"), "")
    if day := day_of(start):
        yield flt.condition("from", gettext("from"), day_said(start, day), column >= of(day))
    if day := day_of(end):
        yield flt.condition("to", gettext("to"), day_said(end, day), column < of(day + tomorrow))
    for operator, words in (("last", gettext("is in the last")), ("not_last", gettext("is not in the last"))):
        if days := days_of(args.get(flt.name(operator), "")):
            first, after = of(this_day() - timedelta(days=days)), of(this_day() + tomorrow)
            among = and_(column >= first, column < after)
            others = or_(column < first, column.is_(None), column >= after)
            yield flt.condition(operator, words, days_said(days), others if operator == "not_last" else among)


def _numbers(flt: Filter, model: type[Base], args: MultiDict[str, str]) -> Iterator[Condition]:
    column = flt.column(model)
    least, most = (number_of(args.get(flt.name(end), ""), column.type) for end in ("from", "to"))
    if least is not None:
        yield flt.condition("from", gettext("is at least"), plain(least), column >= _end(least, column, ROUND_CEILING))
    if most is not None:
        yield flt.condition("to", gettext("is at most"), plain(most), column <= _end(most, column, ROUND_FLOOR))


def _end(value: Decimal, column: Any, rounding: str) -> Decimal | int:
    """Return the nearest value on the inner side that the column may hold."""
    places = column.type.places if isinstance(column.type, FixedPoint) else 0
    found = value.quantize(Decimal(1).scaleb(-places), rounding)
    return found if places else int(found)


def _nothing(flt: Filter, model: type[Base], args: MultiDict[str, str]) -> Iterator[Condition]:
    return iter(())


FAMILIES: dict[str, Callable[[Filter, type[Base], MultiDict[str, str]], Iterator[Condition]]] = {
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
    if flt.attribute is None or not _has_provinces(flt):
        return options(flt.attribute) if flt.attribute else []
    asked = [each for each in args.getlist(f"{PREFIX}{_country_of(flt)}") if each in places.COUNTRIES]
    countries = asked or sorted(places.COUNTRIES_WITH_PROVINCES, key=places.country_name)
    several = len(countries) > 1
    listed = [(country, code, name) for country in countries for code, name in places.provinces(country).items()]
    listed += _typed_provinces(flt.attribute, set(countries) - places.COUNTRIES_WITH_PROVINCES)
    return [
        (f"{country}-{code}", f"{name} ({places.country_name(country)})" if several else name)
        for country, code, name in listed
    ]


def _typed_provinces(province: Attribute, countries: Collection[str]) -> list[tuple[str, str, str]]:
    """Return the provinces that people wrote for countries without a list of them."""
    model: Any = entity(str(province.column.table.name))
    column, country = getattr(model, province.key), getattr(model, province.facts.country or "")
    written = select(country, column).where(country.in_(countries), column.is_not(None)).distinct()
    found = db.session.execute(written.order_by(country, column).limit(MOST_VALUES)) if countries else ()
    return [(place, name, name) for place, name in found]


def _has_provinces(flt: Filter) -> bool:
    return flt.attribute is not None and flt.attribute.kind is PROVINCE


def _country_of(flt: Filter) -> str:
    return (flt.attribute.facts.country if flt.attribute else None) or ""


def rows_of(flt: Filter, values: Sequence[str]) -> list[Base]:
    """Return the rows that keys in the address stand for, as far as the reader may see them."""
    target: Any = flt.attribute.target if flt.attribute else None
    mine = actor_of(db.session).user_id if target is User else None
    keys = [key for value in values if (key := mine if value == ME else read_key(value))]
    return list(db.session.scalars(select(target).where(target.id.in_(keys)).order_by(target.id))) if keys else []
