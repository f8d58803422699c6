"""The page between a click and the deed: what is selected, what goes with it, what refuses."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from flask import request
from flask_babel import gettext, ngettext

from admin_views.say import label, say
from models.base import Base
from models.description import title_of
from models.operations.deletion import Effect

MOST_LISTED = 20


@dataclass(frozen=True)
class Consequence:
    """What else an act changes: "34 contacts are deleted too"."""

    text: str
    refused: bool = False


@dataclass(frozen=True)
class Confirmation:
    """The page, or window, between a click and what cannot be taken lightly."""

    title: str
    question: str
    items: Sequence[str]
    consequences: Sequence[Consequence]
    refused: Sequence[tuple[str, str]]
    url: str
    hidden: Sequence[tuple[str, str]]
    submit: str
    cancel_url: str
    danger: bool = True


def confirmation(view: Any, chosen: Any, found: Any, cancel_url: str) -> Confirmation:
    """Return the confirmation of an action; the state of the list travels along, so that one comes back to it."""
    verb, allowed = label(chosen.label).rstrip("…"), found.rows
    state = view.state(request.form).pairs() if request.form else []
    return Confirmation(
        title=_title(view, verb, allowed),
        question=_question(allowed, found.refused),
        items=[title_of(row) for row in allowed[:MOST_LISTED]] + _more(len(allowed) - MOST_LISTED),
        consequences=[Consequence(sentence(effect)) for effect in found.effects],
        refused=[(title_of(row), say(reason)) for row, reason in found.refused],
        url=request.full_path.rstrip("?"),
        hidden=[("action", chosen.name), ("confirmed", "1"), *state, *(("rowid", str(row.id)) for row in allowed)],
        submit=verb,
        cancel_url=cancel_url,
        danger=chosen.danger,
    )


def _title(view: Any, verb: str, allowed: Sequence[Base]) -> str:
    if len(allowed) == 1:
        return f"{verb} {title_of(allowed[0])}?"
    return f"{verb} {len(allowed)} {label(view.model.__plural__).lower()}?"


def _question(allowed: Sequence[Base], refused: Sequence[Any]) -> str:
    if not allowed:
        return gettext("None of the selected rows can be changed this way.")
    return gettext("The others stay as they are.") if refused else ""


def _more(count: int) -> list[str]:
    return [ngettext("and %(n)s more", "and %(n)s more", count, n=count)] if count > 0 else []


def sentence(effect: Effect) -> str:
    """Return what happens to other rows as a sentence."""
    things = label(effect.model.__label__ if effect.count == 1 else effect.model.__plural__).lower()
    values = {"count": effect.count, "things": things, "relation": label(effect.relation).lower()}
    if effect.fate == "deleted":
        return gettext("%(count)s %(things)s are deleted too.", **values)
    if effect.fate == "default":
        return gettext("%(count)s %(things)s move to “%(place)s”.", place=effect.destination, **values)
    return gettext("%(count)s %(things)s are left without %(relation)s.", **values)
