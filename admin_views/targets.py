"""Where a person may be sent next: an address on this very site, whatever somebody wrote into a link."""

from __future__ import annotations

import re

LONGEST = 2048
# One slash, then no second one and no dot segment that could become one; backslashes are slashes to browsers.
PATH = re.compile(r"/(?!/)[^\\]*")
AMBIGUOUS = re.compile(r"//|/\.{1,2}(/|$)|%(?:[01][0-9a-f]|7f|2f|5c|2e|25)", re.IGNORECASE)


def safe_target(value: str | None) -> str | None:
    """Return the address if it is a path on this site that every browser reads alike, else None."""
    if not value or len(value) > LONGEST or not value.isprintable() or value != value.strip():
        return None
    path = re.split(r"[?#]", value, maxsplit=1)[0]
    return value if PATH.fullmatch(value) and not AMBIGUOUS.search(path) else None
