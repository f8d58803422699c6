"""Merging rows: from a selection, or from a record with another one that is searched for."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import Any
from urllib.parse import urlencode

from flask import abort, jsonify, redirect, request
from flask_admin import expose
from flask_admin.form import BaseForm
from flask_babel import gettext

from admin_views.actions import deed
from admin_views.conflicts import idempotency
from admin_views.controls import read_key
from admin_views.form_page import errors
from admin_views.forms import named
from admin_views.kinds_picker import Picker
from admin_views.merging import page as merge_page
from admin_views.merging.page import PICK, VERSION, Choice
from admin_views.page import Action, Link
from admin_views.page_form import FormPage, FormPanel
from admin_views.requests import go
from admin_views.saving import commit
from admin_views.say import label, say
from admin_views.toasts import toast
from models.base import Base, db
from models.description import title_of
from models.errors import DomainError, Refused
from models.i18n import N_
from models.operations.merging import FEWEST, HOW_MANY, MOST, merge
from models.operations.merging_counts import counts_below
from models.permissions import Permission
from models.related import find, find_all

LOOKED_UP = 20
GONE = N_("One of these is not there any more, or is not yours to see.")


class Mergeable:
    """A view whose rows can be merged if it says so."""

    can_merge = False

    def record_actions(self: Any, row: Base) -> list[Link]:
        """Offer it to those who may edit and delete the record."""
        others: list[Link] = super().record_actions(row)  # type: ignore[misc]
        if not (self.can_merge and self.allows(Permission.EDIT, row) and self.can_delete):
            return others
        return [Link(gettext("Merge with…"), self.get_url(".merge_view", id=row.id), icon="arrows-join"), *others]

    def actions(self: Any) -> list[Action]:
        """Offer it for selected rows, where they can be merged."""
        return [each for each in super().actions() if self.can_merge or each.name != "merge"]  # type: ignore[misc]

    def merge_url(self: Any, keys: Sequence[int]) -> str:
        """Return the address of the page on which these rows are merged."""
        return f"{self.get_url('.merge_view')}?{urlencode([('id', key) for key in keys])}"

    def lead_to_merge(self: Any, rows: Sequence[Base]) -> str | None:
        """Return where selected rows are merged; None, and say why, where there are too few or too many."""
        if not self.can_merge:
            abort(404)
        if FEWEST <= len(rows) <= MOST:
            return str(self.merge_url([row.id for row in rows]))
        toast(_how_many(self), tone="warning")
        return None

    @deed("merge", N_("Merge…"), Permission.DELETE, leads=lead_to_merge)
    def merge_rows(self: Any, rows: Sequence[Base]) -> str:
        """Nothing is merged before it was said what stays."""
        return ""

    @expose("/merge/", methods=("GET", "POST"))
    def merge_view(self: Any) -> Any:
        """Show rows side by side; ask; then merge them."""
        keys = _keys(self)
        if "confirmed" in request.form and idempotency.earlier():
            return _done_before(self)
        rows = _rows(self, keys)
        if len(rows) < len(keys) and request.method == "POST":
            toast(label(GONE), tone="danger")
            return go(self.list_url())
        if len(rows) < len(keys) or not rows:
            abort(404)
        if len(rows) == 1:
            return _ask_for_another(self, rows[0])
        if len(rows) > MOST:
            toast(_how_many(self), tone="warning")
            return go(self.list_url())
        return _answer(self, rows)

    @expose("/merge/lookup/")
    def merge_lookup(self: Any) -> Any:
        """Find rows to merge with one."""
        row = self.get_one(request.args.get("id")) if self.can_merge else abort(404)
        self.demand(Permission.EDIT, row)
        found = _others_named(self, row, request.args.get("query", ""))
        return jsonify([{"value": str(each.id), "label": title_of(each)} for each in found])


def _keys(view: Any) -> list[int]:
    if not view.can_merge:
        abort(404)
    view.demand(Permission.EDIT)
    view.demand(Permission.DELETE)
    asked = (
        request.values.getlist("id") if request.method == "GET" or "id" in request.form else request.args.getlist("id")
    )
    return list(dict.fromkeys(read_key(each) or 0 for each in asked))


def _rows(view: Any, keys: Sequence[int]) -> list[Base]:
    """Return the rows in the order asked for; each must be the person's to edit."""
    found = find_all(db.session, view.model, keys[: MOST + 1])
    rows = [found[key] for key in keys if key in found]
    for row in rows:
        view.demand(Permission.EDIT, row)
    return rows


