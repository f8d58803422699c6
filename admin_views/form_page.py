"""Form pages: the fields of a form in their panels, with what is wrong on top."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import suppress
from functools import partial
from typing import Any

from flask import abort, request, url_for
from flask_babel import gettext
from sqlalchemy import select
from sqlalchemy.orm import joinedload

from admin_views import grid_page, line_columns, offers, part_page, split, standing
from admin_views.conflicts.idempotency import NAME, give_key
from admin_views.controls import Secret, Suggest
from admin_views.forms import build_form
from admin_views.kinds import cell, country_of
from admin_views.kinds_fact import Fact, Masked
from admin_views.kinds_picker import Picker
from admin_views.page import Link
from admin_views.page_form import FormError, FormPage, FormPanel, Notice
from admin_views.parts import Rows
from admin_views.personal.masked import mask_fields
from admin_views.requests import is_fragment, record_url
from admin_views.say import label, plain
from admin_views.timeline import hosts, narrowing
from models.base import Base, db
from models.checking import LASTING
from models.description import Attribute, describe, title_of
from models.errors import DomainError
from models.gate import actor_of
from models.masking import reads
from models.operations.deletion import default_of
from models.related import find
from models.relations import Reference
from models.rules import places
from models.user import User


def form_of(view: Any, row: Base, panel: str | None) -> Any:
    """Return the form of a stored row with what was sent: the whole, or that of one panel, which asks for no more."""
    keys = view.form_columns if panel is None else view.typed(panel_keys(view, panel))
    _load_relations(view.model, row, keys)
    if panel is None:
        return view.edit_form(row)
    form = build_form(view.model, keys)
    return form(request.form if request.method == "POST" else None, obj=row)


def _load_relations(model: type[Base], row: Base, keys: Sequence[str]) -> None:
    """Read what several pickers show in one statement, and lines with what they point to in another."""
    relations = [getattr(model, key) for key in keys if (each := describe(model).attributes.get(key)) and each.target]
    if len(relations) > 1:
        query = select(model).where(model.id == row.id)
        db.session.scalar(query.options(*map(joinedload, relations)))
    line_columns.read_lines(row, keys)


def prepare(view: Any, form: Any, row: Base, *, parent: Base | None) -> Any:
    """Leave in the form what this request edits, and tell its fields what they cannot know by themselves."""
    if parent is not None and view.parent_key in form._fields:
        delattr(form, view.parent_key)
    if view.split_by in form._fields:
        delattr(form, view.split_by)  # the address says it
    standing.suit(form, row)
    mask_fields(form, row, request.form if request.method == "POST" else None)
    if request.method == "GET":
        form.version.data = str(row.version)
    give_key(form)
    standing.hint(view, form, row)
    for field in list(form):
        attribute = view.description.attributes.get(field.short_name)
        if isinstance(field, Rows):
            _tell_part(view, form, field, row)
        elif attribute is None or isinstance(field, Masked):
            continue
        elif reason := _why_fixed(attribute, row):
            _state(form, field, attribute, row, reason)
        else:
            _tell(view, form, field, attribute, row)
    return form


def _tell_part(view: Any, form: Any, field: Rows, row: Base) -> None:
    """Let a part know its record, or show it where it is settled."""
    if reason := standing.why_settled(row, field.short_name):
        shown = part_page.shown(row, field.child).value
        _replace(form, field, part_page.PartFact(label=field.label.text, shown=shown, stored="", reason=reason), None)
    else:
        field.tell(view, row)


def panel_keys(view: Any, panel: str) -> Sequence[str]:
    """Return the attributes of one panel, named by its position; 404 if there is no such panel."""
    found = {str(number): keys for number, (_, keys) in enumerate(view.form_panels)}
    return found.get(panel) or abort(404)


def _tell(view: Any, form: Any, field: Any, attribute: Attribute, row: Any) -> None:
    field.optional = bool(attribute.column.nullable or _is_filled_in(attribute, row))
    field.max_length = getattr(attribute.column.type, "length", None)
    if row.id is None and request.method == "GET" and field.data is None and attribute.target is None:
        field.data = standing.usual(attribute)
    if isinstance(field, Picker):
        if attribute.facts.derived and not field.optional:
            field.description = ""  # what happens when it is left empty
        _offer(view, form, field, attribute, new=row.id is None)
        narrowing.narrow(view, field, attribute, row)
    if attribute.facts.when:
        other, choice = attribute.facts.when
        field.when, field.optional = f"{other}={choice.value}", False
    if isinstance(field, Secret):
        changed = getattr(row, f"{field.short_name}_changed_at", None)
        field.is_set, field.set_on = bool(getattr(row, field.short_name)), plain(changed) if _tells(row) else ""
        field.needs = attribute.facts.needs
    if isinstance(field, Suggest):
        _suggest(form, field, attribute, row)
    narrowing.propose(field, attribute, row)


def _tells(row: Base) -> bool:
    """Whether the person reads what the row tells of people."""
    return reads(actor_of(db.session), row)


def _is_filled_in(attribute: Attribute, row: Any) -> bool:
    """Whether it may be left empty because it is filled in: a relation only on a new row."""
    return attribute.facts.derived and (attribute.target is None or row.id is None)


def _offer(view: Any, form: Any, field: Picker, attribute: Attribute, *, new: bool) -> None:
    """Let a picker offer what may be chosen; what is the only choice of a new row is not asked."""
    field.lookup_url = view.get_url(".ajax_lookup", name=field.short_name, new=1 if new else None)
    field.offers = partial(offers.is_offered, view.model, attribute, new=new)
    if not new and offers.is_owner(view.model, attribute):
        field.demanded = not offers.may_be_nobodys(view.model)
        field.optional = not field.demanded
    if not new or field.name in request.form:
        return
    if offers.is_sole(attribute) or offers.must_be_offered(view.model, attribute):
        found = offers.first_offered(view.model, attribute, 2)
        form.lacks = None if found else attribute
        if len(found) == 1 and offers.is_sole(attribute):
            delattr(form, field.short_name)
    elif request.method == "GET":
        field.data = field.data or _preset(view, field.short_name)


def _why_fixed(attribute: Attribute, row: Base) -> str | None:
    """Return why a value is shown and not typed: it was typed once, or is not the person's to give away."""
    new = row.id is None
    if attribute.facts.lasting and not new:
        return gettext(LASTING)
    if offers.is_owner(type(row), attribute) and not offers.may_give(row, new=new):
        return gettext("It is not yours to give away.")
    return standing.why_settled(row, attribute.key)


