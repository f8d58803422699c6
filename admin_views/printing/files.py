"""What a printed document is called where it is stored."""

from __future__ import annotations

import re
import unicodedata

from flask_babel import gettext as _

from models.rules.paper import Paper

LONGEST = 100  # characters, well below what file systems take

_UNSAFE = re.compile(r"[^\w .-]+")


def file_name(paper: Paper) -> str:
    """Return a name that every file system takes, such as "Invoice 12-2026.pdf"."""
    text = unicodedata.normalize("NFC", f"{paper.label} {paper.number or _('draft')}")
    safe = " ".join(_UNSAFE.sub("-", text).split()).strip(" .-")
    return f"{safe[:LONGEST].rstrip(' .-') or paper.kind}.pdf"
