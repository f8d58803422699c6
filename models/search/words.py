"""What a person typed into the search box, as words to look for."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass

from models.rules.phone import looks_like_phone, phone_digits

MOST_CHARACTERS = 200
MOST_WORDS = 10

_BETWEEN = r"[\s.\-/]*"
# Two letters and seven or more digits, with separators anywhere: a VAT number as people copy it.
_SPACED_CODE = re.compile(rf"[A-Za-z]{{2}}{_BETWEEN}(?:[0-9]{_BETWEEN}){{7,13}}[A-Za-z]?(?:{_BETWEEN}[0-9]{{2}})?")
# 1,234.56 and 1.234,56, with or without the cents, and 1234,56; what parts thousands, and what stands for the point.
_AMOUNTS = (
    (re.compile(r"[0-9]{1,3}(?:,[0-9]{3})+(?:\.[0-9]{1,3})?"), ",", "."),
    (re.compile(r"[0-9]{1,3}(?:\.[0-9]{3})+(?:,[0-9]{1,3})?"), ".", ","),
    (re.compile(r"[0-9]+,[0-9]{1,3}"), ".", ","),
)
_UNSEEN = {"Cc", "Cf", "Cs", "Cn", "Co"}


@dataclass(frozen=True)
class Word:
    """One thing to look for, in any of its forms, folded."""

    forms: tuple[str, ...]

    @property
    def is_indexed(self) -> bool:
        """Whether trigrams find it on both databases: pg_trgm sees letters and digits only, padded where they begin."""
        return all(len(form) >= 3 and _has_trigram(form) for form in self.forms)

    def is_in(self, folded: str) -> bool:
        """Whether a folded text contains it."""
        return any(form in folded for form in self.forms)


def read_words(text: str, fold: Callable[[str], str]) -> tuple[Word, ...]:
    """Return the words of a search, each once; a phone or VAT number is one word, however it is spaced."""
    typed = _seen(text[:MOST_CHARACTERS])
    if looks_like_phone(typed):
        return (_word((_without_trunk_zero(phone_digits(typed)), typed), fold),)
    if _SPACED_CODE.fullmatch(typed):
        return (_word((re.sub(_BETWEEN, "", typed), typed), fold),)
    words = (_word((part, *_amount(part)), fold) for part in typed.split())
    return tuple(dict.fromkeys(word for word in words if word.forms))[:MOST_WORDS]


def _amount(part: str) -> tuple[str, ...]:
    """An amount with separators between its thousands, or a comma before its cents, also as the index has it."""
    for pattern, thousands, point in _AMOUNTS:
        if pattern.fullmatch(part):
            return (part.replace(thousands, "").replace(point, "."),)
    return ()


def _word(forms: tuple[str, ...], fold: Callable[[str], str]) -> Word:
    return Word(tuple(dict.fromkeys(folded for form in forms if (folded := fold(form)))))


def _seen(text: str) -> str:
    """The text composed, on one line, without control characters and what no database can hold."""
    visible = "".join(" " if unicodedata.category(sign) in _UNSEEN else sign for sign in text)
    return " ".join(unicodedata.normalize("NFC", visible).split())


def _without_trunk_zero(digits: str) -> str:
    """A long number without its leading zero, which is not part of the same number written internationally."""
    return digits[1:] if len(digits) >= 8 and digits.startswith("0") else digits


def _has_trigram(form: str) -> bool:
    runs = re.finditer(r"[^\W_]+", form)
    return any(len(run[0]) + 2 * (run.start() > 0) + (run.end() < len(form)) >= 3 for run in runs)
