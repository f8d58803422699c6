"""What a record comes to, and forms read as far as they can be, to compute it while somebody types."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from typing import Any

from flask_babel import gettext

from admin_views import kinds_figures
from admin_views.page import Total
from models.base import Base
from models.errors import DomainError


def totals_of(row: Base) -> list[Total]:
    """Return what a row comes to, in the reader's language."""
    return [
        Total(
            gettext(each.label, **{key: kinds_figures.number(value) for key, value in each.params.items()}),
            kinds_figures.amount(each.amount, each.currency),
            each.main,
        )
        for each in row.summary()
    ]


def only_reads(view: Callable[..., Any]) -> Callable[..., Any]:
    """Mark a view that is posted to and writes nothing, so that it need not wait for those who do."""
    view.only_reads = True  # type: ignore[attr-defined]
    return view


def take(field: Any, form: Any, row: Base) -> bool:
    """Let a row have what was typed into a field, if that can be read."""
    with suppress(DomainError, ValueError):
        if field.validate(form):
            field.populate_obj(row, field.short_name)
            return True
    return False
