"""Everything about a person in one ZIP: a file of JSON with all of it, a CSV for each entity, and the files kept."""

from __future__ import annotations

import csv
import json
from collections.abc import Iterator, Sequence
from io import StringIO
from tempfile import TemporaryFile
from typing import IO, Any
from zipfile import ZIP_DEFLATED, ZIP_STORED, ZipFile

from flask_babel import gettext

from admin_views.history.page import differences, names_in, verb_of
from admin_views.kinds import text
from admin_views.lists.export import BOM, harmless
from admin_views.say import label
from models.base import Base, db
from models.description import describe, entity, title_of
from models.files import store
from models.history import CREATE, Change, ChangeSet, called
from models.kinds import FILE
from models.operations.person_export import Told, everything_about, past_of
from models.types import utcnow

Past = Sequence[tuple[ChangeSet, Change]]


def person_zip(row: Base) -> IO[bytes]:
    """Return the ZIP with everything about a record, on the disk; Refused for whoever may not export it."""
    found = everything_about(db.session, row)
    past = past_of(db.session(), found)
    content = TemporaryFile()  # noqa: SIM115  the answer closes it
    with ZipFile(content, "w", ZIP_DEFLATED) as archive:
        archive.writestr("everything.json", _json(found, past))
        for name, rows in _by_entity(found).items():
            archive.writestr(f"{name}.csv", "".join(_csv(_lines(rows))))
        archive.writestr("history.csv", "".join(_csv(_past_lines(past))))
        for path, digest in dict(file for each in found.all() for file in _files(each)).items():
            archive.write(store().path(digest), path, ZIP_STORED)
    content.seek(0)
    return content


def _files(told: Told) -> Iterator[tuple[str, str]]:
    """Yield the files that a row has, each with its place in the ZIP."""
    for each in told.values:
        digest = getattr(told.row, each.key) if each.kind is FILE else None
        if digest and store().has(digest):
            yield f"files/{told.model.__tablename__}-{told.row.id}-{text(each, told.row)}", digest


def _json(found: Told, past: Past) -> str:
    content = {"exported_at": utcnow().isoformat(), "record": _as_object(found), "history": list(_past(past))}
    return json.dumps(content, ensure_ascii=False, indent=2)


def _as_object(found: Told) -> dict[str, Any]:
    """Return a row with its values, each with its label, where its files are, and what hangs below it."""
    values = {each.key: {"label": label(each.label), "value": value} for each, value in found.values.items()}
    below = {name: [_as_object(each) for each in rows] for name, rows in found.below.items() if rows}
    return {
        "entity": found.model.__tablename__,
        "label": label(found.model.__label__),
        "id": found.row.id,
        "title": title_of(found.row),
        "fields": values,
        **({"files": files} if (files := [path for path, _ in _files(found)]) else {}),
        **({"below": below} if below else {}),
    }


def _by_entity(found: Told) -> dict[str, list[Told]]:
    rows: dict[str, list[Told]] = {}
    for each in found.all():
        rows.setdefault(each.model.__tablename__, []).append(each)
    return rows


def _lines(rows: Sequence[Told]) -> Iterator[Sequence[str]]:
    attributes = list(rows[0].values)
    yield [gettext("Number"), *(label(each.label) for each in attributes)]
    for each in rows:
        yield [str(each.row.id), *(text(attribute, each.row) for attribute in attributes)]


def _past(past: Past) -> Iterator[dict[str, Any]]:
    """Yield what was noted, as the person who asks would read it; who did it is not the person's own data."""
    names = names_in(change for _, change in past)
    for change_set, change in past:
        description = describe(entity(change.entity))
        yield {
            "at": change_set.at.isoformat(),
            "what": verb_of(change.action),
            "entity": label(description.model.__label__),
            "title": called(db.session, change),
            "changes": [
                {"label": each.label, "before": each.before, "after": each.after}
                for each in (differences(description, change, names) if change.action != CREATE else ())
            ],
        }


def _past_lines(past: Past) -> Iterator[Sequence[str]]:
    yield [gettext(each) for each in ("When", "What", "Of what", "Name", "Field", "Before", "After")]
    for each in _past(past):
        first = [each["at"], each["what"], each["entity"], each["title"]]
        changes = each["changes"] or [{"label": "", "before": "", "after": ""}]
        yield from ([*first, change["label"], change["before"], change["after"]] for change in changes)


def _csv(lines: Iterator[Sequence[str]]) -> Iterator[str]:
    """Yield the text of a CSV file that spreadsheets read as UTF-8 and take for text."""
    buffer = StringIO()
    writer = csv.writer(buffer)
    writer.writerows([harmless(value) for value in line] for line in lines)
    yield from (BOM, buffer.getvalue())
