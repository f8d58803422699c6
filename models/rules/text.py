"""Plain text: what is stored of what was typed, and how texts are compared."""

from __future__ import annotations

import re
import unicodedata

from models.errors import DomainError
from models.i18n import N_

_SPACES = re.compile(r"\s+")
_LINE_ENDS = re.compile(r"\r\n?|[\u2028\u2029\v\f\x85]")
_SPACES_BEFORE_LINE_END = re.compile(r"[^\S\n]+(?=\n)")
_CODE = re.compile(r"[^\W_](?:[ ./\-\u2010-\u2015]*[^\W_])*")
_UNSTORABLE = {"Cc", "Cs"}  # control characters and lone surrogates: databases refuse them or cut the text there
# White space, and the byte-order mark and zero-width space that come along with pasted text.
_EDGES = "".join(filter(str.isspace, map(chr, range(0x3001)))) + "\ufeff\u200b"

# Letters that Unicode does not decompose into a base letter and an accent.
_PLAIN_LETTERS = str.maketrans(
    {"ø": "o", "ł": "l", "đ": "d", "ð": "d", "þ": "th", "æ": "ae", "œ": "oe", "ħ": "h", "\u0131": "i", "ŧ": "t"}
)


def clean_text(value: str, *, max_length: int, multiline: bool = False) -> str:
    """The text trimmed and in NFC, on one line unless `multiline`; at most `max_length` characters."""
    text = unicodedata.normalize("NFC", _lines(value) if multiline else _one_line(value))
    refuse_control_characters(text)
    if len(text) > max_length:
        message = N_("This text is too long: %(length)s characters, and at most %(maximum)s fit. Shorten it.")
        raise DomainError(message, length=len(text), maximum=max_length)
    return text


def is_plausible(code: str) -> bool:
    """Whether an official code of whatever country can look so: letters, digits, one of them at least, and dividers."""
    return _CODE.fullmatch(code) is not None and any(map(str.isdecimal, code))


def refuse_control_characters(text: str) -> None:
    """Raise a `DomainError` for what no database or document can hold; tabs and line ends are fine."""
    if any(unicodedata.category(char) in _UNSTORABLE for char in text if char not in "\n\t"):
        raise DomainError(N_("This text has an invisible control character. Type it again instead of pasting it."))


def limit(value: str, length: int, message: str, **params: object) -> str:
    """The value trimmed; `message` is raised when it is longer than any real one, before costlier checks read it."""
    if len(value) > length * 4 or len(text := value.strip(_EDGES)) > length:
        raise DomainError(message, None, **params)
    refuse_control_characters(text)
    return text


def fold(value: str) -> str:
    """The text as compared and searched: without case and accents, spaces collapsed."""
    # Twice, because case folding may bring forth a letter with an accent ("İ") and the other way round.
    return _SPACES.sub(" ", _bare(_bare(value))).strip()


def _bare(value: str) -> str:
    decomposed = unicodedata.normalize("NFKD", value.casefold())
    return "".join(char for char in decomposed if not unicodedata.combining(char)).translate(_PLAIN_LETTERS)


def _one_line(value: str) -> str:
    return _SPACES.sub(" ", value.strip(_EDGES))


def _lines(value: str) -> str:
    return _SPACES_BEFORE_LINE_END.sub("", _LINE_ENDS.sub("\n", value.strip(_EDGES)))
