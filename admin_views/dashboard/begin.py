"""What the first page says while there is nothing to show: where to begin, and what there is none of yet."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from typing import Any

from flask_babel import gettext
from sqlalchemy import literal, select, union_all

from admin_views.dashboard.cards import Card, Step, first_steps
from admin_views.dashboard.tiles import Tile
from admin_views.page import Link
from admin_views.say import label, middle
from models.base import Base, db

NO_KEY = 0
Found = Mapping[type[Base], int]  # how many rows of an entity the person sees, as far as they are counted


def begun(views: Mapping[type[Base], Any], shown: Sequence[tuple[Card, Tile]]) -> tuple[list[Tile], list[Link]]:
    """Return the cards, of which those of nothing at all say so, and the steps with which to begin.

    As long as no card is empty nothing is asked; else one statement tells how far everything has come.
    """
    empty = {card.model for card, tile in shown if tile.is_empty}
    steps = [each for each in first_steps() if views[each.model].can_create]
    if not empty:
        return [tile for _, tile in shown], []
    found = _found(empty.union(each.model for each in steps), 1 + max((each.besides for each in steps), default=0))
    return [_honest(views, found, card, tile) for card, tile in shown], _links(views, found, steps)


def _honest(views: Mapping[type[Base], Any], found: Found, card: Card, tile: Tile) -> Tile:
    """That all is well is said of something alone."""
    if not tile.is_empty or found.get(card.model):
        return tile
    return replace(tile, empty=gettext("No %(things)s yet.", things=middle(label(views[card.model].model.__plural__))))


def _links(views: Mapping[type[Base], Any], found: Found, steps: Sequence[Step]) -> list[Link]:
    done = {each: found.get(each.model, 0) > each.besides for each in steps}
    if not steps or any(done[each] for each in steps if each.ends) or all(done.values()):
        return []
    return [_link(views[each.model], each, done[each]) for each in steps]


def _link(view: Any, step: Step, done: bool) -> Link:
    way = ".index_view" if done else ".create_view"
    return Link(label(step.label), view.get_url(way), active=done)


def _found(models: Collection[type[Base]], most: int) -> Found:
    in_order = sorted(models, key=lambda model: model.__tablename__)
    few = [select(literal(place).label("place"), model.id).limit(most) for place, model in enumerate(in_order)]
    rows = union_all(*(select(each.subquery()) for each in few)).subquery()
    # The read gate judges statements of entities: to this one, nothing of the entity is joined.
    query = select(rows.c.place).outerjoin_from(rows, in_order[0], in_order[0].id == NO_KEY)
    return Counter(in_order[place] for place in db.session.scalars(query))
