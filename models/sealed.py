"""Change-sets as their seals see them: what each digest has to be, read for many at once."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, select

from models.chain import CONTENT, HEADER, ErasedChange, digest_of_change, digest_of_entry
from models.history import ERASE, Change, ChangeSet

SETS: Any = ChangeSet.__table__
CHANGES: Any = Change.__table__
ERASED: Any = ErasedChange.__table__
Erasures = dict[int, list[tuple[str, str]]]  # of a change, its digests before and after, in the order of erasing


@dataclass
class Entry:
    """A change-set with the digests of its changes as these were written first; `forged` if one is not as it says."""

    header: dict[str, Any]
    changes: list[str] = field(default_factory=list)
    erased: list[tuple[int, str, str]] = field(default_factory=list)
    erases: bool = False
    forged: bool = False

    @property
    def key(self) -> int:
        """Which change-set it is."""
        return int(self.header["id"])

    @property
    def at(self) -> datetime:
        """When it began, as it says."""
        return self.header["at"]  # type: ignore[no-any-return]

    @property
    def content(self) -> str:
        """Its digest."""
        return digest_of_entry(self.header, self.changes, self.erased)


def entries(connection: Connection, keys: Sequence[int]) -> dict[int, Entry]:
    """Return change-sets by key; in a transaction that sees what others commit, an erasing beside it does no harm.

    Changes are read before what was erased of them: whichever of both states is read, the first digest is the same.
    """
    headers = select(*(SETS.c[key] for key in HEADER)).where(SETS.c.id.in_(keys))
    found = {row["id"]: Entry(dict(row)) for row in connection.execute(headers).mappings()}
    changes = _changes(connection, found, keys)
    erasures = _erasures(connection, keys)
    for change_set, change, digest in changes:
        entry, steps = found[change_set], erasures.get(change, [])
        entry.changes.append(steps[0][0] if steps else digest)
        entry.forged |= bool(steps) and not _is_way(steps, digest)
    by = select(ERASED.c["change_set_id", "change_id", "was", "now"]).where(ERASED.c.change_set_id.in_(keys))
    for change_set, *erased in connection.execute(by.order_by(ERASED.c.id)):
        if change_set in found:
            found[change_set].erased.append(tuple(erased))
            found[change_set].forged |= not found[change_set].erases
    return found


def _changes(connection: Connection, found: dict[int, Entry], keys: Sequence[int]) -> list[tuple[int, int, str]]:
    """Return, in order, the change-set, the key and the digest of each change; not what it says, which may be much."""
    columns = [CHANGES.c[key] for key in (*CONTENT, "salt")]
    query = select(*columns).where(CHANGES.c.change_set_id.in_(keys)).order_by(CHANGES.c.change_set_id, CHANGES.c.id)
    digests = []
    for row in connection.execute(query, execution_options={"yield_per": 1000}).mappings():
        if row["change_set_id"] in found:
            digests.append((row["change_set_id"], row["id"], digest_of_change({**row})))
            found[row["change_set_id"]].erases |= row["action"] == ERASE
    return digests


def _erasures(connection: Connection, keys: Sequence[int]) -> Erasures:
    of = select(CHANGES.c.id).where(CHANGES.c.change_set_id.in_(keys))
    query = select(ERASED.c["change_id", "was", "now"]).where(ERASED.c.change_id.in_(of)).order_by(ERASED.c.id)
    found: Erasures = defaultdict(list)
    for change, was, now in connection.execute(query):
        found[change].append((was, now))
    return found


def _is_way(steps: Sequence[tuple[str, str]], digest: str) -> bool:
    """Whether each erasing began where the one before ended, and the last one led to what stands there."""
    ends = [now for _, now in steps]
    return [was for was, _ in steps[1:]] == ends[:-1] and ends[-1] == digest
