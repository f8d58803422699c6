"""Charts as the theme shows them: tables of weeks or months with a bar in each line."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from enum import Enum
from typing import Any

from flask_babel import gettext

from admin_views.dashboard.asked import Lists
from admin_views.dashboard.cards import Chart, Where
from admin_views.dashboard.numbers import Counted, Number, attribute_of
from admin_views.dashboard.periods import Period, periods
from admin_views.dashboard.tiles import Bar, Tile, amount_link, written
from admin_views.kinds import said
from admin_views.lists import list_page
from admin_views.lists.filter_values import this_day
from admin_views.page import Link
from admin_views.say import label
from models.base import db
from models.related import find_all

LENGTH = 1000  # of the longest bar
TONES = ("blue", "green", "yellow", "red")  # of what is named; what is not is grey
OTHERS = "grey"
Key = Any  # a value that rows share; None for all others
Line = tuple[str, list[Link], list[tuple[Decimal, str]]]  # a bar before it is known how long the longest is


@dataclass(frozen=True)
class Series:
    """Rows that share a value: what it is called, its tone, and the filter that asks for them."""

    name: str
    tone: str
    where: Mapping[str, Sequence[str]]


def chart(lists: Lists, view: Any, card: Chart) -> Tile:
    """Return a card with a bar for each week or month, all numbers from one statement."""
    spans = periods(card.step, card.steps, this_day())
    asked = [lists.ask(view, card.where, _within(card, each.first, each)) for each in spans]
    counted = lists.count(card, asked)
    parts = [part for each in counted for part in each.parts]
    currency = _first_currency(parts)
    series = _series(card, [each for each in parts if each.currency == currency])
    drawn = Drawn(lists, view, card, series, currency)
    lines = [drawn.line(span, found) for span, found in zip(spans, counted, strict=True)]
    count = sum(each.count for each in counted)
    return Tile(
        label(card.title),
        label(card.empty),
        card.wide,
        figures=list(_figures(drawn, spans, counted, count)),
        series=[(each.name, each.tone) for each in series.values()] if card.by else [],
        bars=_scaled(lines) if count else [],
    )


def _within(card: Chart, first: Any, last: Period) -> dict[str, str]:
    return {f"{card.along}__from": first.isoformat(), f"{card.along}__to": last.last.isoformat()}


def _first_currency(parts: Sequence[Number]) -> str | None:
    """Return the currency of most rows."""
    counts = Counter[str | None]()
    for part in parts:
        counts[part.currency] += part.count
    return min(counts, key=lambda each: (-counts[each], each or ""), default=None)


def _figures(drawn: Drawn, spans: Sequence[Period], counted: Sequence[Counted], count: int) -> Iterator[Link]:
    """Yield how many rows there are in all, and what they come to in each currency."""
    card, whole = drawn.card, _within(drawn.card, spans[-1].first, spans[0])
    yield Link(list_page.counted(count, counted[0].most), drawn.lists.link(drawn.view, card.where, whole))
    if card.sums and count and not any(each.is_capped for each in counted):
        sums: dict[str | None, list[Number]] = defaultdict(list)
        for part in (part for each in counted for part in each.parts):
            sums[part.currency].append(part)
        for currency, parts in sorted(sums.items(), key=lambda each: (each[0] != drawn.currency, each[0] or "")):
            total = Number(0, sum((each.amount or Decimal(0) for each in parts), Decimal(0)), currency=currency)
            yield amount_link(drawn.lists, drawn.view, card, total, whole)


def _series(card: Chart, parts: Sequence[Number]) -> dict[Key, Series]:
    """Return what bars are divided by, what comes to most first; a few are named, the others stand together."""
    if not card.by:
        return {None: Series("", TONES[0], {})}
    totals: dict[Key, Decimal] = defaultdict(Decimal)
    for part in parts:
        totals[part.series] += Decimal(part.amount or part.count)
    names = _names(card, list(totals))
    chosen = sorted(names, key=lambda each: (-totals[each], names[each].casefold()))[: len(TONES)]
    found: dict[Key, Series] = {
        key: Series(names[key], tone, {card.by: [_sent(key)]}) for key, tone in zip(chosen, TONES, strict=False)
    }
    if set(totals) - set(chosen):
        others = {f"{card.by}__not": [_sent(key) for key in chosen]} if chosen else {}
        found[None] = Series(gettext("Others") if chosen else gettext("All"), OTHERS, others)
    return found


def _names(card: Chart, keys: Sequence[Key]) -> dict[Key, str]:
    """Return what values are called, of rows as far as the reader may see them."""
    attribute = attribute_of(card.model, card.by)
    values: Mapping[Key, Any] = {key: key for key in keys if key is not None}
    if attribute.target:
        values = find_all(db.session, attribute.target, list(values))
    return {key: said(attribute, value, None) for key, value in values.items()}


def _sent(key: Key) -> str:
    return str(key.value if isinstance(key, Enum) else key)


@dataclass(frozen=True)
class Drawn:
    """A chart while it is drawn."""

    lists: Lists
    view: Any
    card: Chart
    series: Mapping[Key, Series]
    currency: str | None

    def line(self, span: Period, counted: Counted) -> Line:
        """Return the line of a week or month, and what the pieces of its bar stand for."""
        within = _within(self.card, span.first, span)
        if counted.is_capped and (self.card.sums or self.card.by):
            return self._capped(span, counted, self._link(within))
        sums = self._sums(counted)
        of = self._of_currency if self.card.sums else {}
        cells = [self._cell(sums[key], within, of, each.where) for key, each in self.series.items() if self.card.by]
        total = sum(sums.values(), Decimal(0))
        cells.append(self._cell(total, within, of, capped=counted.is_capped, most=counted.most))
        return span.label, cells, [(sums[key], each.tone) for key, each in self.series.items()]

    @property
    def _of_currency(self) -> dict[str, str]:
        path = attribute_of(self.card.model, self.card.sums).facts.currency
        return {path: self.currency} if path and self.currency else {}

    def _sums(self, counted: Counted) -> dict[Key, Decimal]:
        sums: dict[Key, Decimal] = defaultdict(Decimal)
        for part in (each for each in counted.parts if each.currency == self.currency):
            key = part.series if part.series in self.series else None
            sums[key] += Decimal((part.amount or 0) if self.card.sums else part.count)
        return sums

    def _cell(self, amount: Decimal, *more: Where, capped: bool = False, most: int = 0) -> Link:
        if not amount and not capped:
            return Link("—" if self.card.sums else "0", None)
        said = written(amount, self.currency) if self.card.sums else list_page.counted(int(amount), most or int(amount))
        return Link(said, self._link(*more))

    def _link(self, *more: Where) -> str:
        return self.lists.link(self.view, self.card.where, *more)

    def _capped(self, span: Period, counted: Counted, url: str) -> Line:
        """Return the line of more rows than are counted: how many there are at least."""
        empty = [Link("", None) for _ in self.series if self.card.by]
        return span.label, [*empty, Link(list_page.counted(counted.count, counted.most), url)], []


def _scaled(lines: Sequence[Line]) -> list[Bar]:
    """Return bars with their pieces one after the other, in parts of the longest."""
    longest = max(sum((amount for amount, _ in pieces), Decimal(0)) for _, _, pieces in lines) or 1
    return [Bar(name, cells, list(_pieces(pieces, longest))) for name, cells, pieces in lines]


def _pieces(pieces: Sequence[tuple[Decimal, str]], longest: Decimal | int) -> Iterator[tuple[int, int, str]]:
    start = Decimal(0)
    for amount, tone in pieces:
        first, last = (round(max(end, Decimal(0)) * LENGTH / longest) for end in (start, start + amount))
        if last > first:
            yield first, last - first, tone
        start += amount
