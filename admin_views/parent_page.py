"""Whose a new row is, asked before anything else where much of its form follows from that."""

from __future__ import annotations

from typing import Any

from flask import redirect, request
from flask_babel import gettext

from admin_views import form_page, split
from admin_views.forms import build_form
from admin_views.page import Link
from admin_views.page_form import FormPage, FormPanel
from admin_views.say import label


def ask(view: Any) -> Any:
    """Show a form with nothing but a picker of the parent; what is chosen leads on to the form itself."""
    row = view.new_row(None)
    form = build_form(view.model, [view.parent_key])(request.form if "choose" in request.args else None, obj=row)
    form = form_page.prepare(view, form, row, parent=None)
    form._fields[view.parent_key].optional = False
    if request.method == "POST" and form.validate():
        return redirect(_way(view, **{view.parent_key: form._fields[view.parent_key].data.id}), 303)
    status = 422 if request.method == "POST" else 200
    return view.render("admin/form.html", page=_page(view, form), form=form), status


def _way(view: Any, **values: Any) -> str:
    value = split.asked(view)
    divided = {view.split_by: value.value} if value else {}
    return str(view.get_url(".create_view", **divided, **values))


def _page(view: Any, form: Any) -> FormPage:
    value, key = split.asked(view), view.parent_key
    back = view.list_url()
    return FormPage(
        title=gettext("New %(thing)s", thing=split.thing(view, value)),
        url=_way(view, choose=1),
        cancel_url=back,
        submit=gettext("Continue"),
        panels=[FormPanel("0", label(view.description.attributes[key].label), [form._fields[key]])],
        hidden=[form.version],
        errors=list(form_page.errors(form)),
        back=Link(split.things(view, value), back),
    )