def _state(form: Any, field: Any, attribute: Attribute, row: Any, reason: str) -> None:
    """Show a value that is not typed in place of its field."""
    value = getattr(row, attribute.key)
    stored = field.posted(str(value.id) if isinstance(value, Base) else getattr(value, "value", value))
    shown = actor_of(db.session).name if attribute.target and row.id is None else cell(attribute, row)
    helpful = "" if standing.why_settled(row, attribute.key) else field.description
    words = {"label": field.label.text, "description": helpful}
    tells = row.id is not None and attribute.target is None and attribute.python_type is str
    _replace(form, field, Fact(**words, shown=shown, stored=stored, reason=reason, tells=tells), value)


def _replace(form: Any, field: Any, fact: Any, value: Any) -> None:
    bound = form.meta.bind_field(form, fact, {"name": field.short_name, "prefix": form._prefix})
    bound.process(request.form if request.method == "POST" else None, value)
    form._fields[field.short_name] = bound


def _suggest(form: Any, field: Any, attribute: Attribute, row: Any) -> None:
    """Offer the provinces of the country chosen in the same form; names stand for codes, as far as they are known."""
    path = attribute.facts.country or ""
    follows = form._fields.get(path)
    country = country_of(row, path) if follows is None else follows.data
    field.names = {**places.retired_provinces(country), **places.provinces(country)}
    field.suggestions = list(places.provinces(country).values())
    field.follows = None if follows is None else follows.id
    field.refresh_url = url_for("places.provinces")
    with suppress(DomainError):
        field.data = places.clean_province(field.data, country) if field.data else None


