"""What a dashboard shows, as data: every number on it is that of a list, asked for in the words of its filters."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from admin_views.checks import DeclarationError, unknown
from admin_views.lists.filters import PREFIX
from models.base import Base

Where = Mapping[str, str | Sequence[str]]
WEEK: Literal["week"] = "week"
MONTH: Literal["month"] = "month"


@dataclass(frozen=True)
class Figure:
    """Another number of a card: how many rows its list has, which the label says as `%(n)s`."""

    label: str
    where: Where


@dataclass(frozen=True, kw_only=True)
class Card:
    """The rows of a list: how many they are, and what an amount of theirs comes to, each currency apart.

    `where` has the filters of the list as its address says them: `{"kind": "invoice", "due__to": "today"}`. `empty` is
    said where there are none. Cards stand in the order of `place`, two in a line unless one is `wide`.
    """

    title: str
    model: type[Base]
    empty: str
    where: Where
    place: int = 50
    sums: str = ""
    wide: bool = False

    @property
    def needs(self) -> set[str]:
        """The filters without which nobody can ask for its lists."""
        return {each.partition("__")[0] for each in self.where}

    @property
    def shows(self) -> set[str]:
        """The fields without which it shows nothing."""
        return {self.sums} if self.sums else set()


@dataclass(frozen=True, kw_only=True)
class Table(Card):
    """A card that shows the first rows of its list, in an order of the list's."""

    columns: Sequence[str]
    sort: str
    figures: Sequence[Figure] = ()

    @property
    def needs(self) -> set[str]:
        """The filters of its figures as well."""
        return super().needs.union(*({each.partition("__")[0] for each in figure.where} for figure in self.figures))

    @property
    def shows(self) -> set[str]:
        """What it is sorted by, too: the order tells of it."""
        return super().shows | {self.sort.removeprefix("-")}


@dataclass(frozen=True, kw_only=True)
class Chart(Card):
    """A card that shows its rows by the weeks or months in which a day of theirs lies, up to the present one.

    Each bar is divided `by` a relation or choice, of the row or of what a relation of it leads to.
    """

    along: str
    step: Literal["week", "month"]
    steps: int = 12
    by: str = ""

    @property
    def needs(self) -> set[str]:
        """The filters by which its bars are told apart, too."""
        return super().needs | {self.along} | ({self.by} if self.by else set())


@dataclass(frozen=True)
class Step:
    """What there is to do first: it is done once there are more than `besides` rows of the entity.

    Once a step is done that `ends` the beginning, none is shown any more.
    """

    label: str
    model: type[Base]
    besides: int = 0
    ends: bool = False


_registered: list[Card] = []
_steps: list[Step] = []


def begin_with(*steps: Step) -> None:
    """Show these steps, in this order, to whoever may take them, until all are done."""
    _steps.extend(steps)


def first_steps() -> list[Step]:
    """Return what there is to do first, in its order."""
    return list(_steps)


def register(*cards: Card) -> None:
    """Put cards on the dashboard."""
    _registered.extend(cards)


def registered() -> list[Card]:
    """Return all cards in their order."""
    return sorted(_registered, key=lambda card: card.place)


def asked_of(view: Any, where: Where) -> list[tuple[str, str]]:
    """Return filters as the list's address says them."""
    several = [(key, [value] if isinstance(value, str) else value) for key, value in where.items()]
    return [(key if key == view.split_by else f"{PREFIX}{key}", value) for key, values in several for value in values]


def check_cards(views: Mapping[type[Base], Any]) -> None:
    """Raise DeclarationError with every name that does not exist."""
    found = [problem for card in _registered for problem in _in_card(card, views.get(card.model))]
    found += [f"The step “{each.label}” has no panel." for each in _steps if each.model not in views]
    if found:
        raise DeclarationError("\n".join(found))


def _in_card(card: Card, view: Any) -> Iterator[str]:
    where = f"The card “{card.title}”"
    if view is None:
        yield f"{where} shows {card.model.__name__}, which has no panel."
        return
    filters = {view.split_by, *view.every_filter} - {""}
    yield from (unknown(f"{where}: where", key, filters) for key in sorted(card.needs - filters))
    columns = card.columns if isinstance(card, Table) else ()
    shown = sorted(card.shows.union(columns) - set(view.description.attributes))
    yield from (unknown(where, key, view.description.attributes) for key in shown)
