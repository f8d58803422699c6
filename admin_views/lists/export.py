"""CSV export: what the list shows, row by row, in constant memory, safe to open in a spreadsheet."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator, Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from flask import stream_with_context
from flask_babel import to_user_timezone
from sqlalchemy import Select, func, inspect, select
from sqlalchemy.orm import Session, joinedload, selectinload
from werkzeug.wrappers import Response

from admin_views import split
from admin_views.kinds import text
from admin_views.lists.listing import State, keys_in_order, selection
from admin_views.personal.noting import noted
from admin_views.say import label
from models.base import Base, db
from models.description import Attribute, Child, describe
from models.engine import set_mode
from models.gate import actor_of, permitted, set_actor
from models.masking import reads_all
from models.operations.revealing import note_export
from models.permissions import Actor, Level, Permission, ruling_entity

BATCH = 500
WITHOUT = "without-personal-data"
BOM = "\ufeff"  # by which spreadsheets know UTF-8
FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
NUMBER = re.compile(r"\+[0-9]+( [0-9]+)+")  # a phone number with a blank in it: no spreadsheet works anything out of it
MOMENT = "%Y-%m-%d %H:%M:%S"  # as the clock of the reader shows it, and as a form takes it


def csv_response(view: Any, state: State) -> Response:
    """Return what the list's state selects and the person may take along, in its order, as a download."""
    view.host()  # which must be in sight
    actor, order = actor_of(db.session), state.sort or view.usual_order
    narrower = narrowed(view)
    words = [_called(view, state), *([narrower.value] if narrower else []), *([WITHOUT] if leaves_out(view) else [])]
    headers = {"Content-Disposition": f'attachment; filename="{"-".join(words)}.csv"'}
    clauses = exported(view, selection(view.model, state, view.conditions(state)))
    keys = keys_in_order(view.model, clauses, order)
    _note(view, clauses)
    lines = _lines(view, [key for key, _ in view.get_export_columns()], keys, actor)
    return Response(stream_with_context(lines), mimetype="text/csv", headers=headers)


def _called(view: Any, state: State) -> str:
    """Return what the list is called as files are."""
    value = split.shown(view, state)
    name = split.plural_of(value) if value else view.model.__plural__
    return re.sub(r"\W+", "-", name.lower(), flags=re.ASCII)


def narrowed(view: Any) -> Level | None:
    """Return how far exports reach where the person sees more than they may take along."""
    actor, ruling = actor_of(db.session), ruling_entity(view.model).__tablename__
    level = actor.level(ruling, Permission.EXPORT)
    return level if level < actor.level(ruling, Permission.VIEW) else None


def exported(view: Any, clauses: Sequence[Any]) -> list[Any]:
    """Return what rows of an export fulfil: the clauses of the list, and to be the person's to export."""
    condition = permitted(actor_of(db.session), Permission.EXPORT, view.model)
    return [*clauses] if condition is None else [*clauses, condition]


def leaves_out(view: Any) -> bool:
    """Return whether an export goes without personal data, because the person does not read all of them."""
    return _is_personal(view) and not reads_all(actor_of(db.session))


def _is_personal(view: Any) -> bool:
    models = (view.model, *(part.model for part in view.description.parts))
    return any(describe(model).masked for model in models)


def _note(view: Any, clauses: Sequence[Any]) -> None:
    """Note that personal data are taken along, and of how many rows, before they are."""
    if _is_personal(view) and not leaves_out(view) and not actor_of(db.session).looking:
        count = db.session.scalar(select(func.count()).select_from(view.model).where(*clauses)) or 0
        noted(lambda: note_export(db.session, view.model, count))


class _Echo:
    """A file that hands back what is written to it."""

    def write(self, line: str) -> str:
        return line


def _lines(view: Any, columns: Sequence[str], keys: Select[Any], actor: Actor) -> Iterator[str]:
    writer = csv.writer(_Echo())
    attributes = [each for key in columns if not _is_left_out(each := view.description.attributes[key], actor)]
    parts = [part for part in view.description.parts if not _has_left_out_title(part, actor)]
    yield BOM + writer.writerow(
        [*(label(each.label) for each in attributes), *(label(p.model.__plural__) for p in parts)]
    )
    for row in _rows(view, keys, actor):
        values = ["" if each.is_masked_on(row) and not reads_all(actor) else _said(each, row) for each in attributes]
        lists = [filter(None, map(_title, getattr(row, part.key))) for part in parts]
        yield writer.writerow([*map(harmless, values), *("; ".join(map(harmless, each)) for each in lists)])


def _said(attribute: Attribute, row: Base) -> str:
    """Return a value as people read it, and days and moments as spreadsheets sort them and ISO 8601 writes them."""
    value = row.shown(attribute.key)
    if isinstance(value, datetime):
        return str(to_user_timezone(value).strftime(MOMENT))
    return value.isoformat() if isinstance(value, date) else text(attribute, row)


def _is_left_out(attribute: Attribute, actor: Actor) -> bool:
    """Whether a column is personal on whatever row; what is so on some rows alone is left empty there."""
    return attribute.maskable and attribute.personal and not reads_all(actor)


def _has_left_out_title(part: Child, actor: Actor) -> bool:
    title = describe(part.model).attributes.get(describe(part.model).title)
    return title is not None and _is_left_out(title, actor)


def _title(row: Base) -> str:
    """Return what a row of a part says, whole: titles on the screen are cut. A link to what is hidden says nothing."""
    description = describe(type(row))
    value = getattr(row, description.title)
    if isinstance(value, Decimal):
        return text(description.attributes[description.title], row)
    return _title(value) if isinstance(value, Base) else str(value or "")


def _rows(view: Any, keys: Select[Any], actor: Actor) -> Iterator[Base]:
    """Walk the keys in the list's order, then read the rows a batch at a time.

    The session is one of its own, which only reads: the request's is gone while the answer streams.
    """
    set_mode("read")
    with Session(db.engine, autoflush=False) as session:
        set_actor(session, actor)
        for batch in session.scalars(keys.execution_options(yield_per=BATCH)).partitions():
            yield from _batch(view, session, batch)
            session.expunge_all()


def _batch(view: Any, session: Session, keys: Sequence[int]) -> list[Base]:
    model: type[Base] = view.model
    loads = [
        joinedload(getattr(model, each.key))
        for each in inspect(model).relationships
        if each.direction.name == "MANYTOONE"
    ]
    loads += [selectinload(getattr(model, part.key)) for part in view.description.parts]
    rows = {row.id: row for row in session.scalars(select(model).where(model.id.in_(keys)).options(*loads))}
    return [rows[key] for key in keys if key in rows]


def harmless(value: str) -> str:
    """Keep a spreadsheet from taking text for a formula."""
    return f"'{value}" if value.startswith(FORMULA) and not NUMBER.fullmatch(value) else value
