"""The page between a click and the deed: what is selected, what goes with it, what refuses."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from flask import request
from flask_babel import format_decimal, gettext, ngettext

from admin_views.conflicts import gone, idempotency, staleness
from admin_views.page import Link
from admin_views.say import label, say
from models.base import Base
from models.description import shortened, title_of
from models.operations.deletion import Effect

MOST_LISTED = 20
STOPS = ".!?;:, "


@dataclass(frozen=True)
class Consequence:
    """What else an act changes: "34 contacts are deleted too"."""

    text: str
    refused: bool = False


@dataclass(frozen=True)
class Confirmation:
    """The page, or window, between a click and what cannot be taken lightly.

    What `typed` asks for is typed in, unless that is `optional`; `stay` is the way out, where "Cancel" would be
    what is asked about.
    """

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
    instead: Sequence[Link] = ()
    stay: str = ""
    typed: str = ""
    mistyped: str = ""
    optional: bool = False

    @property
    def listed(self) -> Sequence[str]:
        """What is selected, unless the title says it already."""
        alone = len(self.items) == 1 and self.items[0].rstrip(STOPS) in self.title
        return () if alone else self.items


def confirmation(
    view: Any,
    chosen: Any,
    found: Any,
    cancel_url: str,
    changed: Sequence[Base] = (),
    lost: Sequence[int] = (),
) -> Confirmation:
    """Return the confirmation of an action; the state of the list travels along, so that one comes back to it.

    What was `changed` since it was shown before, it tells, and which of the selected rows are `lost`.
    """
    told = [Consequence(text) for row in changed[:MOST_LISTED] for text in staleness.sentences(row)]
    told += [Consequence(text) for text in gone.told(view.model, lost)]
    verb, allowed = label(chosen.label).rstrip("…"), found.rows
    state = view.state(request.form).pairs() if request.form else []
    return Confirmation(
        title=_title(view, chosen, found),
        question=_question(view, chosen, found),
        items=[title_of(row) for row in allowed[:MOST_LISTED]] + _more(len(allowed) - MOST_LISTED),
        consequences=[*told, *(Consequence(sentence(effect)) for effect in found.effects)],
        refused=[] if _is_alone(found) else [(title_of(row), say(reason)) for row, reason in found.refused],
        url=request.full_path.rstrip("?"),
        hidden=[*_hidden(chosen, allowed, lost), *state],
        submit=verb,
        cancel_url=cancel_url,
        danger=chosen.danger,
        instead=_instead(view, chosen, found),
    )


def _hidden(chosen: Any, rows: Sequence[Base], lost: Sequence[int]) -> list[tuple[str, str]]:
    """Return what the page carries: what is asked, once, of which rows, and as what it has shown them.

    Those that are lost go along, so that the result tells of them, too.
    """
    keys = [("rowid", str(key)) for key in (*(row.id for row in rows), *lost)]
    seen = staleness.marks(rows, whole=chosen.removes)
    return [("action", chosen.name), ("confirmed", "1"), (idempotency.NAME, idempotency.new_key()), *keys, *seen]


def _title(view: Any, chosen: Any, found: Any) -> str:
    """Ask about the rows that can be touched; where there are none, name those that cannot."""
    if chosen.asking and found.rows:
        return label(chosen.asking)
    verb, rows = label(chosen.label).rstrip("…"), found.rows or [row for row, _ in found.refused]
    if len(rows) == 1:
        return f"{verb} {_named(rows[0])}?"
    return f"{verb} {format_decimal(len(rows))} {label(view.model.__plural__).lower()}?"


def _named(row: Base) -> str:
    """Return what a row is called within a question: the beginning of a long text, and no full stop at its end."""
    return shortened(title_of(row), row.id).rstrip(STOPS)


def _question(view: Any, chosen: Any, found: Any) -> str:
    """Say what there is to know; where nothing can be done, why, and what to do rather than delete."""
    if not found.rows:
        why = say(found.refused[0][1]) if _is_alone(found) else ""
        advised = chosen.removes and (not _is_alone(found) or _instead(view, chosen, found))
        rather = view.rather_than_deleted if advised else ""
        return " ".join(filter(None, (gettext("This is not possible."), why, rather and label(rather))))
    others = gettext("The others stay as they are.") if found.refused else ""
    return " ".join(filter(None, (chosen.meaning and label(chosen.meaning), others)))


def _is_alone(found: Any) -> bool:
    """Whether all there is to say is why one row must stay; the title names it."""
    return not found.rows and len(found.refused) == 1


def _instead(view: Any, chosen: Any, found: Any) -> list[Link]:
    """Return the ways to what can be done with a row that cannot be deleted."""
    if not chosen.removes or not view.rather_than_deleted or not _is_alone(found):
        return []
    return [link for link in view.record_actions(found.refused[0][0]) if link.rather]


def _more(count: int) -> list[str]:
    return [ngettext("and %(n)s more", "and %(n)s more", count, n=format_decimal(count))] if count > 0 else []


def sentence(effect: Effect) -> str:
    """Return what happens to other rows as a sentence."""
    count = effect.count
    things = label(effect.model.__label__ if count == 1 else effect.model.__plural__).lower()
    number, relation = format_decimal(count), label(effect.relation).lower()
    words = {"n": number, "things": things, "relation": relation, "place": effect.destination}
    if effect.fate == "deleted":
        return ngettext("%(n)s %(things)s is deleted too.", "%(n)s %(things)s are deleted too.", count, **words)
    if effect.fate == "default":
        return ngettext(
            "%(n)s %(things)s moves to “%(place)s”.", "%(n)s %(things)s move to “%(place)s”.", count, **words
        )
    return ngettext(
        "%(n)s %(things)s is left without %(relation)s.",
        "%(n)s %(things)s are left without %(relation)s.",
        count,
        **words,
    )
