"""The one view with logic over Flask-Admin: what it closes here is closed for every entity at once.

Views of entities only declare; what they leave out is derived from the model (scaffold.py). Pages are assembled by the
modules named after them.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, cast

from flask import abort, jsonify, redirect, request
from flask_admin import expose
from flask_babel import gettext

from admin_views import form_page, grid_page, listed_page, parent_page, record_page, split
from admin_views.access import Explained
from admin_views.actions import actions_of, done_before, run_action
from admin_views.checks import check_view
from admin_views.conflicts.typed import bring_back
from admin_views.controls import read_key
from admin_views.duplicate import Duplicated
from admin_views.files import Filed
from admin_views.forms import named
from admin_views.history.view import Historic
from admin_views.lists import export, filter_forms, list_page
from admin_views.lists.filters import Condition
from admin_views.lists.listing import Page, State, fetch, read_state, selection
from admin_views.merging.duplicates import Comparable
from admin_views.merging.view import Mergeable
from admin_views.offers import offered
from admin_views.once import Once, shown_once
from admin_views.personal.revealing import Revealing
from admin_views.requests import asks_for_grid, go, is_fragment, record_url
from admin_views.saving import save
from admin_views.scaffold import DeclaredView
from admin_views.shortcuts import Shortcut
from admin_views.timeline import hosts, narrowing
from admin_views.timeline.told import Told
from admin_views.toasts import toast
from admin_views.warnings import warn
from admin_views.ways import Ways
from models.base import Base, db
from models.description import Attribute, describe, title_of
from models.i18n import N_
from models.permissions import Permission
from models.related import find

LOOKED_UP = 20


class PanelView(Historic, Told, Ways, Filed, Revealing, Mergeable, Comparable, Duplicated, Explained, DeclaredView):
    """A complete panel for an entity: its list, records, forms, actions, history and export."""

    menu_place = 50  # within its group
    inline_groups: Mapping[type[Base], str] = {}  # by which relation the rows of an entity are grouped on a record
    parent_first = False  # whether a new row's parent is asked for before its form is shown
    split_by = ""  # a choice: each value has a list of its own, and a grid on the parent's record
    split_columns: Sequence[str] = ()  # of these grids; those of the list, unless it is said
    split_icons: Mapping[str, str] = {}
    menu_shortcuts: Sequence[Shortcut] = ()  # lists of what is one's own, before the list of all in the menu
    column_links: Sequence[str] = ()  # links of a record that stand last in the list
    rather_than_deleted = ""  # what to do with rows that must stay
    nothing_offered = N_("There is no %(thing)s for %(things)s to choose.")

    def _derive(self) -> None:
        """Fill in what the view does not declare, and refuse what it declares wrongly."""
        super()._derive()
        check_view(self, PanelView)

    # What is asked for.

    def get_one(self, id: Any, within: Base | None = None) -> Any:  # noqa: A002  Flask-Admin's name
        """Return the row with this key through the read gate, of this parent if one is given.

        404 for hidden, absent and nonsensical ones alike.
        """
        row = find(db.session, self.model, read_key(id))
        if row is None or (within is not None and getattr(row, f"{self.parent_key}_id") != within.id):
            abort(404)
        return row

    @property
    def parent_key(self) -> str | None:
        """The argument that scopes this view to one parent's rows."""
        return self.description.parent.key if self.description.parent else None

    def scope(self) -> Base | None:
        """Return the parent that the address names, if it does; 404 if the person cannot see it."""
        parent = self.description.parent
        if parent is None or parent.target is None or parent.key not in request.args:
            return None
        row: Base | None = find(db.session, parent.target, read_key(request.args[parent.key]))
        return row if row is not None else abort(404)

    def host(self) -> Base | None:
        """Return the record to which the address narrows the list: a parent, or one that the rows point to."""
        return self.scope() or listed_page.host_asked(self)

    def state(self, args: Any = None) -> State:
        """Return the list state that the address asks for, or a form that carries it along."""
        return read_state(
            request.args if args is None else args,
            filters=self.filters,
            sortable=self.column_sortable_list,
            columns=self.choosable_columns,
            sizes=self.page_size_options,
            parent=way.key if (way := listed_page.way_asked(self, args)) else self.parent_key,
            split=(self.split_by, value.value) if (value := split.asked(self, args)) else None,
        )

    def conditions(self, state: State) -> list[Condition]:
        """Return the active filters."""
        return [found for flt in self.filters.values() for found in flt.conditions(self.model, state.args)]

    def page(self, state: State, conditions: Sequence[Condition]) -> Page:
        """Return the rows that the state asks for."""
        clauses = selection(self.model, state, conditions)
        shown = [*self.column_list, *state.columns]
        return fetch(self.model, state, clauses, state.sort or self.usual_order, shown)

    # The pages. Each is: load, check, act, answer.

    @expose("/")
    def index_view(self) -> Any:
        """Show the list; within a parent and asked for by a fragment, the grid of its children."""
        parent = self.scope()
        if parent is not None and asks_for_grid() and not self.split_by:
            return grid_page.answer(self, parent)
        host = listed_page.host_asked(self)
        if host is not None and asks_for_grid():
            return listed_page.answer(self, host)
        state = self.state()
        conditions = self.conditions(state)
        page = self.page(state, conditions)
        return self.render(self.list_template, listing=list_page.listing(self, page, conditions))

    @expose("/filter/")
    def filter_view(self) -> Any:
        """Show the form of one filter."""
        flt = self.filters.get(request.args.get("field", "")) or abort(404)
        state = self.state()
        lookup = self.get_url(".ajax_lookup", name=flt.path, all=1)
        widgets = filter_forms.widgets(flt, state.args, lookup)
        return self.render("admin/filter.html", filter=list_page.filter_form(self, flt, state, widgets))

    @expose("/details/")
    def details_view(self) -> Any:
        """Show a record, or one panel of it to whoever closes its form."""
        row = self.get_one(request.args.get("id"))
        split.remember(self, row)
        if request.args.get("panel") and is_fragment():
            return record_page.answer_panel(self, row, request.args["panel"])
        return self.render("admin/record.html", record=self.page_of(row))

    @expose("/new/", methods=("GET", "POST"))
    def create_view(self) -> Any:
        """Create a row, within a parent if the address names one."""
        bring_back(self)
        parent = self.scope()
        self.insist(self.may_create(parent))
        if self.parent_first and parent is None and (request.method == "GET" or "choose" in request.args):
            return parent_page.ask(self)
        row = self.new_row(parent)
        form = form_page.prepare(self, self.create_form(row), row, parent=parent)
        if request.method == "POST" and form.validate() and (made := save(form, row)):
            created = gettext("%(title)s was created.", title=title_of(made))
            return (shown_once(self, row) if made is row else None) or self.saved(made, parent, created)
        return form_page.answer(self, form, row, parent)

    @expose("/edit/", methods=("GET", "POST"))
    def edit_view(self) -> Any:
        """Change a record, or one panel of it."""
        bring_back(self)
        parent = self.scope()
        row = self.get_one(request.args.get("id"), within=parent)
        self.demand(Permission.EDIT, row)
        before = record_page.head(self, row) if request.method == "POST" else None
        form = form_page.form_of(self, row, request.args.get("panel"))
        form = form_page.prepare(self, form, row, parent=parent)
        if request.method == "POST" and form.validate() and save(form, row):
            return self.saved(row, parent, gettext("%(title)s was saved.", title=title_of(row)), before)
        return form_page.answer(self, form, row, parent)

    @expose("/delete/", methods=("GET", "POST"))
    def delete_view(self) -> Any:
        """Ask, then delete one record; the same as the action on a selection of one."""
        parent = self.scope()
        if done := done_before(self, "delete", parent):
            return done
        row = self.get_one(request.args.get("id"), within=parent)
        return run_action(self, "delete", [row.id], parent)

    @expose("/action/", methods=("POST",))
    def action_view(self) -> Any:
        """Do something with the selected rows, after asking where it matters."""
        keys = [key for key in map(read_key, request.form.getlist("rowid")) if key]
        return run_action(self, request.form.get("action", ""), list(dict.fromkeys(keys)))

    @expose("/export/<export_type>/")
    def export(self, export_type: str) -> Any:
        """Stream what is filtered as CSV."""
        self.demand(Permission.EXPORT)
        if export_type != "csv":
            abort(404)
        return export.csv_response(self, self.state())

    @expose("/ajax/lookup/")
    def ajax_lookup(self) -> Any:
        """Find rows that a relation of this entity may newly point to, or `all` that it may point to already."""
        args, (model, attribute) = request.args, self.relation(request.args.get("name", ""))
        where = [] if "all" in args else offered(model, attribute, new="new" in args)
        where = [*where, *narrowing.asked(attribute, model, args)]
        found = named(cast("type[Base]", attribute.target), args.get("query", ""), LOOKED_UP, *where)
        return jsonify([{"value": str(row.id), "label": title_of(row)} for row in found])

    @expose("/ajax/update/", methods=("POST",))
    def ajax_update(self) -> Any:
        """Refuse: Flask-Admin's editable lists write without asking."""
        abort(404)

    # What happens in between.

    def relation(self, name: str) -> tuple[type[Base], Attribute]:
        """Return a relation of this entity, of a part (`roles.role`) or of what it leads to; 404 if there is none."""
        part, _, key = name.rpartition(".")
        parts = {child.key: child.model for child in self.description.parts}
        way = self.description.attributes.get(part)
        model = (way.target if way else parts.get(part)) if part else self.model
        attribute = describe(model).attributes.get(key) if model else None
        return (model, attribute) if model and attribute and attribute.target else abort(404)

    def new_row(self, parent: Base | None) -> Base:
        """Return an empty row with its defaults, of the parent if there is one, pointing where the address says."""
        row = self.model()
        if parent is not None and self.parent_key:
            setattr(row, f"{self.parent_key}_id", parent.id)
        listed_page.preset(self, row)
        split.preset(self, row)
        hosts.preset(row)
        return row

    def split_remarks(self, parent: Base) -> Mapping[Any, str]:
        """Return what is said beside the number of rows of each value on the parent's record."""
        return {}

    def saved(self, row: Base, parent: Base | None, text: str, before: record_page.Head | None = None) -> Any:
        """Answer a successful save: with the grid or panel in its place, or by going to the record.

        A panel in its place would leave what stands above it as it was, so the whole record is shown when that changed.
        """
        if find(db.session, self.model, row.id) is None:
            return self.gave_away(row)
        mine = bool(self.allows(Permission.EDIT, row))
        toast(text if mine else f"{text} {gettext('You cannot change it any more.')}", undo=mine)
        warn(row)
        if "close" in request.form and parent is None:
            return go(self.list_url())
        if parent is not None and not self.split_by:
            here = record_url(hosts.host_of(parent))
            return grid_page.answer(self, parent) if is_fragment() else redirect(here, 303)
        panel = request.args.get("panel")
        if is_fragment() and panel and before == record_page.head(self, row):
            return record_page.answer_panel(self, row, panel)
        return go(self.record_url(row))

    def hints(self, row: Base) -> Mapping[str, str]:
        """Return what forms say below fields, by attribute, where it follows from others; `summed.py` asks again."""
        return {}

    def told_once(self, row: Base) -> Once | None:
        """Return what is told of a new row now and never again, if anything is."""
        return None

    def gave_away(self, row: Base) -> Any:
        """Answer a save by which the person lost the row out of sight."""
        toast(gettext("%(title)s was saved. It is no longer yours to see.", title=title_of(row)))
        return go(self.list_url())

    def render(self, template: str, **values: Any) -> Any:
        """Render a page, or its inner part for a fragment."""
        return super().render(template, view=self, is_fragment=is_fragment(), **values)

    def actions(self) -> list[Any]:
        """Return the actions that the person may start."""
        return actions_of(self)
