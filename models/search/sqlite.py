"""Search on SQLite: an FTS5 index of trigrams over the folded text.

The index has no content of its own and deletes by key, so it cannot come apart from its entries; it keeps no
positions, which halves it, and what it finds is looked at once more. Letters are folded by a table, not by a
function of this program, so that any program may write the database.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from sqlalchemy import ColumnElement, Connection, FromClause, column, func, or_, select, table, text

from models.rules.text import fold
from models.search.backend import Ask, Backend
from models.search.index import SearchEntry
from models.search.triggers import PREFIX, Trigger

# Latin with its extensions, Greek, Cyrillic, Vietnamese: SQLite's own lower() knows ASCII alone.
_ALPHABETS = ((0xC0, 0x24F), (0x370, 0x3FF), (0x400, 0x4FF), (0x1E00, 0x1EFF))
_LETTERS = [chr(code) for first, last in _ALPHABETS for code in range(first, last + 1)]
PLAIN = {letter: fold(letter) for letter in _LETTERS if fold(letter) not in {"", letter}}
_ASCII = str.maketrans({chr(code): chr(code + 32) for code in range(ord("A"), ord("Z") + 1)})

_FTS = "fts5(folded, content='', contentless_delete=1, detail=none, tokenize='trigram case_sensitive 1')"
_MOST_TRIGRAMS = 16

_SET_FOLDED = "UPDATE search_entry SET folded = lower(new.body) WHERE id = new.id"
# One replacement after another, of the letters that occur; only for texts that are not plain ASCII.
_FOLD_LETTERS = """
UPDATE search_entry SET folded = (
  WITH RECURSIVE
    present AS MATERIALIZED (
      SELECT row_number() OVER () AS n, letter, plain FROM search_letter WHERE instr(new.body, letter) > 0
    ),
    step(n, text) AS (
      SELECT 0, lower(new.body)
      UNION ALL
      SELECT present.n, replace(step.text, letter, plain) FROM step JOIN present ON present.n = step.n + 1
    )
  SELECT text FROM step ORDER BY n DESC LIMIT 1
) WHERE id = new.id AND new.body GLOB '*[^' || char(1) || '-' || char(127) || ']*'
"""
_SET_START = "UPDATE search_entry SET start = substr(folded, 1, 2) WHERE id = new.id"
_INDEX = "INSERT OR REPLACE INTO search_fts (rowid, folded) SELECT id, folded FROM search_entry WHERE id = new.id"

OWN = (
    Trigger("search_entry_added", "search_entry", "INSERT", None, (_SET_FOLDED, _FOLD_LETTERS, _SET_START, _INDEX)),
    Trigger("search_entry_gone", "search_entry", "DELETE", None, ("DELETE FROM search_fts WHERE rowid = old.id",)),
)

_fts = table("search_fts", column("rowid"), column("search_fts"))


class SQLite(Backend):
    """FTS5 and instr()."""

    name = "sqlite"

    @property
    def version(self) -> str:
        """The index, its triggers and the letters."""
        return repr((_FTS, OWN, PLAIN))

    def fold(self, text: str) -> str:
        """Do as the trigger does."""
        return "".join(PLAIN.get(letter, letter) for letter in text.translate(_ASCII))

    def create(self, connection: Connection) -> None:
        """Create the trigram index and the table of letters."""
        connection.execute(text("DROP TABLE IF EXISTS search_fts"))
        connection.execute(text(f"CREATE VIRTUAL TABLE search_fts USING {_FTS}"))
        connection.execute(text("DROP TABLE IF EXISTS search_letter"))
        create = "CREATE TABLE search_letter (letter TEXT PRIMARY KEY, plain TEXT NOT NULL) WITHOUT ROWID"
        connection.execute(text(create))
        rows = [{"letter": letter, "plain": plain} for letter, plain in PLAIN.items()]
        connection.execute(text("INSERT INTO search_letter VALUES (:letter, :plain)"), rows)

    def finish(self, connection: Connection) -> None:
        """Leave the index as it is: it merges itself."""

    def drop_triggers(self, connection: Connection) -> None:
        """Drop those of entities and of the index."""
        named = f"name GLOB '{PREFIX}*' OR tbl_name = 'search_entry'"
        names = connection.scalars(text(f"SELECT name FROM sqlite_master WHERE type = 'trigger' AND ({named})"))  # noqa: S608
        for name in names.all():
            connection.execute(text(f'DROP TRIGGER "{name}"'))

    def create_triggers(self, connection: Connection, triggers: Iterable[Trigger]) -> None:
        """Write every trigger out."""
        for each in (*OWN, *triggers):
            when = f"WHEN {each.condition} " if each.condition else ""
            head = f'CREATE TRIGGER "{each.name}" AFTER {each.event} ON "{each.table}" {when}'
            connection.execute(text(f"{head}BEGIN {'; '.join(each.statements)}; END"))

    def found(self, forms: Sequence[str]) -> FromClause:
        """Entries with all trigrams of a form, then with the form itself."""
        entry = SearchEntry.__table__.alias()
        exact = or_(*(self.contains(entry.c.folded, form) for form in forms))
        return select(entry).join(_fts, _fts.c.rowid == entry.c.id).where(_match(forms), exact).subquery()

    def frequency(self, ask: Ask, forms: Sequence[str], most: int) -> int:
        """Count those with all trigrams of a form: the index alone is read."""
        some = select(_fts.c.rowid).where(_match(forms)).limit(most + 1).subquery()
        return ask(select(func.count()).select_from(some)) or 0

    def contains(self, text: ColumnElement[str], form: str | ColumnElement[str]) -> ColumnElement[bool]:
        """As instr() sees it."""
        return func.instr(text, form) > 0

    def among(self, key: Any, keys: Sequence[int]) -> ColumnElement[bool]:
        """In a JSON array."""
        return key.in_(select(column("value")).select_from(func.json_each(json.dumps(keys))))  # type: ignore[no-any-return]

    def table(self, rows: Sequence[Mapping[str, Any]]) -> FromClause:
        """A JSON array of objects."""
        each = func.json_each(json.dumps(rows)).table_valued("value")
        key, form = (func.json_extract(each.c.value, f"$.{name}") for name in ("key", "form"))
        return select(key.label("key"), form.label("form")).subquery()


def _match(forms: Sequence[str]) -> ColumnElement[bool]:
    return _fts.c.search_fts.op("MATCH")(" OR ".join(f"({_trigrams(form)})" for form in forms))


def _trigrams(form: str) -> str:
    """All of a text's trigrams, or of a long text as many as tell it from others."""
    grams = dict.fromkeys(form[at : at + 3] for at in range(len(form) - 2))
    return " AND ".join('"' + gram.replace('"', '""') + '"' for gram in list(grams)[:_MOST_TRIGRAMS])
