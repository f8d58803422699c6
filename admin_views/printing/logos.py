"""The company's logo as the template takes it."""

from __future__ import annotations

import logging
from pathlib import Path

MOST_BYTES = 1_000_000
PNG = b"\x89PNG\r\n\x1a\n"

log = logging.getLogger("clientela.printing")  # below the app's own, which writes JSON

Logo = str | list[int]


def read_logo(path: Path | None) -> Logo | None:
    """Return an SVG as text or a PNG as numbers; nothing where there is no such picture, which the log says."""
    if path is None:
        return None
    try:
        return _picture(path)
    except (OSError, ValueError) as error:
        log.warning("The logo %s cannot be printed: %s", path, error)
        return None


def _picture(path: Path) -> Logo:
    if path.stat().st_size > MOST_BYTES:
        raise ValueError(f"it has more than {MOST_BYTES} bytes")
    content = path.read_bytes()
    if content.startswith(PNG):
        return list(content)
    text = content.decode("utf-8")
    if "<svg" not in text:
        raise ValueError("it is neither SVG nor PNG")
    return text
