"""What the templates of feeds and timelines receive: plain values, ready to be shown."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from markupsafe import Markup

from admin_views.page import Grid, Link, Row

NOTHING = Markup()


@dataclass(frozen=True)
class Tick:
    """A button that ticks something off, or takes that back; `url` is posted to, None where it is not to be pressed."""

    label: str
    done: bool
    url: str | None


@dataclass(frozen=True)
class Entry(Row):
    """An entry of a feed: what it is, when and by whom, what it is `about`, its text, and what can be done with it.

    One that is `closed` shows its `summary` and its `remark`, and its text when somebody opens it.
    """

    key: str = ""
    icon: str = ""
    kind: str = ""
    when: Markup = NOTHING
    who: str = ""
    about: Sequence[Link] = ()
    badges: Sequence[Markup] = ()
    summary: str = ""
    text: Markup = NOTHING
    remark: str = ""
    links: Sequence[Link] = ()
    closed: bool = False
    tick: Tick | None = None


@dataclass(frozen=True)
class Add:
    """A way to add to a timeline, in its place if it is `inline`; the short `label` is seen, the `title` read out."""

    key: str
    label: str
    title: str
    url: str
    icon: str
    inline: bool = True


@dataclass(frozen=True)
class Dates:
    """From when until when entries are shown: as words, quick ways to other periods, and a form for any."""

    label: str
    active: bool
    links: Sequence[Link]
    url: str
    hidden: Sequence[tuple[str, str]]
    start: str
    end: str


@dataclass(frozen=True)
class Timeline(Grid):
    """What happened with a record and what is to be done, newest first; what is `pending` stands above.

    A feed of one entity's rows alone has no filters. `edited` is the entry whose form is shown in its place.
    """

    edited: str = ""
    title: str = ""
    adds: Sequence[Add] = ()
    kinds: Sequence[Link] = ()
    dates: Dates | None = None
    pending: Sequence[Entry] = ()
    all_pending: Link | None = None
    older: Link | None = None
    continued: bool = False
    remedies: Sequence[Link] = ()
    back: Link | None = None
