"""The record page: its panels, its children, and where it stands in the list it was opened from."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

from flask import request
from flask_babel import format_decimal, gettext
from markupsafe import Markup, escape
from sqlalchemy import inspect, select
from sqlalchemy.orm import joinedload

from admin_views import grid_page, line_columns, links, listed_page, part_page, split, split_page, standing
from admin_views.controls import read_key
from admin_views.form_page import panel_keys
from admin_views.kinds import cell, text
from admin_views.lists.listing import State, capped_count, keys_in_order, most_counted, selection
from admin_views.page import Badge, Field, Grid, Link, Panel, Record
from admin_views.personal.revealing import veil
from admin_views.requests import record_url
from admin_views.say import NONE, initials, label, plain
from admin_views.timeline import feed
from models.activity import Activity
from models.base import Base, db
from models.description import Attribute, title_of
from models.gate import actor_of
from models.i18n import N_
from models.masking import reads
from models.permissions import NARROW, Level, Permission

BOTH = {
    NARROW[Level.OWN]: N_("Your role (%(roles)s) may edit and delete only your own %(entity)s."),
    NARROW[Level.UNIT]: N_("Your role (%(roles)s) may edit and delete only %(entity)s of your business units."),
    NARROW[Level.DIVISION]: N_(
        "Your role (%(roles)s) may edit and delete only %(entity)s of your business units and those below."
    ),
}

OFF = {"active": N_("Inactive")}  # what somebody calls a record where this is off


def record(view: Any, row: Base) -> Record:
    """Return the record page of a row."""
    load_relations(view, row)
    grids = list(_grids(view, row))
    top = head(view, row)
    place = walk(view, row)
    edit, delete = _ways(view, row)
    delete = delete if view.may_go(row) else None
    panels = [panel(view, row, number) for number, keys in panels_of(view, row)]
    return Record(
        id=row.id,
        title=top.title,
        subtitle=top.subtitle,
        avatar=initials(row),
        badges=top.badges,
        panels=panels[: view.panels_above],
        more=panels[view.panels_above :],
        grids=[each for each in grids if each.style == "grid"],
        feeds=[*feed.timelines(view, row), *(each for each in grids if each.style == "feed")],
        back=_back(view, row),
        history_url=view.get_url(".history_view", id=row.id),
        edit=edit,
        delete=delete,
        buttons=view.record_buttons(row),
        actions=view.record_actions(row),
        position=place.position,
        previous_url=place.previous_url,
        next_url=place.next_url,
        veil=veil(view, row, panels, grids),
    )


@dataclass(frozen=True)
class Head:
    """What stands above the panels of a record."""

    title: str
    subtitle: str
    badges: tuple[Badge, ...]


@dataclass(frozen=True)
class Place:
    """Where a record stands in the list that it was opened from."""

    position: str = ""
    previous_url: str | None = None
    next_url: str | None = None


def head(view: Any, row: Base) -> Head:
    """Return what stands above the panels of a record."""
    facts = (text(view.description.attributes[key], row) for key in view.record_summary)
    return Head(title_of(row), " · ".join(filter(None, facts)), tuple(_badges(view, row)))


def answer_panel(view: Any, row: Base, name: str) -> Any:
    """Return one panel as a fragment; 404 if there is no such panel."""
    panel_keys(view, name)
    load_relations(view, row)
    return view.render("admin/panel.html", panel=panel(view, row, int(name)))


def panel(view: Any, row: Base, number: int) -> Panel:
    """Return one panel with its values."""
    title, keys = view.form_panels[number]
    editable = view.allows(Permission.EDIT, row) and standing.is_open(view, row, keys)
    fields = fields_of(view, row, number)
    follows = any(each.facts.followed for key, each in view.description.attributes.items() if key in keys)
    return Panel(
        key=str(number),
        label=label(title),
        fields=[field for field in fields if not field.empty],
        missing=", ".join(field.label for field in fields if field.empty),
        edit_url=view.get_url(".edit_view", id=row.id, panel=number) if editable else None,
        renew_url=view.get_url(".details_view", id=row.id, panel=number) if follows else None,
    )


def fields_of(view: Any, row: Base, number: int) -> list[Field]:
    """Return the values of one panel that this row has a use for."""
    keys = standing.in_use(row, view.form_panels[number][1])
    return [field for key in keys for field in _fields(view, row, key)]


def panels_of(view: Any, row: Base) -> Iterator[tuple[int, list[str]]]:
    """Yield the panels that this row has a use for, by position."""
    for number, (_, keys) in enumerate(view.form_panels):
        used = standing.in_use(row, keys)
        if standing.is_open(view, row, used) or any(row.shown(key) for key in used):
            yield number, used


def _fields(view: Any, row: Base, key: str) -> Iterator[Field]:
    parts = {child.key: child for child in view.description.parts}
    if key in parts and links.is_hidden(parts[key]):
        return
    if key in parts:
        yield part_page.shown(row, parts[key])
    else:
        yield field(view.description.attributes[key], row)


def field(attribute: Attribute, row: Base) -> Field:
    """Return one value with its label; of a secret, only when it was set."""
    value = _secret(attribute, row) if attribute.secret else _linked(attribute, row)
    wide = bool(attribute.kind and attribute.kind.name == "long_text")
    name = row.called(attribute.key) or attribute.label
    return Field(attribute.key, label(name), value, value is NONE, wide)


def _secret(attribute: Attribute, row: Base) -> Markup:
    if getattr(row, attribute.key) is None:
        return NONE
    changed = getattr(row, f"{attribute.key}_changed_at", None) if reads(actor_of(db.session), row) else None
    return escape(gettext("set %(when)s", when=plain(changed)) if changed else gettext("set"))


def _linked(attribute: Attribute, row: Base) -> Markup:
    """Return the value; another record as the way to it."""
    target = getattr(row, attribute.key)
    if attribute.target and target is not None:
        return Markup('<a href="{}">{}</a>').format(record_url(target), title_of(target))
    return cell(attribute, row)


def _badges(view: Any, row: Base) -> Iterator[Badge]:
    """Yield the choices that the head shows; of what is on or off, only that it is off."""
    for key in view.record_badges:
        value = row.shown(key)
        if value is False:
            what = label(view.description.attributes[key].label)
            yield Badge(label(OFF[key]) if key in OFF else gettext("%(what)s: no", what=what))
        elif value is not None and value is not True:
            yield Badge(plain(value), value.tone)


def _grids(view: Any, row: Base) -> Iterator[Grid]:
    """The children in the order that the view declares, each by the view that manages them; then what points here."""
    for model in view.inline_models:
        other = view.view_of(model)
        if other is not None and other.is_accessible() and not issubclass(model, Activity):
            yield from split_page.grids(other, row) if other.split_by else [grid_page.grid(other, row)]
    yield from view.record_grids(row)
    yield from listed_page.grids(view, row)


def load_relations(view: Any, row: Base) -> None:
    """Read what the panels point to with the row itself, in one statement."""
    relations = [each.key for each in inspect(view.model).relationships if each.direction.name == "MANYTOONE"]
    if relations:
        loads = [joinedload(getattr(view.model, key)) for key in relations]
        query = select(view.model).where(view.model.id == row.id).options(*loads)
        db.session.scalar(query.execution_options(populate_existing=True))
    line_columns.read_lines(row)


def walk(view: Any, row: Base) -> Place:
    """Return "7 of 43" and the ways to the neighbours in the list that the record was opened from."""
    at = read_key(request.args.get("at", ""))
    if not at:
        return Place()
    view.host()  # which must be in sight
    state = view.state()
    clauses = selection(view.model, state, view.conditions(state))
    keys = keys_in_order(view.model, clauses, state.sort or view.usual_order)
    around = list(db.session.scalars(keys.offset(max(at - 2, 0)).limit(3)))
    if row.id not in around:
        return Place()
    here, most = around.index(row.id), most_counted(view.model, state)
    count = capped_count(view.model, clauses, most)
    total = f"{format_decimal(most)}+" if count > most else format_decimal(count)
    return Place(
        gettext("%(n)s of %(count)s", n=format_decimal(at), count=total),
        _neighbour(view, state, around[here - 1], at - 1) if here else None,
        _neighbour(view, state, around[here + 1], at + 1) if here + 1 < len(around) else None,
    )


def _neighbour(view: Any, state: State, key: int, at: int) -> str:
    query = state.query(page=-(-at // state.size))
    return f"{view.get_url('.details_view')}?id={key}&at={at}{'&' if query else ''}{query}"


def _back(view: Any, row: Base) -> Link:
    """The way back to the list as it was."""
    state, value = view.state(), split.of(view, row)
    if "at" not in request.args:
        state = State(split=(view.split_by, value.value) if value else None)
    query = state.query(page=state.page)
    return Link(split.things(view, value), f"{view.get_url('.index_view')}{'?' if query else ''}{query}")


def _ways(view: Any, row: Base) -> tuple[Link | None, Link | None]:
    """Return the ways to edit and to delete; where neither is open for one reason, it is said once, before both."""
    edit = _link(view, row, Permission.EDIT, gettext("Edit"), ".edit_view")
    delete = _link(view, row, Permission.DELETE, gettext("Delete…"), ".delete_view")
    one, other = view.allows(Permission.EDIT, row), view.allows(Permission.DELETE, row)
    if not edit or not delete or one or one.reason != other.reason or one.reason not in BOTH:
        return edit, delete
    reason = gettext(BOTH[one.reason], **dict(one.params))
    return replace(edit, reason=None), replace(delete, reason=reason, why=edit.why)


def _link(view: Any, row: Base, permission: Permission, text: str, endpoint: str) -> Link | None:
    """Return the way to do something; none where the role never may, and the reason where it may not with this row."""
    decision = view.allows(permission, row)
    if decision:
        return Link(text, f"{view.get_url(endpoint, id=row.id)}{view.trail()}")
    if not view.allows(permission):
        return None
    why = view.get_url(".why_view", id=row.id, may=permission.value)
    return Link(text, None, reason=gettext(decision.reason, **dict(decision.params)), why=why)
