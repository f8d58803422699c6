"""What the two databases do differently for search."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, ClassVar

from sqlalchemy import BindParameter, ColumnElement, Connection, Executable, FromClause

from models.search.triggers import Trigger

Ask = Callable[[Executable], Any]  # sends a statement, and returns its one value


class Backend(ABC):
    """One database's index, its triggers and its way to ask."""

    name: ClassVar[str]

    @property
    @abstractmethod
    def version(self) -> str:
        """What the index is made of; when it changes, every entry is made anew."""

    @abstractmethod
    def fold(self, text: str) -> str:
        """Return a text as this database's index holds it: without case and accents."""

    @abstractmethod
    def create(self, connection: Connection) -> None:
        """Create, empty, what the index needs beside its table."""

    @abstractmethod
    def finish(self, connection: Connection) -> None:
        """Do what is better done when the entries are there."""

    @abstractmethod
    def drop_triggers(self, connection: Connection) -> None:
        """Drop every trigger of search."""

    @abstractmethod
    def create_triggers(self, connection: Connection, triggers: Iterable[Trigger]) -> None:
        """Create the triggers of entities, and those of the index itself."""

    @abstractmethod
    def found(self, forms: Sequence[str]) -> FromClause:
        """Return the entries that contain one of these texts, found through the index."""

    @abstractmethod
    def frequency(self, ask: Ask, forms: Sequence[str], most: int) -> int:
        """Return about how many entries have one of these texts, at little cost; it need not count beyond `most`."""

    @abstractmethod
    def contains(self, text: ColumnElement[str], form: str | ColumnElement[str]) -> ColumnElement[bool]:
        """Return whether a folded text contains another, letter by letter."""

    @abstractmethod
    def among(self, key: Any, keys: Sequence[int]) -> ColumnElement[bool]:
        """Return whether a key is one of many, sent as a single parameter."""

    @abstractmethod
    def table(self, rows: Sequence[Mapping[str, Any]]) -> FromClause:
        """Return rows of `key` and `form`, sent as a single parameter or one each, as something to select from."""


def raw(value: Any, kind: Any) -> BindParameter[Any]:
    """Return a bound parameter of a type."""
    return BindParameter(None, value, type_=kind, unique=True)
