"""The page on which rows are merged: side by side, with a choice for each field that differs."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from flask_babel import format_decimal, gettext, ngettext
from markupsafe import Markup, escape

from admin_views import part_page
from admin_views.confirm_page import Confirmation, Consequence
from admin_views.conflicts.idempotency import NAME, new_key
from admin_views.kinds import text
from admin_views.page import Link
from admin_views.page_form import FormError
from admin_views.requests import record_url
from admin_views.say import NONE, label, say, when
from models.base import Base, db
from models.description import Attribute, title_of
from models.errors import DomainError
from models.gate import actor_of
from models.masking import may_read, reads_all
from models.operations.merging_counts import counts_below
from models.operations.merging_hosts import hosting, hosts_left
from models.operations.merging_values import first_filled, pickable
from models.permissions import Permission, may_see

PICK = "pick-"
VERSION = "version-"


@dataclass(frozen=True)
class Cell:
    """What one of the rows says: `value` is what its radio sends; one without is told and not chosen."""

    of: str
    shown: Markup
    value: str = ""
    checked: bool = False
    filled: bool = True


@dataclass(frozen=True)
class Line:
    """A field, or what is joined, of all rows."""

    key: str
    label: str
    cells: Sequence[Cell]
    error: str = ""


@dataclass(frozen=True)
class MergePage:
    """Rows side by side; `equal` are the fields in which they agree, with what they say."""

    title: str
    url: str
    cancel_url: str
    submit: str
    back: Link
    master: Line
    lines: Sequence[Line]
    joined: Sequence[Line]
    equal: Sequence[tuple[str, str]]
    equal_label: str
    remarks: Sequence[str]
    hidden: Sequence[tuple[str, str]]
    errors: Sequence[FormError] = ()


@dataclass
class Choice:
    """What was picked so far: the row that stays, and by attribute whose value is taken."""

    master: Base
    values: Mapping[str, int]
    versions: Mapping[int, int] = field(default_factory=dict)


def page(view: Any, rows: Sequence[Base], choice: Choice, url: str, error: DomainError | None = None) -> MergePage:
    """Return the page, with what was refused beside the fields that it is about."""
    differing, equal = _sorted_out(view, rows)
    beside = {each.field: say(each) for each in error.errors if each.field} if error else {}
    known = {each.key for each in differing}
    return MergePage(
        title=gettext("Merge %(things)s", things=label(view.model.__plural__).lower()),
        url=url,
        cancel_url=view.list_url(),
        submit=gettext("Merge…"),
        back=Link(label(view.name), view.list_url()),
        master=_masters(view, rows, choice.master),
        lines=[_line(each, rows, choice, beside.get(each.key, "")) for each in differing],
        joined=[*_parts(view, rows), *_counts(rows), *_parents(view, rows)],
        equal=[(label(each.label), text(each, rows[0])) for each in equal],
        equal_label=ngettext("%(n)s field is equal", "%(n)s fields are equal", len(equal), n=len(equal)),
        remarks=list(_remarks(view, rows)),
        hidden=[*(("id", str(row.id)) for row in rows), *((f"{VERSION}{row.id}", str(row.version)) for row in rows)],
        errors=[_refusal(view, each, known) for each in error.errors] if error else [],
    )


def _sorted_out(view: Any, rows: Sequence[Base]) -> tuple[list[Attribute], list[Attribute]]:
    """Return the fields in which rows differ, and those in which they agree and say something.

    Whether they agree in what the person may not read is not told: by typing one, they could guess the other.
    """
    actor = actor_of(db.session)
    differing: list[Attribute] = []
    equal: list[Attribute] = []
    for each in pickable(actor, view.model):
        values = {getattr(row, each.column.key) for row in rows}
        if may_see(actor, each) and values != {None}:
            is_told = len(values) == 1 and all(may_read(actor, each, row) for row in rows)
            (equal if is_told else differing).append(each)
    return differing, equal


def _masters(view: Any, rows: Sequence[Base], master: Base) -> Line:
    cells = []
    for row in rows:
        shown = Markup("<b>{}</b> <small>{}</small>").format(title_of(row), _since(row))
        may = all(view.allows(Permission.DELETE, other) for other in rows if other is not row)
        cells.append(Cell(title_of(row), shown, str(row.id) if may else "", row is master))
    return Line("master", gettext("Which one stays"), cells)


def _since(row: Base) -> str:
    made = getattr(row, "created_at", None)
    return gettext("since %(when)s", when=when(made)) if made else f"#{row.id}"


def _told(row: Base, rows: Sequence[Base]) -> str:
    """Return what a row is called, with what tells it from others of the same name."""
    title = title_of(row)
    return title if [title_of(each) for each in rows].count(title) == 1 else f"{title}, {_since(row)}"


def _line(attribute: Attribute, rows: Sequence[Base], choice: Choice, error: str) -> Line:
    others = [row for row in rows if row is not choice.master]
    chosen = choice.values.get(attribute.key) or first_filled(attribute, [choice.master, *others]).id
    cells = [
        Cell(
            _told(row, rows),
            escape(text(attribute, row)) or NONE,
            str(row.id),
            row.id == chosen,
            getattr(row, attribute.column.key) is not None,
        )
        for row in rows
    ]
    return Line(attribute.key, label(attribute.label), cells, error)


def _parts(view: Any, rows: Sequence[Base]) -> Iterator[Line]:
    """Yield what is joined within the record: the rows of each part."""
    for child in view.description.parts:
        if any(getattr(row, child.key) for row in rows):
            shown = [Cell(_told(row, rows), part_page.shown(row, child).value) for row in rows]
            yield Line(child.key, label(child.model.__plural__), shown)


def _counts(rows: Sequence[Base]) -> Iterator[Line]:
    for model, counts in counts_below(db.session, rows).items():
        cells = [Cell(_told(row, rows), escape(format_decimal(counts[row.id]))) for row in rows]
        yield Line(model.__tablename__, label(model.__plural__), cells)


def _differ(rows: Sequence[Base], attribute: Attribute) -> bool:
    return len({getattr(row, attribute.column.key) for row in rows}) > 1


def _parents(view: Any, rows: Sequence[Base]) -> Iterator[Line]:
    parent = view.description.parent
    if parent is not None and _differ(rows, parent):
        yield Line(parent.key, label(parent.label), [Cell(_told(row, rows), escape(text(parent, row))) for row in rows])


def _remarks(view: Any, rows: Sequence[Base]) -> Iterator[str]:
    """Yield what there is to know before rows are merged."""
    yield gettext("One of them stays and takes over what the others have; then the others are deleted.")
    if reads_all(actor_of(db.session)):
        yield gettext("What is below is joined: lists keep what is equal once.")
    else:
        yield gettext("What is below is joined: lists keep what is equal once, but for what is masked.")
    if len({row.is_person() for row in rows}) > 1:
        yield gettext("Not all of them are persons: look at what the one that stays takes over.")
    yield from _left_behind(rows)
    parent = view.description.parent
    if parent is not None and _differ(rows, parent):
        thing = label(parent.label).lower()
        yield gettext(
            "They have a different %(thing)s: all of it moves to the %(thing)s of the one that stays.", thing=thing
        )


def _left_behind(rows: Sequence[Base]) -> Iterator[str]:
    """Yield what becomes of what rows belong to that may be nobody's then."""
    left = hosts_left(db.session, rows)
    for each in hosting(type(rows[0])):
        thing, differ = label(each.label).lower(), {getattr(row, each.column.key) for row in rows}
        if len(differ) > 1 and len(left[each.key]) == len(differ):
            yield gettext(
                "Their %(thing)s is not the same. With nothing else in them, these become one, too.", thing=thing
            )
        elif len(differ) > 1 and left[each.key]:
            yield gettext(
                "Their %(thing)s is not the same. One with nothing else in it goes into the one kept, any other stays.",
                thing=thing,
            )
        elif len(differ) > 1:
            yield gettext(
                "Their %(thing)s is not the same, and each stays: merge or delete what is left over.", thing=thing
            )


