"""What templates receive: plain values, ready to be shown. No template asks the database or knows an entity."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal

from markupsafe import Markup

from admin_views.history.past import NOTHING_NEW, AsOf, News


@dataclass(frozen=True)
class Link:
    """Something to click; without an address it is shown and cannot be clicked, and `reason` says why.

    `why` is where that is explained; what is `posted` is a button that changes something; what
    `asks` before it does so opens in a dialog. What can be done rather than delete says `rather`. What is shown in a
    `tab` of its own leaves the page as it is.
    """

    label: str
    url: str | None
    icon: str | None = None
    active: bool = False
    danger: bool = False
    reason: str | None = None
    why: str | None = None
    posted: bool = False
    asks: bool = False
    rather: bool = False
    tab: bool = False


@dataclass(frozen=True)
class MenuGroup:
    """A heading of the side menu with its entries."""

    label: str
    links: Sequence[Link]


@dataclass(frozen=True)
class Badge:
    """A short tinted word; tones are green, blue, yellow, red and grey."""

    label: str
    tone: str = "grey"


@dataclass(frozen=True)
class Avatar:
    """Two letters in a tone that stays the same for the same name."""

    letters: str
    tone: str


@dataclass(frozen=True)
class Hit:
    """Where a search matched: `label` names the field or child, the match stands between two pieces of text."""

    label: str
    before: str
    match: str
    after: str


@dataclass(frozen=True)
class Column:
    """A column of a list or grid; `sorted` is "ascending" or "descending" on the column that orders the list."""

    key: str
    label: str
    numeric: bool = False
    sort_url: str | None = None
    sorted: Literal["ascending", "descending"] | None = None


@dataclass(frozen=True)
class Heading:
    """What the rows from here on have in common, how many they are in all, and what to know of it."""

    label: str
    count: str
    remark: str = ""


@dataclass(frozen=True)
class Row:
    """A row of a list or grid; the first of its cells is the title."""

    id: int
    title: str
    cells: Sequence[Markup]
    url: str | None = None
    subtitle: str = ""
    avatar: Avatar | None = None
    hit: Hit | None = None
    edit_url: str | None = None
    delete_url: str | None = None
    heading: Heading | None = None


@dataclass(frozen=True)
class Chip:
    """An active filter as a sentence: "Country" "is" "Italy, Germany"."""

    label: str
    operator: str
    value: str
    edit_url: str
    remove_url: str


@dataclass(frozen=True)
class Pager:
    """Where one is in a list: rows `first` to `last` of `count` (already written out, "10,000+" when capped)."""

    first: int
    last: int
    count: str
    previous_url: str | None
    next_url: str | None
    pages: Sequence[Link] = ()
    sizes: Sequence[Link] = ()


@dataclass(frozen=True)
class Action:
    """Something to do with the selected rows; the form posts its name."""

    name: str
    label: str
    danger: bool = False


@dataclass(frozen=True)
class Listing:
    """A list page; `more` is what one seldom does with it."""

    title: str
    url: str
    columns: Sequence[Column]
    rows: Sequence[Row]
    pager: Pager
    count_label: str
    search: str
    search_placeholder: str
    chips: Sequence[Chip]
    filters: Sequence[Link]
    column_choices: Sequence[Link]
    actions: Sequence[Action]
    action_url: str
    state: Sequence[tuple[str, str]]
    new: Link | None = None
    export: Link | None = None
    empty: str = ""
    remedies: Sequence[Link] = ()
    more: Sequence[Link] = ()


@dataclass(frozen=True)
class Field:
    """A value on a record, with its label, and who changed it since the reader was last there."""

    key: str
    label: str
    value: Markup
    empty: bool = False
    wide: bool = False
    changed_by: str = ""


@dataclass(frozen=True)
class Total:
    """One of the amounts that a record comes to; a `main` one stands out."""

    label: str
    amount: str
    main: bool = False


@dataclass(frozen=True)
class Panel:
    """A part of a record that is edited by itself; `links` stand beside its Edit button.

    `missing` names the fields that are not filled in. Where some follow from other rows, `renew_url` tells them anew.
    """

    key: str
    label: str
    fields: Sequence[Field]
    missing: str = ""
    edit_url: str | None = None
    renew_url: str | None = None
    links: Sequence[Link] = ()


@dataclass(frozen=True)
class Grid:
    """The children of a record; `form` is the row being edited or added, `editing` its id (None for a new one).

    Rows that merely point to the record are not edited in their place: such a grid is not `inline`. Where it shows only
    the newest, `all` leads to the list.
    """

    key: str
    label: str
    style: Literal["grid", "feed"]
    url: str
    columns: Sequence[Column]
    rows: Sequence[Row]
    count: str
    pager: Pager
    new: Link | None = None
    form: Any = None
    editing: int | None = None
    save_url: str | None = None
    empty: str = ""
    inline: bool = True
    all: Link | None = None


@dataclass(frozen=True)
class Veil:
    """What a record says of its personal data, whether they are `shown`, and the way to change that."""

    text: str
    way: Link | None = None
    shown: bool = False


@dataclass(frozen=True)
class Record:
    """A record page; its `buttons` are what one does with it next, the first of them the one that matters most."""

    id: int
    title: str
    subtitle: str
    avatar: Avatar | None
    badges: Sequence[Badge]
    panels: Sequence[Panel]
    grids: Sequence[Grid]
    more: Sequence[Panel]
    feeds: Sequence[Grid]
    back: Link
    history_url: str
    edit: Link | None = None
    delete: Link | None = None
    buttons: Sequence[Link] = ()
    actions: Sequence[Link] = ()
    position: str = ""
    previous_url: str | None = None
    next_url: str | None = None
    veil: Veil | None = None
    as_of: AsOf | None = None
    news: News = NOTHING_NEW


@dataclass(frozen=True)
class Toast:
    """A short message after a write, with its undo, or with the way to what it is about."""

    text: str
    tone: str = "success"
    undo_url: str | None = None
    link: Link | None = None
