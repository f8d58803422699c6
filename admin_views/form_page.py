"""Form pages: the fields of a form in their panels, with what is wrong on top."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from flask import request, url_for
from flask_babel import gettext

from admin_views import grid_page
from admin_views.controls import Picker, Secret, Suggest
from admin_views.page import FormError, FormPage, FormPanel, Link
from admin_views.parts import Rows
from admin_views.say import label, plain
from models.base import Base, db
from models.description import title_of
from models.gate import actor_of
from models.related import find
from models.relations import Reference
from models.rules import places
from models.user import User


def prepare(view: Any, form: Any, row: Base, *, parent: Base | None, panel: str | None = None) -> Any:
    """Leave in the form what this request edits, and tell its fields what they cannot know by themselves."""
    kept = panel_keys(view, panel) if panel else view.form_columns
    for field in list(form):
        if field.short_name != "version" and (field.short_name not in kept or _is_scope(view, field, parent)):
            delattr(form, field.short_name)
    if request.method == "GET":
        form.version.data = str(row.version)
    for field in form:
        _tell(view, form, field, row)
    return form


def panel_keys(view: Any, panel: str) -> Sequence[str]:
    """Return the attributes of one panel, named by its position."""
    panels = view.form_panels
    return panels[int(panel)][1] if panel.isdigit() and int(panel) < len(panels) else ()


def _is_scope(view: Any, field: Any, parent: Base | None) -> bool:
    return parent is not None and field.short_name == view.parent_key


def _tell(view: Any, form: Any, field: Any, row: Base) -> None:
    attribute = view.description.attributes.get(field.short_name)
    if attribute is None or isinstance(field, Rows):
        return
    field.optional = not attribute.required or attribute.facts.derived
    field.max_length = getattr(attribute.column.type, "length", None)
    if isinstance(field, Picker):
        field.lookup_url = view.get_url(".ajax_lookup", name=field.short_name)
        if row.id is None and request.method == "GET":
            field.data = field.data or _preset(view, field.short_name)
    if isinstance(field, Secret):
        changed = getattr(row, f"{field.short_name}_changed_at", None)
        field.is_set, field.set_on = bool(getattr(row, field.short_name)), plain(changed)
        field.needs = attribute.facts.needs
    if isinstance(field, Suggest):
        _suggest(view, form, field, attribute)


def _suggest(view: Any, form: Any, field: Any, attribute: Any) -> None:
    """Offer the provinces of the country chosen in the same form."""
    follows = form._fields.get(attribute.facts.country)
    country = follows.data if follows is not None else None
    field.suggestions = list(places.provinces(country).values()) if country else []
    field.follows = follows.id if follows is not None else None
    field.refresh_url = url_for("places.provinces")
    if request.method == "GET" and field.data:
        field.data = places.province_name(country, field.data)


def _preset(view: Any, key: str) -> Any:
    """Return whom or what a new row points to unless told otherwise: its creator, or the default row."""
    relation = view.model.__mapper__.relationships[key].info["relation"]
    if isinstance(relation, Reference) and relation.creator:
        return find(db.session, User, actor_of(db.session).user_id)
    return None


def answer(view: Any, form: Any, row: Base, parent: Base | None) -> Any:
    """Return the form as a page, as a panel in place, or as a row of a grid; with status 422 when something is wrong."""
    status = 422 if request.method == "POST" else 200
    if parent is not None and grid_page.is_fragment():
        return grid_page.answer(view, parent, form=form, row=row), status
    panel = request.args.get("panel")
    page = form_page(view, form, row, parent, panel)
    inline = panel is not None and grid_page.is_fragment()
    return view.render("admin/panel_form.html" if inline else "admin/form.html", page=page, form=form), status


def form_page(view: Any, form: Any, row: Base, parent: Base | None, panel: str | None) -> FormPage:
    """Return the form page of a row."""
    is_new = row.id is None
    noun = label(view.model.__label__.lower())
    title = gettext("New %(thing)s", thing=noun) if is_new else gettext("Edit %(title)s", title=title_of(row))
    back = cancel_url(view, row, parent)
    return FormPage(
        title=title,
        url=request.full_path.rstrip("?"),
        cancel_url=f"{back}&panel={panel}" if panel is not None and not is_new else back,
        submit=gettext("Create") if is_new else gettext("Save"),
        panels=list(_panels(view, form, panel)),
        hidden=[form.version],
        errors=list(errors(form)),
        key=panel or "",
        back=Link(label(view.name) if is_new else title_of(row), back),
    )


def cancel_url(view: Any, row: Base, parent: Base | None) -> str:
    """Return where one goes without saving."""
    if parent is not None:
        return url_for(f"{parent.__tablename__}.details_view", id=parent.id)
    return str(view.get_url(".details_view", id=row.id) if row.id else view.get_url(".index_view"))


def _panels(view: Any, form: Any, panel: str | None) -> Iterator[FormPanel]:
    for number, (title, keys) in enumerate(view.form_panels):
        fields = [form._fields[key] for key in keys if key in form._fields]
        if fields and (panel is None or panel == str(number)):
            yield FormPanel(str(number), label(title), fields)


def errors(form: Any) -> Iterator[FormError]:
    """Yield what is wrong, in the order of the form, each with the way to its field."""
    for message in form.form_errors:
        yield FormError("", "", message)
    for field in form:
        for message in field.errors:
            yield FormError(field.id, str(field.label.text), str(message))
