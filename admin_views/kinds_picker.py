"""The form field of a relation: another row, found by typing."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from flask_babel import gettext
from wtforms import fields
from wtforms.validators import StopValidation

from admin_views.controls import Control, read_key
from models.base import Base
from models.description import title_of


class Picker(Control, fields.Field):
    """Another row, found by typing. `find(key)` and `named(text)` look rows up through the read gate."""

    widget_kind = "picker"
    lookup_url = ""
    create_url: str | None = None
    choices: Sequence[tuple[str, str]] = ()
    few: Sequence[tuple[str, str]] | None = None  # all there is to choose, where that is little
    typed = ""
    offers: Callable[[Base], bool] | None = None  # whether a row may newly be chosen; all may, unless it is said
    demanded = False  # whether it may not be left empty here, though others may

    def __init__(
        self,
        *args: Any,
        find: Callable[[int], Base | None],
        named: Callable[[str], Sequence[Base]],
        **kwargs: Any,
    ) -> None:
        self.find, self.named = find, named
        super().__init__(*args, **kwargs)

    @property
    def current(self) -> Sequence[tuple[str, str]]:
        """The row now chosen, and others that what was typed may mean."""
        chosen = [(self.chosen, title_of(self.data))] if self.data is not None else []
        if self.few is not None:
            return [*self.few, *(each for each in chosen if each not in self.few)]
        return [*chosen, *self.choices]

    @property
    def chosen(self) -> str:
        """The key of the row now chosen."""
        return str(self.data.id) if self.data is not None else ""

    def process_formdata(self, valuelist: list[Any]) -> None:
        """Find the row by what was typed without JavaScript, which says more than what stands beside it, or by key."""
        if not valuelist:
            return
        key, self.typed = valuelist[0], (valuelist[1].strip() if len(valuelist) > 1 else "")
        self.data = None
        if self.typed:
            self._take(self.named(self.typed))
        elif key:
            self.data = self.find(read_key(key) or 0)
            if self.data is None:
                raise ValueError(gettext("This does not exist, or is not yours to use."))

    def pre_validate(self, form: Any) -> None:
        """Refuse what can no longer be chosen; what was chosen before stays."""
        if self.demanded and self.object_data is not None and self.data is None:
            raise StopValidation(gettext("This field is required."))
        if self.data is not None and self.data is not self.object_data and self.offers and not self.offers(self.data):
            text = gettext("“%(title)s” can no longer be chosen, or is not yours to choose.", title=title_of(self.data))
            raise StopValidation(text)

    def populate_obj(self, obj: Any, name: str) -> None:
        """Leave a relation alone that was and stays empty here: it may point to a row that the person cannot see."""
        if self.data is not None or self.object_data is not None:
            setattr(obj, name, self.data)

    def _take(self, found: Sequence[Base]) -> None:
        if len(found) == 1:
            self.data, self.typed = found[0], ""
            return
        self.choices = [(str(row.id), title_of(row)) for row in found]
        none = gettext("Nothing called “%(name)s” was found.", name=self.typed)
        raise ValueError(gettext("Several match: choose one of them.") if found else none)