def _refusal(view: Any, error: DomainError, known: set[str]) -> FormError:
    attribute = view.description.attributes.get(error.field or "")
    place = f"{PICK}{error.field}" if error.field in known else ""
    sentence = say(error) if place or attribute is None else f"{label(attribute.label)}: {say(error)}"
    return FormError(place, label(attribute.label) if attribute else "", sentence)


def confirmation(
    view: Any, rows: Sequence[Base], choice: Choice, url: str, sent: Sequence[tuple[str, str]]
) -> Confirmation:
    """Return the question before rows are merged, with what moves."""
    master, others = choice.master, [row for row in rows if row is not choice.master]
    things = label(view.model.__label__ if len(rows) == 1 else view.model.__plural__).lower()
    return Confirmation(
        title=gettext("Merge %(n)s %(things)s into “%(title)s”?", n=len(rows), things=things, title=title_of(master)),
        question=gettext("“%(title)s” stays and tells the history of these, which go:", title=_told(master, rows)),
        items=[_told(row, rows) for row in others],
        consequences=[Consequence(each) for each in (*_moving(others, master), *_joining(rows, choice))],
        refused=[],
        url=url,
        hidden=[*sent, ("confirmed", "1"), (NAME, new_key())],
        submit=gettext("Merge"),
        cancel_url=record_url(master),
        danger=False,
    )


def _moving(others: Sequence[Base], master: Base) -> Iterator[str]:
    for model, counts in counts_below(db.session, others).items():
        count = sum(counts.values())
        things = label(model.__label__ if count == 1 else model.__plural__).lower()
        words = {"n": format_decimal(count), "things": things, "place": title_of(master)}
        yield ngettext(
            "%(n)s %(things)s moves to “%(place)s”.", "%(n)s %(things)s move to “%(place)s”.", count, **words
        )


def _joining(rows: Sequence[Base], choice: Choice) -> Iterator[str]:
    """Yield what becomes one as well, because nothing else belongs to it."""
    left, by_key = hosts_left(db.session, rows), {row.id: row for row in rows}
    for each in hosting(type(rows[0])):
        source = by_key.get(choice.values.get(each.key, 0), choice.master)
        place = getattr(source, each.column.key)
        for host in (one for one in left[each.key] if one.id != place):
            words = {"thing": label(each.label).lower(), "title": title_of(host), "place": text(each, source)}
            yield gettext("The %(thing)s “%(title)s” has nothing else, and goes into “%(place)s”.", **words)
