"""When two values count as the same, so that rows that share them may be one: in Python, and in the database."""

from __future__ import annotations

import re
import unicodedata
from typing import Any
from urllib.parse import urlsplit

from sqlalchemy import ColumnElement, String, func
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.functions import FunctionElement

from models.base import Base
from models.description import Attribute
from models.kinds import Compared

# What firms add to their names; of these, nothing tells one from another.
_LEGAL_FORMS = (
    "srl srls spa sas snc ss gmbh ag kg ohg ug sarl sa sasu eurl bv nv ltd limited llc llp plc inc corp co sl slu sp "
    "zoo oy ab as aps kft sro doo e und and et y di"
)
LEGAL_FORMS = frozenset(_LEGAL_FORMS.split())


def compared(attribute: Attribute, row: Base) -> Any:
    """Return what stands for a value when rows are compared; None for names and places, which only hint."""
    value = companion_of(attribute, row) or getattr(row, attribute.key)
    by = attribute.kind.duplicate.by if attribute.kind and attribute.kind.duplicate else None
    if value is None or by in {Compared.NAME, Compared.PLACE, None}:
        return None
    if by is Compared.FOLDED:
        return str(value).casefold()
    return host(value) if by is Compared.HOST else value


def companion_of(attribute: Attribute, row: Base) -> Any:
    """Return what stands beside a value, such as the E.164 form of a phone number; None where nothing does."""
    kind = attribute.kind
    return getattr(row, kind.companion.key(attribute.key)) if kind and kind.companion else None


def host(address: str) -> str:
    """Return the site of a web address."""
    return (urlsplit(address).hostname or "").removeprefix("www.")


def bare_name(name: str) -> str:
    """Return a name without accents, case, signs and legal forms: what is left to compare."""
    plain = name.casefold().replace(".", "")
    if not plain.isascii():
        plain = "".join(sign for sign in unicodedata.normalize("NFKD", plain) if not unicodedata.combining(sign))
    words = re.findall(r"\w+", plain)
    return " ".join([word for word in words if word not in LEGAL_FORMS] or words)


class host_of(FunctionElement[str]):  # noqa: N801  named like the SQL functions it stands among
    """The site of a web address, in the database: what stands between `://` and the next slash."""

    type = String()
    inherit_cache = True
    name = "host_of"


@compiles(host_of, "postgresql")
def _host_in_postgresql(element: Any, compiler: Any, **words: Any) -> str:
    address = compiler.process(element.clauses, **words)
    return rf"substring({address} from '^https?://(?:www\.)?([^/?#:]+)')"


@compiles(host_of)
def _host_elsewhere(element: Any, compiler: Any, **words: Any) -> str:
    address = compiler.process(element.clauses, **words)
    rest = f"substr({address}, instr({address}, '://') + 3) || '/'"
    site = f"substr({rest}, 1, instr({rest}, '/') - 1)"
    return f"CASE WHEN {site} LIKE 'www.%' THEN substr({site}, 5) ELSE {site} END"


def key_of(attribute: Attribute, model: Any) -> ColumnElement[Any]:
    """Return, in the database, what stands for a value when rows are compared."""
    kind = attribute.kind
    name = kind.companion.key(attribute.key) if kind and kind.companion else attribute.column.key
    column: ColumnElement[Any] = getattr(model, name)
    by = kind.duplicate.by if kind and kind.duplicate else None
    if by is Compared.HOST:
        return host_of(column)
    return func.lower(column) if by is Compared.FOLDED else column
