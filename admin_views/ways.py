"""The addresses of a view: its list as it was left, a form that leads back there, a record in its place of the list."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from flask import request, url_for

from admin_views.controls import read_key
from admin_views.lists.listing import State
from models.base import Base


class Ways:
    """A view that knows where its pages are."""

    def list_url(self: Any) -> str:
        """Return the address of the list as it was when it was left."""
        state = self.state()
        query = state.query(page=state.page)
        return f"{self.get_url('.index_view')}{'?' if query else ''}{query}"

    def new_url(self: Any, state: State) -> str:
        """Return the address of the form for a new row, which leads back to the list as it is."""
        query = urlencode(state.pairs(without=[name for name, _ in state.scope]))
        return f"{self.get_url('.create_view')}{'?' if query else ''}{query}"

    def record_url(self: Any, row: Base) -> str:
        """Return the address of a record, with its place in the list that it was opened from."""
        return f"{self.get_url('.details_view', id=row.id)}{self.trail()}"

    def trail(self: Any) -> str:
        """Return the arguments that tell from which place of which list the record was opened."""
        at, state = read_key(request.args.get("at", "")), self.state()
        return "&" + urlencode([("at", at), *state.pairs()]) if at else ""

    def get_url(self: Any, endpoint: str, **values: Any) -> str:
        """Return an address of this view (`.edit_view`), whichever view the request is in."""
        return url_for(f"{self.endpoint}{endpoint}" if endpoint.startswith(".") else endpoint, **values)
