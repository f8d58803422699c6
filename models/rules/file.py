"""Files as values: the digest of what they hold, and the names under which they come."""

from __future__ import annotations

import re
import unicodedata
from typing import Self

from models.errors import DomainError
from models.i18n import N_

NAMELESS = "file"
LONGEST = 255  # characters, and bytes of UTF-8, which is what file systems take
_DIGEST = re.compile(r"[0-9a-f]{64}", re.ASCII)
_UNFIT = re.compile(r'[<>:"|?*]')
_UNSEEN = {"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"}  # what cannot be seen, or turns around what is read
_JOINERS = "\u200c\u200d"  # which some scripts spell words with
_DEVICES = re.compile(r"(con|prn|aux|nul|com\d|lpt\d)(\.|$)", re.IGNORECASE)


class Kept(str):
    """The SHA-256 of a file that is kept, with the name under which it came."""

    __slots__ = ("name",)
    name: str

    def __new__(cls, digest: str, name: str) -> Self:
        """Return a digest that knows the file's name."""
        found = super().__new__(cls, digest)
        found.name = name
        return found


def clean_digest(value: str) -> str:
    """Return the SHA-256 of a file in hexadecimal digits; DomainError for anything else."""
    if not _DIGEST.fullmatch(value):
        raise DomainError(N_("Choose a file."))
    return str(value)


def clean_file_name(value: str) -> str:
    """Return the last part of a path as a name that every system takes and that reads as it is."""
    last = re.split(r"[/\\]", unicodedata.normalize("NFC", value))[-1]
    seen = "".join(char for char in last if char in _JOINERS or unicodedata.category(char) not in _UNSEEN)
    name = " ".join(_UNFIT.sub("_", seen).split()).strip(" .")
    if _DEVICES.match(name):
        name = f"_{name}"
    return _shortened(name) or NAMELESS


def extension_of(name: str) -> str:
    """Return what follows the last point of a name, in lower case."""
    _, point, last = name.rpartition(".")
    return last.lower() if point else ""


def _shortened(name: str) -> str:
    """Return a name that fits; it keeps its extension."""
    if len(name.encode()) <= LONGEST:
        return name
    stem, point, last = name.rpartition(".")
    tail = f"{point}{last}" if point and len(last.encode()) < LONGEST // 4 else ""
    head = (stem if tail else name).encode()[: LONGEST - len(tail.encode())].decode(errors="ignore")
    return f"{head.rstrip(' .')}{tail}"
