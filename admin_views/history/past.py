"""What templates receive of the past: the history, a record as of a day, and what is new since somebody was there."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from admin_views.page import Link


@dataclass(frozen=True)
class Difference:
    """One field of a change: what it was and what it became."""

    label: str
    before: str
    after: str

    def __str__(self) -> str:
        """Return both in one line, as far as they are told."""
        return ": ".join(filter(None, (self.label, " → ".join(filter(None, (self.before, self.after))))))


@dataclass(frozen=True)
class HistoryChange:
    """What happened to one row: "Changed", "Contact", "Marta Bianchi"; many differences fold into their `summary`."""

    verb: str
    entity: str
    title: str
    differences: Sequence[Difference] = field(default_factory=tuple)
    summary: str = ""


@dataclass(frozen=True)
class HistoryEntry:
    """A change-set as people read it; `undo_url` is posted to, `anchor` is where links to it lead.

    Of many `changes`, the `rest` is folded under what `more` says of it.
    """

    when: str
    moment: str
    who: str
    changes: Sequence[HistoryChange]
    undo_url: str | None = None
    remark: str = ""
    anchor: str = ""
    rest: Sequence[HistoryChange] = ()
    more: str = ""


@dataclass(frozen=True)
class HistoryPage:
    """The history of a record."""

    title: str
    url: str
    entries: Sequence[HistoryEntry]
    older_url: str | None
    back: Link


@dataclass(frozen=True)
class AsOf:
    """What asks for a record as of a day, until `today`; where one is told, what is said of it and the way back."""

    url: str
    today: str
    day: str = ""
    label: str = ""
    sentence: str = ""
    back_url: str = ""


@dataclass(frozen=True)
class News:
    """What others changed since the reader was last there: a sentence, who changed each field, where it is told.

    The page posts to `visit_url` that they are here now and were shown the changes up to `seen`.
    """

    visit_url: str = ""
    seen: int = 0
    sentence: str = ""
    marks: Mapping[str, str] = field(default_factory=dict)
    anchor: str = ""


NOTHING_NEW = News()
