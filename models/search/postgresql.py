"""Search on PostgreSQL: a GIN index of trigrams (pg_trgm) over the folded text."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from sqlalchemy import ARRAY, ColumnElement, Connection, FromClause, Integer, Text, any_, func, or_, select, text

from models.search.backend import Ask, Backend, raw
from models.search.index import SearchEntry
from models.search.triggers import PREFIX, Trigger

# Letters that Unicode does not take apart into a base letter and an accent.
_PLAIN = {"ß": "ss", "æ": "ae", "œ": "oe", "þ": "th"}
_FROM, _TO = "øłđðħıŧς", "olddhitσ"
_TRANSLATE = str.maketrans(dict(zip(_FROM, _TO, strict=True)) | _PLAIN)
_ACCENTS = "\u0300-\u036f"


def _search_fold() -> str:
    """The SQL twin of `PostgreSQL.fold`: one's own function, so that it is immutable on every server."""
    value = f"lower(regexp_replace(normalize(value, NFKD), '[{_ACCENTS}]', '', 'g'))"
    for letter, plain in _PLAIN.items():
        value = f"replace({value}, '{letter}', '{plain}')"
    body = f"SELECT translate({value}, '{_FROM}', '{_TO}')"
    return (
        "CREATE OR REPLACE FUNCTION search_fold(value text) RETURNS text LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE "
        f"AS $$ {body} $$"
    )


_ADDED = """
CREATE OR REPLACE FUNCTION search_entry_added() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN NEW.folded = search_fold(NEW.body); NEW.start = left(NEW.folded, 2); RETURN NEW; END $$
"""
_ON_ADDED = (
    "CREATE TRIGGER search_entry_added BEFORE INSERT ON search_entry FOR EACH ROW EXECUTE FUNCTION search_entry_added()"
)
# Every search reads the list of entries that are still to be sorted in; kept short (in kB), it hardly costs anything.
_INDEX = (
    "CREATE INDEX IF NOT EXISTS ix_search_entry_folded ON search_entry USING gin (folded gin_trgm_ops) "
    "WITH (gin_pending_list_limit = 128)"
)
_TRIGGER_FUNCTIONS = """
SELECT proname FROM pg_proc WHERE prorettype = 'trigger'::regtype AND pronamespace = current_schema()::regnamespace
AND (starts_with(proname, :prefix) OR proname = 'search_entry_added')
"""


class PostgreSQL(Backend):
    """pg_trgm and strpos()."""

    name = "postgresql"

    @property
    def version(self) -> str:
        """The index, its trigger and how texts are folded."""
        return repr((_INDEX, _ADDED, _search_fold()))

    def fold(self, text: str) -> str:
        """Do as search_fold() does."""
        return re.sub(f"[{_ACCENTS}]", "", unicodedata.normalize("NFKD", text)).lower().translate(_TRANSLATE)

    def create(self, connection: Connection) -> None:
        """Create the extension and the function that folds; a role that owns the database may do both."""
        connection.execute(text("DROP INDEX IF EXISTS ix_search_entry_folded"))
        connection.execute(text("CREATE EXTENSION IF NOT EXISTS pg_trgm"))
        connection.execute(text(_search_fold()))
        # A larger sample tells rare words from common ones, so that a rare one is never looked for row by row.
        connection.execute(text("ALTER TABLE search_entry ALTER COLUMN folded SET STATISTICS 500"))

    def finish(self, connection: Connection) -> None:
        """Index the entries, which is quicker once they are there, and count them for the planner."""
        connection.execute(text(_INDEX))
        connection.execute(text("ANALYZE search_entry"))

    def drop_triggers(self, connection: Connection) -> None:
        """Drop the functions, and with them the triggers."""
        for name in connection.scalars(text(_TRIGGER_FUNCTIONS), {"prefix": PREFIX}).all():
            connection.execute(text(f'DROP FUNCTION "{name}"() CASCADE'))

    def create_triggers(self, connection: Connection, triggers: Iterable[Trigger]) -> None:
        """Write every trigger and its function out."""
        connection.execute(text(_ADDED))
        connection.execute(text(_ON_ADDED))
        for each in triggers:
            body = f"BEGIN {'; '.join(each.statements)}; RETURN NULL; END"
            function = f'CREATE FUNCTION "{each.name}"() RETURNS trigger LANGUAGE plpgsql'
            connection.execute(text(f"{function} AS $$ {body} $$"))
            when = f"WHEN ({each.condition}) " if each.condition else ""
            head = f'CREATE TRIGGER "{each.name}" AFTER {each.event} ON "{each.table}" FOR EACH ROW {when}'
            connection.execute(text(f'{head}EXECUTE FUNCTION "{each.name}"()'))

    def found(self, forms: Sequence[str]) -> FromClause:
        """Entries like the forms; planned as if all were wanted, because under a LIMIT a whole scan may look cheap."""
        entry = SearchEntry.__table__.alias()
        like = or_(*(entry.c.folded.like(_pattern(form)) for form in forms))
        return select(entry).where(like).cte(nesting=True).prefix_with("MATERIALIZED")

    def frequency(self, ask: Ask, forms: Sequence[str], most: int) -> int:
        """Ask the planner, who keeps a sample: its index would find every entry before the first is counted."""
        like = " OR ".join(f"folded LIKE :form{number}" for number in range(len(forms)))
        values = {f"form{number}": _pattern(form) for number, form in enumerate(forms)}
        explain = text(f"EXPLAIN (FORMAT JSON) SELECT FROM search_entry WHERE {like}").bindparams(**values)
        return int(ask(explain)[0]["Plan"]["Plan Rows"])

    def contains(self, text: ColumnElement[str], form: str | ColumnElement[str]) -> ColumnElement[bool]:
        """As strpos() sees it."""
        return func.strpos(text, form) > 0

    def among(self, key: Any, keys: Sequence[int]) -> ColumnElement[bool]:
        """In an array."""
        return key == any_(raw(list(keys), ARRAY(Integer)))  # type: ignore[no-any-return]

    def table(self, rows: Sequence[Mapping[str, Any]]) -> FromClause:
        """Two arrays side by side."""
        keys = raw([row["key"] for row in rows], ARRAY(Integer))
        forms = raw([row["form"] for row in rows], ARRAY(Text))
        return func.unnest(keys, forms).table_valued("key", "form").render_derived()


def _pattern(form: str) -> str:
    return "%" + re.sub(r"([\\%_])", r"\\\1", form) + "%"
