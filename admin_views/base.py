"""The one view with logic over Flask-Admin: what it closes here is closed for every entity at once.

Views of entities only declare. What they leave out is derived from the model (declared.py); pages are assembled by the modules
named after them.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property
from typing import Any, ClassVar

from flask import abort, jsonify, redirect, request, url_for
from flask_admin import expose
from flask_admin.contrib.sqla import ModelView
from flask_admin.form import BaseForm
from flask_babel import gettext

from admin_views import confirm_page, declared, export, filter_forms, form_page, grid_page, history_page, list_page, record_page
from admin_views.actions import actions_of, run_action
from admin_views.controls import read_key
from admin_views.filters import Condition, Filter, filters_for
from admin_views.forms import build_form, by_title
from admin_views.listing import Page, State, fetch, read_state, selection
from admin_views.requests import go, is_fragment, record_url
from admin_views.saving import save
from admin_views.toasts import toast
from models.base import Base, db
from models.description import describe, title_of
from models.errors import Refused
from models.gate import actor_of
from models.permissions import Decision, Permission, decide
from models.related import find

LOOKED_UP = 20


class PanelView(ModelView):  # type: ignore[misc]
    """A complete panel for an entity; every attribute may be set by a subclass and has a default derived from the model."""

    list_template = "admin/list.html"
    page_size = 50
    page_size_options = (50, 20, 100)
    can_view_details = True
    menu_group = "System"
    menu_icon = "database"
    column_subtitle: str | None = None
    record_summary: Sequence[str] | None = None
    form_panels: Sequence[tuple[str, Sequence[str]]] = ()
    side_panels: Sequence[str] = ()
    toolbar_actions: ClassVar[Sequence[str]] = ()

    def __init__(self, model: type[Base], **options: Any) -> None:
        self.description = describe(model)
        self._derive()
        name = options.pop("name", model.__plural__)
        super().__init__(model, db, name=name, endpoint=model.__tablename__, url=f"/{model.__tablename__}", **options)

    def _derive(self) -> None:
        """Fill in every attribute that the view does not declare."""
        self.column_list = self.column_list or declared.columns(self.description)
        self.column_sortable_list = self.column_sortable_list or declared.sortable(self.description)
        self.column_filters = self.column_filters or declared.filters(self.description)
        self.column_default_sort = self.column_default_sort or declared.default_sort(self.description)
        self.column_subtitle = self.column_subtitle or declared.subtitle(self.description)
        self.record_summary = self.record_summary or declared.summary(self.description)
        self.form_panels = self.form_panels or declared.panels(self.description)
        self.form_columns = [key for _, keys in self.form_panels for key in keys]
        self.inline_models = self.inline_models or [child.model for child in self.description.grids]
        self.choosable_columns = declared.choosable(self.description)

    # What Flask-Admin would scaffold by guessing, and we know from the declaration.

    def get_list_columns(self) -> list[tuple[str, str]]:
        """Return the columns of the list with their labels."""
        return [(key, self.description.attributes[key].label) for key in self.column_list]

    def get_export_columns(self) -> list[tuple[str, str]]:
        """Return the columns of an export with their labels: every one that is shown, but secrets."""
        return [(each.key, each.label) for each in self.description.shown if not each.secret]

    def get_details_columns(self) -> list[tuple[str, str]]:
        """Return the columns of a record with their labels."""
        return self.get_list_columns()

    def get_sortable_columns(self) -> dict[str, Any]:
        """Return the names that `?sort=` accepts."""
        return {key: key for key in self.column_sortable_list}

    def get_filters(self) -> list[Any]:
        """Leave Flask-Admin's own filters out; ours are in `filters`."""
        return []

    def init_search(self) -> bool:
        """Search goes through the index."""
        return True

    def scaffold_form(self) -> type[BaseForm]:
        """Return the form that the declaration describes."""
        return build_form(self.model, self.form_columns)

    def get_create_form(self) -> type[BaseForm]:
        """Return the form class for a new row."""
        return self.scaffold_form()

    def get_edit_form(self) -> type[BaseForm]:
        """Return the form class for a stored row."""
        return self.scaffold_form()

    @cached_property
    def filters(self) -> dict[str, Filter]:
        """The filters of the list by key."""
        return filters_for(self.model, self.column_filters)

    # Policy: only asked here, decided in models/permissions.py.

    def allows(self, permission: Permission, row: Base | None = None) -> Decision:
        """Say whether the person may do this, and why not."""
        return decide(actor_of(db.session), permission, self.model, row)

    @property
    def can_create(self) -> bool:
        """Whether the person may add rows."""
        return bool(self.allows(Permission.CREATE))

    @property
    def can_edit(self) -> bool:
        """Whether the person may change rows."""
        return bool(self.allows(Permission.EDIT))

    @property
    def can_delete(self) -> bool:
        """Whether the person may delete rows."""
        return bool(self.allows(Permission.DELETE))

    @property
    def can_export(self) -> bool:
        """Whether the person may take rows out of the panel."""
        return bool(self.allows(Permission.EXPORT))

    def is_accessible(self) -> bool:
        """Whether the person may open the panel at all."""
        return bool(self.allows(Permission.VIEW))

    def demand(self, permission: Permission, row: Base | None = None) -> None:
        """Refuse unless the person may do this."""
        decision = self.allows(permission, row)
        if not decision:
            raise Refused(decision.reason, **dict(decision.params))

    def _run_view(self, fn: Any, *args: Any, **kwargs: Any) -> Any:
        """Call the view; Flask-Admin would call it again on any TypeError and hide the real one."""
        return fn(self, *args, **kwargs)

    # What is asked for.

    def get_one(self, id: Any) -> Any:  # noqa: A002  Flask-Admin's name
        """Return the row with this key through the read gate; 404 for hidden, absent and nonsensical ones alike."""
        row = find(db.session, self.model, read_key(id))
        return row if row is not None else abort(404)

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

    def state(self) -> State:
        """Return the list state that the address asks for."""
        return read_state(
            request.args,
            filters=self.filters,
            sortable=self.column_sortable_list,
            columns=self.choosable_columns,
            sizes=self.page_size_options,
            parent=self.parent_key,
        )

    def conditions(self, state: State) -> list[Condition]:
        """Return the active filters."""
        return [found for flt in self.filters.values() for found in flt.conditions(self.model, state.args)]

    def page(self, state: State, conditions: Sequence[Condition]) -> Page:
        """Return the rows that the state asks for."""
        clauses = selection(self.model, state, conditions)
        shown = [*self.column_list, *state.columns]
        return fetch(self.model, state, clauses, state.sort or self.column_default_sort, shown)

    # The pages. Each is: load, check, act, answer.

    @expose("/")
    def index_view(self) -> Any:
        """Show the list; within a parent and asked for by a fragment, the grid of its children."""
        parent = self.scope()
        if parent is not None and is_fragment():
            return grid_page.answer(self, parent)
        state = self.state()
        conditions = self.conditions(state)
        page = self.page(state, conditions)
        return self.render(self.list_template, listing=list_page.listing(self, page, conditions))

    @expose("/filter/")
    def filter_view(self) -> Any:
        """Show the form of one filter."""
        flt = self.filters.get(request.args.get("field", "")) or abort(404)
        state = self.state()
        lookup = self.get_url(".ajax_lookup", name=flt.key)
        return self.render("admin/filter.html", filter=list_page.filter_form(self, flt, state, filter_forms.widgets(flt, state.args, lookup)))

    @expose("/details/")
    def details_view(self) -> Any:
        """Show a record, or one panel of it to whoever closes its form."""
        row = self.get_one(request.args.get("id"))
        if request.args.get("panel") and is_fragment():
            return record_page.answer_panel(self, row, request.args["panel"])
        return self.render("admin/record.html", record=record_page.record(self, row))

    @expose("/new/", methods=("GET", "POST"))
    def create_view(self) -> Any:
        """Create a row, within a parent if the address names one."""
        parent = self.scope()
        self.demand(Permission.CREATE)
        row = self.new_row(parent)
        form = form_page.prepare(self, self.create_form(row), row, parent=parent)
        if request.method == "POST" and form.validate() and save(form, row):
            return self.saved(row, parent, gettext("%(title)s was created.", title=title_of(row)))
        return form_page.answer(self, form, row, parent)

    @expose("/edit/", methods=("GET", "POST"))
    def edit_view(self) -> Any:
        """Change a record, or one panel of it."""
        parent = self.scope()
        row = self.get_one(request.args.get("id"))
        self.demand(Permission.EDIT, row)
        form = form_page.prepare(self, self.edit_form(row), row, panel=request.args.get("panel"), parent=parent)
        if request.method == "POST" and form.validate() and save(form, row):
            return self.saved(row, parent, gettext("%(title)s was saved.", title=title_of(row)))
        return form_page.answer(self, form, row, parent)

    @expose("/delete/", methods=("GET", "POST"))
    def delete_view(self) -> Any:
        """Ask, then delete one record; the same as the action on a selection of one."""
        row = self.get_one(request.args.get("id"))
        return run_action(self, "delete", [row.id], parent=self.scope())

    @expose("/action/", methods=("POST",))
    def action_view(self) -> Any:
        """Do something with the selected rows, after asking where it matters."""
        keys = [key for key in map(read_key, request.form.getlist("rowid")) if key]
        return run_action(self, request.form.get("action", ""), keys, parent=self.scope())

    @expose("/history/")
    def history_view(self) -> Any:
        """Show what happened to a record."""
        row = self.get_one(request.args.get("id"))
        page = history_page.history(self, row, read_key(request.args.get("before", "")))
        return self.render("admin/history.html", page=page)

    @expose("/export/<export_type>/")
    def export(self, export_type: str) -> Any:
        """Stream what is filtered as CSV."""
        self.demand(Permission.EXPORT)
        if export_type != "csv":
            abort(404)
        return export.csv_response(self, self.state())

    @expose("/ajax/lookup/")
    def ajax_lookup(self) -> Any:
        """Find rows that a relation of this entity may point to."""
        attribute = self.description.attributes.get(request.args.get("name", ""))
        if attribute is None or attribute.target is None:
            abort(404)
        found = db.session.scalars(by_title(attribute.target, request.args.get("query", "")[:100]).limit(LOOKED_UP))
        return jsonify([{"value": str(row.id), "label": title_of(row)} for row in found])

    @expose("/ajax/update/", methods=("POST",))
    def ajax_update(self) -> Any:
        """Refuse: Flask-Admin's editable lists write without asking."""
        abort(404)

    # What happens in between.

    def new_row(self, parent: Base | None) -> Base:
        """Return an empty row with its defaults, belonging to the parent if there is one."""
        row = self.model()
        if parent is not None and self.parent_key:
            setattr(row, f"{self.parent_key}_id", parent.id)
        return row  # type: ignore[no-any-return]

    def saved(self, row: Base, parent: Base | None, text: str) -> Any:
        """Answer a successful save: with the grid or panel in place, or by going to the record."""
        toast(text, undo=True)
        if parent is not None:
            return grid_page.answer(self, parent) if is_fragment() else redirect(record_url(parent))
        return go(record_url(row))

    def get_url(self, endpoint: str, **values: Any) -> str:
        """Return an address of this view (`.edit_view`), whichever view the request is in."""
        return url_for(f"{self.endpoint}{endpoint}" if endpoint.startswith(".") else endpoint, **values)

    def render(self, template: str, **values: Any) -> Any:
        """Render a page, or its inner part for a fragment."""
        return super().render(template, view=self, is_fragment=is_fragment(), **values)

    def actions(self) -> list[Any]:
        """Return the actions that the person may start."""
        return actions_of(self)

    def confirmation(self, *args: Any, **kwargs: Any) -> Any:
        """Return the page between a click and the deed."""
        return confirm_page.confirmation(self, *args, **kwargs)

