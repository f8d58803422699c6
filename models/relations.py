"""`parent()` and `reference()`: one line in a class becomes a foreign key and a relationship."""

from __future__ import annotations

import re
from collections.abc import Collection
from dataclasses import dataclass
from difflib import get_close_matches
from typing import Any, Literal

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, backref, mapped_column, relationship

from models.naming import plural, snake

Orphans = Literal["refuse", "clear", "default", "delete", "never"]

_targets: list[tuple[str, str]] = []  # where a relation is declared, and the name of the class it leads to


@dataclass(frozen=True, kw_only=True)
class Relation:
    """A many-to-one relation, not yet attached to its class."""

    label: str | None = None
    help: str | None = None
    indexed: bool = True

    def attach(self, owner: type, name: str, annotation: str) -> None:
        """Add `<name>_id` and the relationship to the class, read from its `Mapped[Target | None]` annotation."""
        target, optional = read_annotation(owner, name, annotation)
        key = ForeignKey(f"{snake(target)}.id", ondelete=self.on_delete)
        owner.__annotations__[f"{name}_id"] = Mapped[int | None] if optional else Mapped[int]
        owner.__annotations__.setdefault(name, annotation)
        setattr(owner, f"{name}_id", mapped_column(key, index=self.indexed, info={"relation": name}))
        setattr(owner, name, relationship(target, **self.options(owner, name, target)))

    @property
    def on_delete(self) -> str:
        """What the database does with this row when the other one is deleted."""
        return "RESTRICT"

    def options(self, owner: type, name: str, target: str) -> dict[str, Any]:
        """Return the arguments of the relationship; one that leads to its own entity says which end is the other."""
        itself = {"remote_side": f"{owner.__name__}.id"} if target == owner.__name__ else {}
        return {"foreign_keys": f"{owner.__name__}.{name}_id", "info": {"relation": self}} | itself


@dataclass(frozen=True, kw_only=True)
class Reference(Relation):
    """A row that this one points to.

    `orphans` says what becomes of this row when the other one is deleted; `creator` fills it with the user who creates
    the row, `sole` with the only row there is to choose. A `derived` one may be left empty on a new row. The other
    record shows the rows that point to it where this is `listed`. `within` names a relation that both rows have, and
    that must lead to the same row, `sees` one to the row that a user who is chosen should see. Rows that belong
    together and differ where it is `apart` are meant to be several.
    """

    orphans: Orphans = "refuse"
    creator: bool = False
    sole: bool = False
    derived: bool = False
    listed: bool = False
    fixed: bool = False
    within: str | None = None
    sees: str | None = None
    apart: bool = False


@dataclass(frozen=True, kw_only=True)
class Parent(Relation):
    """The row that this one belongs to and is deleted with; `most` is how many a record may have of a part.

    A part with a `position` stands in that order.
    """

    part: bool = False
    most: int = 50

    @property
    def on_delete(self) -> str:
        """A child goes with its parent."""
        return "CASCADE"

    def options(self, owner: type, name: str, target: str) -> dict[str, Any]:
        """Add the parent's collection, ordered and deleting what leaves it."""
        collection = backref(
            plural(snake(owner.__name__).removeprefix(f"{name}_")),
            cascade="all, delete-orphan",
            order_by=f"({owner.__name__}.position, {owner.__name__}.id)"
            if _is_ordered(owner)
            else f"{owner.__name__}.id",
            info={"children": True},
        )
        return super().options(owner, name, target) | {"backref": collection}


def _is_ordered(owner: type) -> bool:
    return "position" in owner.__annotations__


def check_targets(known: Collection[str]) -> None:
    """Raise TypeError if a relation leads to a class that does not exist, and say which one was probably meant."""
    for where, target in _targets:
        if target not in known:
            close = get_close_matches(target, list(known), 1, 0.5)
            hint = f"did you mean “{close[0]}”?" if close else f"there are: {', '.join(sorted(known))}."
            raise TypeError(f"{where} leads to “{target}”, which does not exist; {hint}")


def read_annotation(owner: type, name: str, annotation: Any) -> tuple[str, bool]:
    """Return the class named in `Mapped[Target | None]`, and whether None is allowed."""
    match = re.fullmatch(r"Mapped\[\s*[\"']?\s*(\w+)\s*(\|\s*None)?\s*[\"']?\s*\]", str(annotation))
    if not match:
        raise TypeError(
            f"{owner.__name__}.{name}: write Mapped[Other] or Mapped[Other | None], not {annotation}, "
            "in a module that begins with from __future__ import annotations"
        )
    _targets.append((f"{owner.__name__}.{name}", match[1]))
    return match[1], bool(match[2])
