"""What a view is before it shows anything: its options, derived from the model where nobody set them, and its policy.

Flask-Admin would guess lists, filters and forms from the columns; here the declaration says them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import cached_property
from typing import Any

from flask import request
from flask_admin.contrib.sqla import ModelView
from flask_admin.form import BaseForm

from admin_views import declared, options
from admin_views.forms import build_form
from admin_views.guarded import attribute_at
from admin_views.lists.filters import Filter, filters_for
from models.base import Base, db
from models.description import Attribute, describe
from models.errors import Refused
from models.gate import actor_of
from models.masking import reads_all
from models.permissions import Actor, Decision, Permission, decide, may_edit, may_see


class DeclaredView(ModelView):
    """A view whose every option has a default derived from the model, and whose rights are those of the person.

    Options that name fields name, to each person, those alone that they may see, or type.
    """

    list_template = "admin/list.html"
    page_size = 50
    page_size_options = (50, 20, 100)
    can_view_details = True
    menu_group = "More"
    menu_icon = "database"
    about = ""  # what the rows are for, in a sentence that an empty list says
    arises = ""  # how they come about where nobody makes them in the list
    column_first = ""  # by which the rows are told apart before they follow the usual order
    column_subtitle: str | None = None
    panels_above = 3  # of a record, before its children; the others follow them
    column_list: Any = options.shown()
    column_sortable_list: Any = options.told()
    column_filters: Any = options.told()
    choosable_columns: Any = options.shown()
    record_summary: Any = options.shown()
    record_badges: Any = options.shown()
    form_panels: Any = options.panels()
    form_columns: Any = options.typed()
    exported: Any = options.shown()
    column_default_sort: Any
    inline_models: Any

    def __init_subclass__(cls, **words: Any) -> None:
        super().__init_subclass__(**words)
        options.keep_options(cls)

    def __init__(self, model: type[Base], **words: Any) -> None:
        self.description = describe(model)
        self._derive()
        name = words.pop("name", model.__plural__)
        super().__init__(model, db, name=name, endpoint=model.__tablename__, url=f"/{model.__tablename__}", **words)

    def _derive(self) -> None:
        """Fill in every attribute that the view does not declare."""
        self.column_list = self.column_list or declared.columns(self.description)
        self.column_sortable_list = self.column_sortable_list or declared.sortable(self.description)
        self.column_filters = self.column_filters or declared.filters(self.description)
        self.column_default_sort = self.column_default_sort or declared.default_sort(self.description)
        self.column_subtitle = self.column_subtitle or declared.subtitle(self.description)
        self.record_summary = self.record_summary or declared.summary(self.description)
        self.record_badges = self.record_badges or declared.badges(self.description)
        self.form_panels = self.form_panels or declared.panels(self.description)
        self.form_columns = self._unfixed(key for _, keys in self.form_panels for key in keys)
        self.inline_models = self.inline_models or [child.model for child in self.description.grids]
        self.exported = [each.key for each in self.description.shown if not each.secret]
        self.choosable_columns = declared.choosable(self.description)

    @property
    def usual_order(self) -> str:
        """What the list is sorted by unless its address says something else."""
        return ",".join(filter(None, (self.column_first, self.column_default_sort)))

    # Whose fields: guarded ones are for those alone whose role opens them.

    def visible(self, keys: Iterable[str]) -> list[str]:
        """Return those of the fields, and collections, that the person may see."""
        return self._open(keys, may_see)

    def typed(self, keys: Iterable[str]) -> list[str]:
        """Return those of the fields, and collections, that the person may change; panels show fixed ones as well."""
        return self._unfixed(self._open(keys, may_edit))

    def told(self, keys: Iterable[str]) -> list[str]:
        """Return those of the fields, and collections, by which the person may find rows: by no masked ones."""
        seen = self.visible(keys)
        if reads_all(actor_of(db.session)):
            return seen
        found = {key: attribute_at(self.model, key) for key in seen}
        return [key for key, each in found.items() if each is None or not each.maskable]

    def _unfixed(self, keys: Iterable[str]) -> list[str]:
        fixed = {each.key for each in self.description.attributes.values() if each.facts.fixed}
        return [key for key in keys if key not in fixed]

    def _open(self, keys: Iterable[str], may: Callable[[Actor, Attribute], bool]) -> list[str]:
        guarded = self.description.guarded
        closed = {each.key for each in guarded if not may(actor_of(db.session), each)}
        return [key for key in keys if key not in closed]

    # What Flask-Admin would scaffold by guessing, and we know from the declaration.

    def get_list_columns(self) -> list[tuple[str, str]]:
        """Return the columns of the list with their labels."""
        return [(key, self.description.attributes[key].label) for key in self.column_list]

    def get_export_columns(self) -> list[tuple[str, str]]:
        """Return the columns of an export with their labels: every one that is shown, but secrets."""
        return [(key, self.description.attributes[key].label) for key in self.exported]

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
        return self.form_class()(request.form if request.method == "POST" else None, obj=obj)

    def edit_form(self, obj: Any = None) -> Any:
        """Return the form for a stored row, with what was sent."""
        return self.form_class()(request.form if request.method == "POST" else None, obj=obj)

    def form_class(self) -> type[BaseForm]:
        """Return the form with what the person may type: for most people, the one with everything."""
        keys = self.form_columns
        whole = keys == options.declared(self, "form_columns")
        return self._edit_form_class if whole else build_form(self.model, keys)

    def get_create_form(self) -> type[BaseForm]:
        """Return the form class for a new row."""
        return self.scaffold_form()

    def get_edit_form(self) -> type[BaseForm]:
        """Return the form class for a stored row."""
        return self.scaffold_form()

    @property
    def filters(self) -> dict[str, Filter]:
        """The filters of the list by key, as far as the person may see what they filter by."""
        return {key: self.every_filter[key] for key in self.column_filters}

    @cached_property
    def every_filter(self) -> dict[str, Filter]:
        """The filters of the list by key, whoever asks."""
        return filters_for(self.model, options.declared(self, "column_filters"))

    def view_of(self, model: type[Base]) -> Any:
        """Return the view that manages an entity, if there is one."""
        return next((each for each in self.admin._views if getattr(each, "model", None) is model), None)

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
