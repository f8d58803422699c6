"""Plain text and how texts are compared."""

from __future__ import annotations

import pytest

from models.errors import DomainError
from models.rules.text import clean_text, fold


def test_a_line_is_trimmed_composed_and_has_single_spaces() -> None:
    assert clean_text("\ufeff  Cafe\u0301 \t Sport\nSrl ", max_length=50) == "Café Sport Srl"


def test_a_text_of_several_lines_keeps_them() -> None:
    assert clean_text(" first \r\n\r\n  second\rthird ", max_length=50, multiline=True) == "first\n\n  second\nthird"


@pytest.mark.parametrize("char", ["\x00", "\x07", "\x7f", "\ud800"])
def test_what_no_database_can_hold_is_refused(char: str) -> None:
    with pytest.raises(DomainError, match="invisible control character"):
        clean_text(f"a{char}b", max_length=50)


def test_a_text_that_is_too_long_is_refused_and_not_cut() -> None:
    assert clean_text("è" * 10, max_length=10) == "è" * 10
    with pytest.raises(DomainError, match="11 characters, and at most 10 fit"):
        clean_text("è" * 11, max_length=10)


@pytest.mark.parametrize(
    ("typed", "folded"),
    [("Società", "societa"), ("STRASSE", "strasse"), ("Straße", "strasse"), ("Łódź", "lodz"), ("Tromsø", "tromso"),
     ("İstanbul", "istanbul"), ("ﬁne  art", "fine art"), ("Ærø", "aero"), ("Ελλάδα", "ελλαδα")],
)  # fmt: skip
def test_texts_compare_without_case_and_accents(typed: str, folded: str) -> None:
    assert fold(typed) == folded
