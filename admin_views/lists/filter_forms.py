"""The small form behind "+ Filter" and behind every chip."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from flask_babel import gettext
from werkzeug.datastructures import MultiDict

from admin_views.forms import named
from admin_views.lists.filter_values import day_of
from admin_views.lists.filters import ME, Filter, Widget, choices_of, emptiness, rows_of
from models.description import title_of
from models.user import User

MOST_CHECKS = 12
MOST_OFFERED = 20


def widgets(flt: Filter, args: MultiDict[str, str], lookup_url: str) -> list[Widget]:
    """Return the controls of a filter's form, filled in from the address."""
    found = WIDGETS[flt.family](flt, args, lookup_url)
    optional = flt.attribute is None or flt.child is not None or flt.attribute.column.nullable
    return [*found, _empty(flt, args)] if optional else found


def _choices(flt: Filter, args: MultiDict[str, str], lookup_url: str) -> list[Widget]:
    chosen = set(args.getlist(flt.name()))
    listed = [(value, text, value in chosen) for value, text in choices_of(flt, args)]
    return [Widget(flt.name(), "checks" if len(listed) <= MOST_CHECKS else "multi", gettext("is any of"), listed)]


def _relation(flt: Filter, args: MultiDict[str, str], lookup_url: str) -> list[Widget]:
    chosen = rows_of(flt, [value for value in args.getlist(flt.name()) if value != ME])
    others = named(flt.attribute.target, "", MOST_OFFERED) if flt.attribute and flt.attribute.target else []
    listed = [(str(row.id), title_of(row), row in chosen) for row in dict.fromkeys([*chosen, *others])]
    if flt.attribute and flt.attribute.target is User:
        listed.insert(0, (ME, gettext("Me"), ME in args.getlist(flt.name())))
    return [Widget(flt.name(), "picker", gettext("is any of"), listed, lookup_url=lookup_url)]


def _text(flt: Filter, args: MultiDict[str, str], lookup_url: str) -> list[Widget]:
    operators = (("contains", gettext("contains")), ("", gettext("is exactly")))
    return [Widget(flt.name(key), "text", words, value=args.get(flt.name(key), "")) for key, words in operators]


def _range(kind: str) -> Callable[[Filter, MultiDict[str, str], str], list[Widget]]:
    def ends(flt: Filter, args: MultiDict[str, str], lookup_url: str) -> list[Widget]:
        pairs = (("from", gettext("from")), ("to", gettext("to")))
        return [Widget(flt.name(key), kind, words, value=args.get(flt.name(key), "")) for key, words in pairs]

    return ends


def _dates(flt: Filter, args: MultiDict[str, str], lookup_url: str) -> list[Widget]:
    """From one day to another, or so many days back from today."""
    ends = _range("date")(flt, args, lookup_url)
    days = [replace(each, value=day.isoformat() if (day := day_of(each.value)) else "") for each in ends]
    back = (("last", gettext("in the last … days")), ("not_last", gettext("not in the last … days")))
    return [
        *days,
        *(Widget(flt.name(key), "number", words, value=args.get(flt.name(key), "")) for key, words in back),
    ]


def _empty(flt: Filter, args: MultiDict[str, str]) -> Widget:
    value = args.get(flt.name("empty"), "")
    verb, words = emptiness(flt)
    answers = {"": gettext("either way"), **{answer: f"{verb} {word}" for answer, word in words.items()}}
    listed = [(answer, text, answer == value) for answer, text in answers.items()]
    return Widget(flt.name("empty"), "empty", gettext("value"), listed, value)


def _nothing(flt: Filter, args: MultiDict[str, str], lookup_url: str) -> list[Widget]:
    return []


WIDGETS: dict[str, Callable[[Filter, MultiDict[str, str], str], list[Widget]]] = {
    "choices": _choices,
    "relation": _relation,
    "text": _text,
    "date": _dates,
    "number": _range("number"),
    "children": _nothing,
    "none": _nothing,
}
