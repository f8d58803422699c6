"""The rule that business units form a tree, also when several are moved at the same moment."""

from __future__ import annotations

from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session, UOWTransaction

from models.checking import is_reassigned
from models.errors import DomainError
from models.gate import ungated
from models.i18n import N_
from models.related import relation_set
from models.unit import BusinessUnit

CIRCLE = N_("A business unit cannot be part of itself, nor of one that is part of it.")
WALKING = ungated("which unit is below which counts for everybody; how they are called is not told")


def keep_a_tree(session: Session, context: UOWTransaction, instances: object) -> None:
    """Refuse to move a unit below itself; the tree stays locked until the move is committed."""
    moved = [
        unit
        for unit in (*session.new, *session.dirty)
        if isinstance(unit, BusinessUnit) and is_reassigned(unit, "above")
    ]
    if not moved:
        return
    rows = select(BusinessUnit.id, BusinessUnit.above_id).order_by(BusinessUnit.id).with_for_update()  # type: ignore[attr-defined]
    above: dict[Any, Any] = {key: up for key, up in session.execute(rows, execution_options=WALKING)}  # noqa: C416
    above |= {_node(unit): _above(unit) for unit in moved}
    for unit in moved:
        if _leads_round(_node(unit), above):
            error = DomainError(CIRCLE, "above")
            error.subject = unit
            raise error


def _node(unit: Any) -> Any:
    """Return the key of a stored unit, of a new one the unit itself."""
    return unit if unit.id is None else unit.id


def _above(unit: Any) -> Any:
    if not relation_set(unit, "above"):
        return unit.above_id
    return None if unit.above is None else _node(unit.above)


def _leads_round(start: Any, above: dict[Any, Any]) -> bool:
    """Return whether one comes back to a unit by going up."""
    seen, here = {start}, above.get(start)
    while here is not None and here not in seen:
        seen.add(here)
        here = above.get(here)
    return here is not None
