"""The lists behind a dashboard: what each is asked for, by whose clauses its rows are counted."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from sqlalchemy import ColumnElement
from werkzeug.datastructures import MultiDict

from admin_views.dashboard.cards import Card, Chart, Table, Where, asked_of
from admin_views.dashboard.numbers import Counted, attribute_of, count_all
from admin_views.lists.filters import Condition
from admin_views.lists.listing import State, filtered, most_counted
from models.base import Base, db
from models.reaching import leading


@dataclass(frozen=True)
class Asked:
    """A list with some filters: its state, and the clauses of its rows."""

    view: Any
    state: State
    clauses: Sequence[ColumnElement[bool]] = ()

    @property
    def url(self) -> str:
        """The way to it."""
        return f"{self.view.get_url('.index_view')}?{self.state.query()}"

    @property
    def most(self) -> int:
        """Up to how many rows it counts."""
        return most_counted(self.view.model, self.state)


@dataclass(frozen=True)
class Lists:
    """Asks for lists on behalf of one person, and looks everything up once."""

    views: Mapping[type[Base], Any]
    _states: dict[Any, State] = field(default_factory=dict)
    _found: dict[Any, list[Condition]] = field(default_factory=dict)
    _leads: dict[type[Base], Sequence[ColumnElement[bool]]] = field(default_factory=dict)

    def view_for(self, card: Card) -> Any:
        """Return the view of a card's rows, if the person may open it, and see all that the card is about."""
        view = self.views.get(card.model)
        if view is None or not view.is_accessible() or not card.needs <= {view.split_by, *view.filters}:
            return None
        kept = card.sort.removeprefix("-") in view.column_sortable_list if isinstance(card, Table) else True
        return view if kept and view.visible(sorted(card.shows)) == sorted(card.shows) else None

    def link(self, view: Any, where: Where, *more: Where) -> str:
        """Return the way to the list that fulfils all of these."""
        return Asked(view, self._state(view, where, more)).url

    def ask(self, view: Any, where: Where, *more: Where, sort: str = "") -> Asked:
        """Return the list that fulfils all of these."""
        state = replace(self._state(view, where, more), sort=sort)
        if view.model not in self._leads:
            self._leads[view.model] = leading(db.session, view.model)
        clauses = filtered(view.model, state, self._conditions(view, state))
        return Asked(view, state, [*clauses, *self._leads[view.model]])

    def count(self, card: Card, lists: Sequence[Asked]) -> list[Counted]:
        """Return the numbers of some lists of a card's, in one statement."""
        amount = attribute_of(card.model, card.sums) if card.sums else None
        by = card.by if isinstance(card, Chart) else ""
        return count_all(card.model, [each.clauses for each in lists], lists[0].most, amount, by)

    def _conditions(self, view: Any, state: State) -> list[Condition]:
        found = []
        for flt in view.filters.values():
            said = tuple(pair for pair in state.filters if pair[0] in flt.names)
            if said and (view.model, said) not in self._found:
                self._found[view.model, said] = flt.conditions(view.model, MultiDict(said))
            found += self._found[view.model, said] if said else []
        return found

    def _state(self, view: Any, where: Where, more: Sequence[Where]) -> State:
        pairs = tuple(asked_of(view, where))
        if (view.model, pairs) not in self._states:
            self._states[view.model, pairs] = view.state(MultiDict(pairs))
        state = self._states[view.model, pairs]
        added = [pair for each in more for pair in asked_of(view, each)]
        return replace(state, filters=(*state.filters, *added))
