"""What a view is before it shows anything: its options, derived from the model where nobody set them, and its policy.

Flask-Admin would guess lists, filters and forms from the columns; here the declaration says them.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property
from typing import Any

from flask import request
from flask_admin.contrib.sqla import ModelView
from flask_admin.form import BaseForm

from admin_views import declared
from admin_views.filters import Filter, filters_for
from admin_views.forms import build_form
from models.base import Base, db
from models.description import describe
from models.errors import Refused
from models.gate import actor_of
from models.permissions import Decision, Permission, decide


class DeclaredView(ModelView):
    """A view whose every option has a default derived from the model, and whose rights are those of the person."""

    list_template = "admin/list.html"
    page_size = 50
    page_size_options = (50, 20, 100)
    can_view_details = True
    menu_group = "More"
    menu_icon = "database"
    column_subtitle: str | None = None
    record_summary: Sequence[str] | None = None
    form_panels: Sequence[tuple[str, Sequence[str]]] = ()
    panels_above = 3  # of a record, before its children; the others follow them
    column_list: Any
    column_sortable_list: Any
    column_filters: Any
    column_default_sort: Any
    inline_models: Any

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

    def create_form(self, obj: Any = None) -> Any:
        """Return the form for a new row, with what was sent as text; files have no place in it."""
        return self._create_form_class(request.form if request.method == "POST" else None, obj=obj)

    def edit_form(self, obj: Any = None) -> Any:
        """Return the form for a stored row, with what was sent."""
        return self._edit_form_class(request.form if request.method == "POST" else None, obj=obj)

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

    def may_create(self, parent: Base | None = None) -> Decision:
        """Say whether the person may add a row, within a parent if there is one, whose rule then holds."""
        decision = self.allows(Permission.CREATE)
        if parent is None or not decision:
            return decision
        return decide(actor_of(db.session), Permission.CREATE, type(parent), parent)

    def demand(self, permission: Permission, row: Base | None = None) -> None:
        """Refuse unless the person may do this."""
        self.insist(self.allows(permission, row))

    @staticmethod
    def insist(decision: Decision) -> None:
        """Refuse, in the words of the decision, what it does not allow."""
        if not decision:
            raise Refused(decision.reason, **decision.params)

    def _run_view(self, fn: Any, *args: Any, **kwargs: Any) -> Any:
        """Call the view; Flask-Admin would call it again on any TypeError and hide the real one."""
        return fn(self, *args, **kwargs)
