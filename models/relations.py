"""`parent()` and `reference()`: one line in a class becomes a foreign key and a relationship."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any, Literal

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, backref, mapped_column, relationship

from models.naming import plural, snake

Orphans = Literal["refuse", "clear", "default"]


@dataclass(frozen=True, kw_only=True)
class Relation:
    """A many-to-one relation, not yet attached to its class."""

    label: str | None = None
    help: str | None = None

    def attach(self, owner: type, name: str, annotation: str) -> None:
        """Add `<name>_id` and the relationship to the class, read from its `Mapped[Target | None]` annotation."""
        target, optional = read_annotation(owner, name, annotation)
        key = ForeignKey(f"{snake(target)}.id", ondelete=self.on_delete)
        owner.__annotations__[f"{name}_id"] = Mapped[int | None] if optional else Mapped[int]
        owner.__annotations__.setdefault(name, annotation)
        setattr(owner, f"{name}_id", mapped_column(key, index=True, info={"relation": name}))
        setattr(owner, name, relationship(target, **self.options(owner, name)))

    @property
    def on_delete(self) -> str:
        """What the database does with this row when the other one is deleted."""
        return "RESTRICT"

    def options(self, owner: type, name: str) -> dict[str, Any]:
        """Return the arguments of the relationship."""
        return {"foreign_keys": f"{owner.__name__}.{name}_id", "info": {"relation": self}}


@dataclass(frozen=True, kw_only=True)
class Reference(Relation):
    """A row that this one points to.

    `orphans` says what becomes of this row when the other one is deleted; `creator` fills it with the user who creates
    the row.
    """

    orphans: Orphans = "refuse"
    creator: bool = False
    fixed: bool = False


@dataclass(frozen=True, kw_only=True)
class Parent(Relation):
    """The row that this one belongs to and is deleted with."""

    part: bool = False

    @property
    def on_delete(self) -> str:
        """A child goes with its parent."""
        return "CASCADE"

    def options(self, owner: type, name: str) -> dict[str, Any]:
        """Add the parent's collection, ordered and deleting what leaves it."""
        collection = backref(
            plural(snake(owner.__name__).removeprefix(f"{name}_")),
            cascade="all, delete-orphan",
            order_by=f"{owner.__name__}.id",
            info={"children": True},
        )
        return super().options(owner, name) | {"backref": collection}


def read_annotation(owner: type, name: str, annotation: Any) -> tuple[str, bool]:
    """Return the class named in `Mapped[Target | None]`, and whether None is allowed."""
    match = re.fullmatch(r"Mapped\[\s*([A-Za-z_]+)\s*(\|\s*None)?\s*\]", str(annotation))
    if not match:
        raise TypeError(f"{owner.__name__}.{name}: write Mapped[Other] or Mapped[Other | None], not {annotation}")
    return match[1], bool(match[2])
