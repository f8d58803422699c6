"""What is typed becomes words."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.search.words import MOST_CHARACTERS, MOST_WORDS, Word, read_words


def forms(text: str) -> list[tuple[str, ...]]:
    return [word.forms for word in read_words(text, str.lower)]


def test_words_stand_between_spaces_and_each_counts_once() -> None:
    assert forms("  Rossi\tmilano\n rossi ") == [("rossi",), ("milano",)]


@pytest.mark.parametrize("typed", ["", "   ", "\x00", "\u200b \ud800"])
def test_nothing_visible_is_no_word(typed: str) -> None:
    assert forms(typed) == []


def test_control_characters_only_separate() -> None:
    assert forms("ros\x00si") == [("ros",), ("si",)]


@pytest.mark.parametrize("typed", ["+39 333 123 4567", "0039 333 1234567", "(+39) 333-123.4567"])
def test_a_phone_number_is_one_word_however_it_is_spaced(typed: str) -> None:
    assert forms(typed) == [("393331234567", typed)]


def test_the_trunk_zero_of_a_long_number_does_not_count() -> None:
    assert forms("020 7946 0958")[0][0] == "2079460958"


@pytest.mark.parametrize("typed", ["IT 007 431 10157", "it007.431.10157", "NL 0044.95.445 B01"])
def test_a_spaced_vat_number_is_one_word(typed: str) -> None:
    [(compact, literal)] = forms(typed)
    assert compact == "".join(sign for sign in typed.lower() if sign.isalnum())
    assert literal == typed.lower()


def test_a_street_with_its_number_is_not_taken_for_a_code() -> None:
    assert forms("via roma 12345") == [("via",), ("roma",), ("12345",)]


@pytest.mark.parametrize("form", ["mil", "a@b.it", "x-1", ".it"])
def test_three_letters_can_be_looked_up(form: str) -> None:
    assert Word((form,)).is_indexed


@pytest.mark.parametrize("form", ["ab", "%%%", "---", "a-", "___"])
def test_what_has_no_trigram_on_some_database_cannot(form: str) -> None:
    assert not Word((form,)).is_indexed


@given(st.text(max_size=500))
def test_whatever_is_typed_gives_few_and_short_words(text: str) -> None:
    words = forms(text)
    assert len(words) <= MOST_WORDS
    assert all(0 < len(form) <= MOST_CHARACTERS * 2 for word in words for form in word)
