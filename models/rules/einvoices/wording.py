"""Text as XML and FatturaPA can hold it."""

from __future__ import annotations

import unicodedata

from anyascii import anyascii

_LATIN_1 = 0xFF
_ASCII = 0x7F


def plain(text: str) -> str:
    """Text without the control characters that XML forbids; line breaks stay."""
    return "".join(sign for sign in text if sign == "\n" or sign.isprintable()).strip()


def latin(text: str, length: int) -> str:
    """One line in Latin-1 of at most so many characters; other letters are transliterated, nothing becomes a hyphen."""
    return _line(text, _LATIN_1)[:length].strip() or "-"


def basic(text: str, length: int) -> str:
    """The same in ASCII."""
    return _line(text, _ASCII)[:length].strip() or "-"


def _line(text: str, last: int) -> str:
    words = " ".join(unicodedata.normalize("NFC", text).split())
    return "".join(sign if ord(sign) <= last else anyascii(sign) for sign in words if sign.isprintable())
