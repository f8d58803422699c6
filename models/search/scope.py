"""Which entries belong to a record of an entity: its own, and those of all that hangs below it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, FromClause, and_, case, or_, select

from models.base import Base
from models.search.lines import ancestry, descendants, halves, key_above, keys_below


@dataclass(frozen=True)
class Scope:
    """The entries that a search for records of one entity looks at; those of what is `personal` only for some."""

    model: type[Base]
    personal: bool = True

    @property
    def name(self) -> str:
        """The entity's name in the index."""
        return str(self.model.__tablename__)

    @property
    def is_root(self) -> bool:
        """Whether the entity is the topmost, so that the root of an entry is the record itself."""
        return len(ancestry(self.model)) == 1

    @property
    def is_searched(self) -> bool:
        """Whether there are entries at all."""
        return bool(halves(self.model) or descendants(self.model))

    def holds(self, entry: FromClause) -> ColumnElement[bool]:
        """Return whether an entry belongs to any record of the entity."""
        if self.is_root:
            return self.open(entry, entry.c.root_entity == self.name)
        names = [self.name, *(each.__tablename__ for each in descendants(self.model))]
        return self.open(entry, entry.c.entity.in_(names))

    def open(self, entry: FromClause, clause: ColumnElement[bool]) -> ColumnElement[bool]:
        """Return a clause about entries, narrowed to those that may be looked at."""
        return clause if self.personal else and_(clause, entry.c.personal.is_(False))

    def key(self, entry: FromClause) -> ColumnElement[Any]:
        """Return the key of the record that an entry of this scope belongs to."""
        if self.is_root:
            return entry.c.root_id
        below = {each.__tablename__: self._key_from(each, entry) for each in descendants(self.model)}
        return case(below, value=entry.c.entity, else_=entry.c.row_id) if below else entry.c.row_id

    def of(self, entry: FromClause, key: ColumnElement[Any]) -> ColumnElement[bool]:
        """Return whether an entry belongs to the record with this key."""
        if self.is_root:
            return self.open(entry, and_(entry.c.root_entity == self.name, entry.c.root_id == key))
        below = (
            and_(entry.c.entity == each.__tablename__, entry.c.row_id.in_(keys_below(each, self.model, key)))
            for each in descendants(self.model)
        )
        return self.open(entry, or_(self.own(entry, key), *below))

    def own(self, entry: FromClause, key: ColumnElement[Any]) -> ColumnElement[bool]:
        """Return whether an entry is that of the record itself."""
        return self.open(entry, and_(entry.c.entity == self.name, entry.c.row_id == key))

    def _key_from(self, model: type[Base], entry: FromClause) -> ColumnElement[Any]:
        table = model.__table__.alias()
        key = key_above(model, self.model, table.c.__getitem__)
        return select(key).where(table.c.id == entry.c.row_id).scalar_subquery()
