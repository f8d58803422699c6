"""Whose a new row is, asked before anything else where much of its form follows from that."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from flask import redirect, request
from flask_babel import gettext

from admin_views import form_page, split
from admin_views.forms import build_form
from admin_views.page import Link
from admin_views.page_form import FormPage, FormPanel
from admin_views.requests import record_url
from admin_views.say import label
from admin_views.timeline import hosts
from models.base import Base
from models.description import title_of

MOST_OFFERED = 200


def ask(view: Any) -> Any:
    """Show a form with nothing but a picker of the parent; what is chosen leads on to the form itself."""
    row = view.new_row(None)
    form = build_form(view.model, [view.parent_key])(request.form if "choose" in request.args else None, obj=row)
    form = form_page.prepare(view, form, row, parent=None)
    form._fields[view.parent_key].optional = False
    if host := hosts.asked():
        _narrow(form._fields[view.parent_key], hosts.parents(view.model, host, MOST_OFFERED))
    if request.method == "POST" and form.validate():
        return redirect(_way(view, **{view.parent_key: form._fields[view.parent_key].data.id}), 303)
    status = 422 if request.method == "POST" else 200
    return view.render("admin/form.html", page=_page(view, form), form=form), status


def _narrow(field: Any, rows: Sequence[Base]) -> None:
    """Offer the rows of one record alone; where there is just one, it is chosen."""
    field.lookup_url, field.offers = "", rows.__contains__
    field.few = [(str(row.id), title_of(row)) for row in rows]
    field.named = lambda text: [row for row in rows if text.casefold() in title_of(row).casefold()]
    field.data = field.data or (rows[0] if len(rows) == 1 else None)


def _way(view: Any, **values: Any) -> str:
    value = split.asked(view)
    divided = {view.split_by: value.value} if value else {}
    divided |= {hosts.NAME: request.args[hosts.NAME]} if hosts.NAME in request.args else {}
    return str(view.get_url(".create_view", **divided, **values))


def _page(view: Any, form: Any) -> FormPage:
    value, key = split.asked(view), view.parent_key
    host = hosts.asked()
    back = Link(title_of(host), record_url(host)) if host else Link(split.things(view, value), view.list_url())
    return FormPage(
        title=gettext("New %(thing)s", thing=split.thing(view, value)),
        url=_way(view, choose=1),
        cancel_url=back.url or "",
        submit=gettext("Continue"),
        panels=[FormPanel("0", label(view.description.attributes[key].label), [form._fields[key]])],
        hidden=[form.version],
        errors=list(form_page.errors(form)),
        back=back,
    )
