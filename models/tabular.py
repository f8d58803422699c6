"""Parts that are read and edited as a table: a line for each value of a key, whether a row is stored for it or not."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, ClassVar

from models.choices import Choice


class Tabular:
    """Adds to a part, whose key is *one of* a list and stands once in a record, that it is drawn as a table.

    The other fields are choices, a column each. Where there is a `__rest__`, the row with that key holds for every key
    that has no row of its own.
    """

    __key__: ClassVar[str]
    __rest__: ClassVar[str | None] = None
    __hint__: ClassVar[str] = ""  # the sentence above the table

    @classmethod
    def cell(cls, value: str, key: str) -> Sequence[Choice]:
        """Return what a column may say in the line of a value; nothing where it has no meaning."""
        raise NotImplementedError

    @classmethod
    def instead(cls, whole: Any) -> str | None:
        """Return the sentence that stands in place of the table of a record that needs none."""
        return None