def _answer(view: Any, rows: Sequence[Base]) -> Any:
    choice, url = _choice(view, rows), view.merge_url([row.id for row in rows])
    if request.method == "GET":
        return view.render("admin/merge.html", page=merge_page.page(view, rows, choice, url))
    if "confirmed" not in request.form:
        sent = [(name, value) for name, value in request.form.items(multi=True) if name != "csrf_token"]
        asked = merge_page.confirmation(view, rows, choice, url, sent)
        return view.render("admin/confirm.html", confirmation=asked)
    keys = [row.id for row in rows]
    error = commit(idempotency.noted(partial(_merge, rows, choice)))
    if error is None:
        words = {"n": len(keys), "things": label(view.model.__plural__).lower(), "title": title_of(choice.master)}
        toast(gettext("%(n)s %(things)s are one now: “%(title)s”.", **words), undo=True)
        return go(view.record_url(choice.master))
    return _refuse(view, keys, error, url)


def _merge(rows: Sequence[Base], choice: Choice) -> Base:
    merge(db.session, rows, choice.master, choice.values, choice.versions)
    return choice.master


def _done_before(view: Any) -> Any:
    """Answer the second of two clicks as the first one."""
    made = idempotency.made_before()
    toast(gettext("This was done already."), undo=True)
    return go(view.list_url() if made is None else view.record_url(made))


def _refuse(view: Any, keys: Sequence[int], error: DomainError, url: str) -> Any:
    """Show the page again with what was picked; where rows are gone, only say so."""
    rows = _rows(view, keys)
    if len(rows) < len(keys):
        toast(say(error), tone="danger")
        return go(view.list_url())
    for each in error.errors:
        if isinstance(each, Refused) and not each.field:
            raise each
    page = merge_page.page(view, rows, _choice(view, rows), url, error)
    return view.render("admin/merge.html", page=page), 422


def _choice(view: Any, rows: Sequence[Base]) -> Choice:
    """Return what was picked; nothing yet, the row stays on which most depends, of several the oldest."""
    sent, by_key = request.form, {row.id: row for row in rows}
    allowed = [row for row in rows if all(view.allows(Permission.DELETE, each) for each in rows if each is not row)]
    if not allowed:
        for row in rows:
            view.demand(Permission.DELETE, row)
    below = counts_below(db.session, rows).values()
    usual = max(allowed, key=lambda row: (sum(counts[row.id] for counts in below), -row.id))
    values = {name.removeprefix(PICK): read_key(key) or 0 for name, key in sent.items() if name.startswith(PICK)}
    versions = {
        read_key(name.removeprefix(VERSION)) or 0: read_key(value) or 0
        for name, value in sent.items()
        if name.startswith(VERSION)
    }
    return Choice(by_key.get(read_key(sent.get("master", "")) or 0, usual), values, versions)


def _how_many(view: Any) -> str:
    return say(DomainError(HOW_MANY, None, things=label(view.model.__plural__).lower()))


def _others_named(view: Any, row: Base, text: str) -> list[Base]:
    return list(named(view.model, text, LOOKED_UP, view.model.id != row.id))


def _ask_for_another(view: Any, row: Base) -> Any:
    """Show a form with nothing but a picker of the other row; what is chosen leads on."""
    view.insist(view.allows(Permission.EDIT, row))
    picker = Picker(
        gettext("Merge “%(title)s” with", title=title_of(row)),
        find=lambda key: find(db.session, view.model, key) if key != row.id else None,
        named=lambda text: _others_named(view, row, text),
    )
    form: Any = type("OtherForm", (BaseForm,), {"other": picker})(request.form if request.method == "POST" else None)
    form.other.lookup_url = view.get_url(".merge_lookup", id=row.id)
    if request.method == "POST" and form.validate() and form.other.data is not None:
        return redirect(view.merge_url([row.id, form.other.data.id]), 303)
    if request.method == "POST" and form.other.data is None and not form.other.errors:
        form.other.errors = [gettext("Choose the one to merge it with.")]
    page = FormPage(
        title=gettext("Merge %(title)s", title=title_of(row)),
        url=view.merge_url([row.id]),
        cancel_url=view.record_url(row),
        submit=gettext("Continue"),
        panels=[FormPanel("0", "", [form.other])],
        errors=list(errors(form)),
        back=Link(title_of(row), view.record_url(row)),
    )
    return view.render("admin/form.html", page=page, form=form), 422 if request.method == "POST" else 200