def _preset(view: Any, key: str) -> Any:
    """Return whom or what a new row points to unless told otherwise: its creator, or the default row."""
    attribute = view.description.attributes[key]
    relation = attribute.relation
    if isinstance(relation, Reference) and relation.creator:
        return find(db.session, User, actor_of(db.session).user_id)
    if isinstance(relation, Reference) and relation.orphans == "default":
        with suppress(DomainError):
            return default_of(db.session, attribute.target)
    return None


def answer(view: Any, form: Any, row: Base, parent: Base | None) -> Any:
    """Return the form as a page, a panel in place, or a row of a grid; with status 422 when something is wrong."""
    status = 422 if request.method == "POST" else 200
    _ask_again(form)
    if parent is not None and is_fragment() and not view.split_by:
        return grid_page.answer(view, parent, form=form, row=row), status
    panel = request.args.get("panel")
    page = form_page(view, form, row, parent, panel)
    inline = panel is not None and is_fragment()
    return view.render("admin/panel_form.html" if inline else "admin/form.html", page=page, form=form), status


def _ask_again(form: Any) -> None:
    """A password is never sent back, so one that was right has to be typed once more: say so."""
    for field in form:
        if isinstance(field, Secret) and field.data and not field.errors:
            field.errors = [gettext("Type the password again: it is not kept while something else is wrong.")]


def form_page(view: Any, form: Any, row: Any, parent: Base | None, panel: str | None) -> FormPage:
    """Return the form page of a row."""
    is_new = row.id is None
    back = cancel_url(view, row, parent)
    lacking = _notice(view, form)
    return FormPage(
        title=_title(view, row, panel, parent),
        url=request.full_path.rstrip("?"),
        cancel_url=f"{back}&panel={panel}" if panel is not None and not is_new else back,
        submit=gettext("Create") if is_new else gettext("Save"),
        close="" if panel or parent else gettext("Save and close"),
        notice=lacking,
        panels=[] if lacking and request.method == "GET" else list(_panels(view, form, panel)),
        hidden=[form.version, form[NAME]],
        errors=list(errors(form)),
        key=panel or "",
        back=Link(_place(view, row, parent), back),
    )


def _place(view: Any, row: Any, parent: Base | None) -> str:
    """Where one goes without saving, in words."""
    if row.id is not None:
        return title_of(row)
    return title_of(parent) if parent is not None else split.things(view, split.of(view, row))


def _notice(view: Any, form: Any) -> Notice | None:
    """Say what must be there before a row can be made, with the way to make it for those who may."""
    lacks = getattr(form, "lacks", None)
    if lacks is None:
        return None
    words = {"things": label(view.model.__plural__).lower(), "thing": label(lacks.label).lower()}
    other = view.view_of(lacks.target)
    if other is None or not other.is_accessible():
        return Notice(gettext("%(things)s need a %(thing)s, and your role shows you none.", **words).capitalize())
    way = Link(gettext("Create one"), other.get_url(".create_view")) if other.can_create else None
    return Notice(gettext(other.nothing_offered, **words), way)


def _title(view: Any, row: Any, panel: str | None, parent: Base | None) -> str:
    """What one is doing; a panel in its place keeps its own title."""
    if row.id is None and parent is not None:
        thing = split.thing(view, split.of(view, row))
        return gettext("New %(thing)s for %(title)s", thing=thing, title=title_of(parent))
    if row.id is None:
        return gettext("New %(thing)s", thing=split.thing(view, split.of(view, row)))
    if panel is not None and is_fragment():
        return label(view.form_panels[int(panel)][0])
    return gettext("Edit %(title)s", title=title_of(row))


def cancel_url(view: Any, row: Any, parent: Base | None) -> str:
    """Return where one goes without saving."""
    if parent is not None:
        return record_url(hosts.host_of(parent))
    return str(view.record_url(row) if row.id else view.list_url())


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
