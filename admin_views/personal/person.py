"""A record that tells of people: everything about them in one file, and a way to let them be forgotten."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from typing import Any

from flask import current_app, request
from flask_admin import expose
from flask_babel import format_decimal, gettext, ngettext
from werkzeug.wrappers import Response
from werkzeug.wsgi import wrap_file

from admin_views.confirm_page import Confirmation, Consequence
from admin_views.conflicts import staleness
from admin_views.page import Link
from admin_views.personal.noting import noted
from admin_views.personal.person_files import person_zip
from admin_views.requests import go, record_url
from admin_views.saving import commit
from admin_views.say import label, say
from admin_views.toasts import toast
from models.base import Base, db
from models.description import Attribute, describe, title_of
from models.gate import actor_of
from models.operations.erasing import Erasure, anonymise, plan
from models.operations.revealing import note_person, why_never
from models.operations.sweeping import release
from models.permissions import Permission
from models.related import find


class AboutPeople:
    """A view whose records tell of people: they can be exported whole, and anonymised."""

    def record_actions(self: Any, row: Base) -> list[Link]:
        """Offer the export to those who may export the record, and to anonymise it to those who may delete it."""
        found: list[Link] = super().record_actions(row)  # type: ignore[misc]
        if self.allows(Permission.EXPORT, row):
            everything, never = gettext("Export everything about this person"), why_never(db.session)
            url = None if never else self.get_url(".person_view", id=row.id)
            found = [*found, Link(everything, url, icon="download", reason=say(never) if never else None)]
        if self.allows(Permission.DELETE, row):
            url = f"{self.get_url('.anonymise_view', id=row.id)}{self.trail()}"
            found = [*found, Link(gettext("Anonymise…"), url, icon="user-off", danger=True, asks=True, rather=True)]
        return found

    @expose("/person/")
    def person_view(self: Any) -> Response:
        """Answer with a ZIP of everything about a person."""
        row = self.get_one(request.args.get("id"))
        self.demand(Permission.EXPORT, row)
        about = {"who": actor_of(db.session).user_id, "entity": self.endpoint, "row": row.id}
        content = wrap_file(request.environ, person_zip(row))
        noted(lambda: note_person(db.session, row))
        current_app.logger.info("everything exported", extra=about)
        headers = {"Content-Disposition": f'attachment; filename="{self.endpoint}-{about["row"]}.zip"'}
        return Response(content, mimetype="application/zip", headers=headers, direct_passthrough=True)

    @expose("/anonymise/", methods=("GET", "POST"))
    def anonymise_view(self: Any) -> Any:
        """Ask, with the record's name typed in so that it is this one that is meant, then anonymise it."""
        row = self.get_one(request.args.get("id"))
        self.demand(Permission.DELETE, row)
        typed = request.form.get("typed")
        changed = staleness.changed([row], whole=True)
        if typed is None or changed or not _is_meant(typed, row):
            page = asked(self, row, plan(db.session, row), mistyped=typed is not None and not changed)
            return self.render("admin/confirm.html", confirmation=page)
        key = row.id
        done: list[Erasure] = []
        error = commit(lambda: done.append(anonymise(db.session, row)))
        if error is not None:
            reason = " ".join(say(single) for single in error.errors)
            toast(gettext("%(reason)s Nothing was changed.", reason=reason), tone="danger")
        else:
            release(done[0].files)
            toast(gettext("%(title)s: what told of people is erased.", title=title_of(row)))
        return go(f"{self.get_url('.details_view', id=key)}{self.trail()}")


def _is_meant(typed: str, row: Base) -> bool:
    return typed.split() == title_of(row).split()


def asked(view: Any, row: Base, erasure: Erasure, *, mistyped: bool) -> Confirmation:
    """Return what there is to know before a record is anonymised, first what was changed since it was asked."""
    changed = staleness.sentences(row) if staleness.changed([row], whole=True) else ()
    consequences = [*changed, *_gone(erasure), *_emptied(erasure), *_staying(erasure)]
    return Confirmation(
        title=gettext("Anonymise %(title)s?", title=title_of(row)),
        question=gettext("This is erased, in the history and the search as well, and cannot be undone:"),
        items=[_fields(each, erasure) for each in erasure.heads],
        consequences=[Consequence(each) for each in consequences],
        refused=[],
        url=request.full_path.rstrip("?"),
        hidden=staleness.marks([row], whole=True),
        submit=gettext("Anonymise"),
        cancel_url=record_url(row),
        typed=gettext("Type “%(title)s” to go on", title=title_of(row)),
        mistyped=gettext("That is not the name.") if mistyped else "",
    )


def _fields(row: Base, erasure: Erasure) -> str:
    """Return what of a record is erased, by the labels of the fields that say something."""
    labels = dict.fromkeys(label(each.label) for each in _said(row, erasure) if not each.facts.hidden)
    return f"{label(row.__label__)}: {', '.join(labels)}"


def _said(row: Base, erasure: Erasure) -> list[Attribute]:
    attributes = describe(type(row)).attributes
    return [attributes[key] for key in erasure.keys_of(row) if getattr(row, key) is not None]


def _gone(erasure: Erasure) -> Iterator[str]:
    for words, count in _counted(erasure.gone):
        yield ngettext("%(n)s %(things)s is deleted.", "%(n)s %(things)s are deleted.", count, **words)


def _emptied(erasure: Erasure) -> Iterator[str]:
    """Say what rows lose that are not the record itself; what they are called by is their text."""
    rows: dict[str, list[Base]] = {}
    for row in erasure.emptied:
        title = describe(type(row)).title
        lost = [gettext("text") if each.key == title else label(each.label).lower() for each in _said(row, erasure)]
        rows.setdefault(", ".join(lost), []).append(row)
    for fields, some in rows.items():
        for words, count in _counted(some) if fields else ():
            both = words | {"fields": fields}
            yield ngettext(
                "%(n)s %(things)s loses its %(fields)s.", "%(n)s %(things)s lose their %(fields)s.", count, **both
            )


def _staying(erasure: Erasure) -> Iterator[str]:
    whole = [row for row in erasure.settled if not describe(type(row)).is_part]
    for words, count in _counted(whole):
        yield ngettext(
            "%(n)s %(things)s stays as it was issued.", "%(n)s %(things)s stay as they were issued.", count, **words
        )
    for host in erasure.shared:
        thing, seen = label(type(host).__label__).lower(), find(db.session, type(host), host.id)
        name = f"{thing} “{title_of(seen)}”" if seen is not None else thing  # the plan is made for everybody
        yield gettext("The %(thing)s stays as it is: others belong to it.", thing=name)


def _counted(rows: list[Base]) -> Iterator[tuple[dict[str, Any], int]]:
    """Yield how many rows there are by what they are called."""
    counts = Counter((label(row.__label__).lower(), label(row.__plural__).lower()) for row in rows)
    for names, count in counts.items():
        yield {"n": format_decimal(count), "things": names[count > 1]}, count
