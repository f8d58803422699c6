"""Cards as the theme shows them: tables with the first rows of a list."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any

from flask_babel import gettext

from admin_views import kinds_figures, links
from admin_views.dashboard.asked import Asked, Lists
from admin_views.dashboard.cards import Card, Table, Where
from admin_views.dashboard.numbers import Number, attribute_of
from admin_views.lists import list_page
from admin_views.lists.listing import fetch_few
from admin_views.page import Column, Link, Row
from admin_views.say import label

FEW = 5


@dataclass(frozen=True)
class Bar:
    """A week or month: what its cells lead to, and the pieces of its bar, each with its start, its length and tone."""

    label: str
    cells: Sequence[Link]
    pieces: Sequence[tuple[int, int, str]]


@dataclass(frozen=True)
class Tile:
    """A card with its numbers; each figure leads to the list that it is about."""

    title: str
    empty: str
    wide: bool
    figures: Sequence[Link] = ()
    columns: Sequence[Column] = ()
    rows: Sequence[Row] = ()
    series: Sequence[tuple[str, str]] = ()
    bars: Sequence[Bar] = ()

    @property
    def is_empty(self) -> bool:
        """Whether it has nothing to show."""
        return not self.rows and not self.bars


def table(lists: Lists, view: Any, card: Table) -> Tile:
    """Return a card with the first rows of its list: rows and count in one statement, all other numbers in another."""
    asked = lists.ask(view, card.where, sort=card.sort)
    keys = list(dict.fromkeys([view.description.title, *view.visible(card.columns)]))
    few = replace(asked.state, size=FEW, default_size=FEW)
    page = fetch_few(view.model, few, asked.clauses, card.sort, keys)
    return Tile(
        label(card.title),
        label(card.empty),
        card.wide,
        figures=[Link(list_page.written(page), asked.url), *_others(lists, asked, card, page.count)],
        columns=[*list_page.columns(view, page.state, keys, sortable=False), *links.headings(view)],
        rows=[replace(row, subtitle="", avatar=None) for row in list_page.rows(view, page, keys)],
    )


def _others(lists: Lists, asked: Asked, card: Table, count: int) -> Iterator[Link]:
    """Yield what the rows come to, then the other figures of the card."""
    if not card.figures and not (card.sums and count):
        return
    more = [lists.ask(asked.view, figure.where) for figure in card.figures]
    own, *counted = lists.count(card, [asked, *more])
    if card.sums and not own.is_capped:
        for number in sorted(own.parts, key=lambda each: (-each.count, each.currency or "")):
            yield amount_link(lists, asked.view, card, number)
    for figure, there, found in zip(card.figures, more, counted, strict=True):
        yield Link(gettext(figure.label, n=list_page.counted(found.count, found.most)), there.url)


def amount_link(lists: Lists, view: Any, card: Card, number: Number, *more: Where) -> Link:
    """Return what rows come to, leading to those of this currency."""
    amount = attribute_of(card.model, card.sums)
    of = {amount.facts.currency: number.currency} if amount.facts.currency and number.currency else {}
    return Link(written(number.amount, number.currency), lists.link(view, card.where, *more, of))


def written(amount: Decimal | int | None, currency: str | None) -> str:
    """Return what rows come to as people read it."""
    value = Decimal(amount or 0)
    return kinds_figures.amount(value, currency) if currency else kinds_figures.number(value)
