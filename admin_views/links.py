"""Parts that are nothing but links to rows of another entity: a list of checkboxes, or a picker when there are many.

The form sends the keys that are chosen and, as `<name>-was`, those it began with: only what was ticked or unticked here
is changed, whatever others did meanwhile.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from typing import Any

from flask_admin.form import BaseForm
from flask_babel import gettext
from markupsafe import Markup, escape
from sqlalchemy import select
from sqlalchemy.orm import joinedload

from admin_views.controls import read_key
from admin_views.page import Column
from admin_views.parts import MOST, Rows
from admin_views.requests import record_url
from admin_views.say import NONE, label
from models.base import Base, db
from models.description import Attribute, Child, describe, title_of
from models.errors import DomainError
from models.gate import actor_of
from models.permissions import Permission, decide
from models.related import find_all

FEW = 20


def is_link(model: type[Base]) -> bool:
    """Whether rows of a part say nothing but where they lead."""
    shown = [each for each in describe(model).shown if not each.is_parent]
    return len(shown) == 1 and shown[0].target is not None


def led_to(model: type[Base]) -> Attribute:
    """Return the relation that rows of such a part consist of."""
    return next(each for each in describe(model).shown if not each.is_parent)


class Links(Rows):
    """What a record is linked to, as a set."""

    widget_kind = "links"
    wide = False

    def __init__(self, label: str, *, child: Child, form_class: type[BaseForm], **kwargs: Any) -> None:
        super().__init__(label, child=child, form_class=form_class, **kwargs)
        self.relation = led_to(child.model)
        self.target: Any = self.relation.target
        self.chosen: dict[int, Base] = {}
        self.was: set[int] = set()
        self.lookup_url = ""

    def process(self, formdata: Any, data: Any = None, extra_filters: Any = None) -> None:
        """Read what is linked, or what was chosen."""
        self.process_errors: list[str] = []
        rows = data if isinstance(data, list) else []
        self.was_sent = bool(formdata) and f"{self.name}-present" in formdata
        if self.was_sent:
            self.was = {key for each in formdata.getlist(f"{self.name}-was") if (key := read_key(each))}
            self._choose(formdata.getlist(self.name))
        else:
            linked = [getattr(row, self.relation.key) for row in rows]
            self.chosen = {each.id: each for each in linked if each is not None}
            self.was = {each.id for row, each in zip(rows, linked, strict=True) if each is not None and row.id}

    def tell(self, view: Any, whole: Base) -> None:
        """Let the picker know where it finds rows."""
        self.optional = True
        self.lookup_url = view.get_url(".ajax_lookup", name=f"{self.short_name}.{self.relation.key}")

    def validate(self, form: BaseForm, extra_validators: Any = ()) -> bool:
        """Refuse what is not there, or not to be seen."""
        self.errors = list(self.process_errors)
        return not self.errors

    def merge(self, row: Base) -> bool:
        """Nothing to bring up to date: what is not ticked or unticked here stays as it is."""
        return True

    def populate_obj(self, obj: Any, name: str) -> None:
        """Add what was ticked and take out what was unticked."""
        if not self.was_sent:
            return
        collection, column = getattr(obj, name), self.relation.column.key
        there = {getattr(row, column): row for row in collection}
        for key in (self.was - set(self.chosen)) & set(there):
            collection.remove(there[key])
        for key, target in self.chosen.items():
            if key not in self.was and key not in there:
                collection.append(self.child.model(**{self.relation.key: target}))

    def refused_in(self, error: DomainError) -> Any:
        """Return this field for a refusal of one of its rows."""
        return self if isinstance(error.subject, self.child.model) else None

    @property
    def offered(self) -> list[tuple[Base, bool]] | None:
        """The rows to tick, with whether they are ticked; None if there are too many to list."""
        title: Any = getattr(self.target, describe(self.target).title)
        query = select(self.target).order_by(title, self.target.id).limit(FEW + 1)
        clause = self.target.offered(self.child.model)
        found = db.session.scalars(query if clause is None else query.where(clause)).all()
        if len(found) > FEW:
            return None
        kept = [row for row in self.chosen.values() if row not in found]
        return [(row, row.id in self.chosen) for row in (*found, *kept)]

    @property
    def boxes(self) -> list[tuple[int, str, bool]] | None:
        """The checkboxes by key, title, and whether they are ticked; None if there are too many to list."""
        offered = self.offered
        return None if offered is None else [(row.id, title_of(row), ticked) for row, ticked in offered]

    @property
    def current(self) -> list[tuple[int, str]]:
        """What is chosen, by key and title."""
        return [(key, title_of(row)) for key, row in self.chosen.items()]

    def _choose(self, sent: list[str]) -> None:
        """Find the rows by key, or by the names that are typed without JavaScript."""
        keys = {key for each in sent if (key := read_key(each))}
        if len(keys) > MOST:
            self.process_errors.append(gettext("At most %(count)s fit here.", count=MOST))
        found: Any = find_all(db.session, self.target, sorted(keys)[:MOST])
        self.chosen = found | {row.id: row for row in self._named(each.strip() for each in sent)}
        if len(found) < len(keys):
            self.process_errors.append(gettext("This does not exist, or is not yours to use."))

    def _named(self, typed: Iterator[str]) -> Iterator[Any]:
        title: Any = getattr(self.target, describe(self.target).title)
        for name in (each for each in typed if each and not read_key(each)):
            row = db.session.scalars(select(self.target).where(title == name).limit(1)).first()
            if row is None:
                self.process_errors.append(gettext("Nothing called “%(name)s” was found.", name=name))
            else:
                yield row


def headings(view: Any) -> list[Column]:
    """Return the columns of a list for the links that the view shows there."""
    return [Column(child.key, label(child.model.__plural__)) for child in _listed(view)]


def cells(view: Any, rows: Sequence[Any]) -> dict[int, list[Markup]]:
    """Return these columns for the rows of a page, by key: one statement for each column."""
    found: dict[int, list[Markup]] = {row.id: [] for row in rows}
    for child in _listed(view) if rows else ():
        model, key, parent = child.model, led_to(child.model).key, f"{child.parent}_id"
        query = select(model).where(getattr(model, parent).in_(found)).options(joinedload(getattr(model, key)))
        titles: dict[int, list[str]] = defaultdict(list)
        for each in db.session.scalars(query.order_by(model.id)):
            titles[getattr(each, parent)] += filter(None, [title_of(to) if (to := getattr(each, key)) else ""])
        for row_id, line in found.items():
            line.append(escape(", ".join(titles[row_id])) if titles[row_id] else NONE)
    return found


def _listed(view: Any) -> list[Child]:
    return [child for child in view.description.parts if child.key in view.column_links and not is_hidden(child)]


def is_hidden(child: Child) -> bool:
    """Whether rows of a part are links to what the reader may never see, so that there would seem to be none."""
    target = led_to(child.model).target if is_link(child.model) else None
    return target is not None and not decide(actor_of(db.session), Permission.VIEW, target)


def shown(row: Base, child: Child) -> Markup | None:
    """Return what a record is linked to as ways to it, as far as the reader may see; None for nothing."""
    key = led_to(child.model).key
    found = [target for each in getattr(row, child.key) if (target := getattr(each, key)) is not None]
    links = [Markup('<a href="{}">{}</a>').format(record_url(each), title_of(each)) for each in found]
    return Markup(", ").join(links) if links else None
