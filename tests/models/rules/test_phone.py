"""Phone numbers, written as people write them."""

from __future__ import annotations

import pytest

from models.errors import DomainError
from models.rules.phone import Phone, looks_like_phone, parse_phone, phone_digits

REAL = [
    ("IT", "333 123 4567", "+393331234567"),
    ("IT", "02 8645 1234", "+390286451234"),
    ("IT", "0039 02 8645 1234", "+390286451234"),
    ("US", "+39 02 8645 1234", "+390286451234"),
    ("US", "0039 02 8645 1234", "+390286451234"),
    ("DE", "030 28445566", "+493028445566"),
    ("IT", "+49 (0)30 28445566", "+493028445566"),
    ("FR", "01.42.68.53.00", "+33142685300"),
    ("ES", "915 212 345", "+34915212345"),
    ("GB", "020 7946 0958", "+442079460958"),
    ("NO", "22 12 34 56", "+4722123456"),
    ("US", "(212) 555-2368", "+12125552368"),
    ("CH", "044 211 12 34", "+41442111234"),
    ("GR", "210 322 1234", "+302103221234"),
    ("PT", "213 123 456", "+351213123456"),
]


@pytest.mark.parametrize(("country", "typed", "e164"), REAL)
def test_a_number_is_kept_as_typed_and_in_e164(country: str, typed: str, e164: str) -> None:
    assert parse_phone(typed, country) == Phone(typed, e164, valid=True)


def test_a_possible_number_that_nobody_can_have_is_kept_and_told_apart() -> None:
    assert parse_phone("+39 999 123 4567", "IT") == Phone("+39 999 123 4567", "+399991234567", valid=False)


@pytest.mark.parametrize(
    ("country", "typed", "said"),
    [
        ("IT", "12", "too short"),
        ("IT", "333 1234567 333 1234568", "too long"),
        ("IT", "call me", "not a phone number"),
        ("IT", "", "not a phone number"),
        (None, "333 1234567", "choose a country"),
        ("AQ", "333 1234567", "Start the number with +"),
        ("IT", "+999 333 1234567", "not a phone number"),
        ("IT", "3" * 41, "too long"),
    ],
)
def test_what_is_not_possible_is_refused_with_its_reason(country: str | None, typed: str, said: str) -> None:
    with pytest.raises(DomainError) as refusal:
        parse_phone(typed, country)
    assert said in str(refusal.value)


@pytest.mark.parametrize(
    "search", ["333 123 4567", "+39 3331234567", "3331234567", "0039-333.123.4567", "(333) 123/4567"]
)
def test_however_it_is_written_a_search_finds_the_number(search: str) -> None:
    assert looks_like_phone(search)
    assert phone_digits(search) in phone_digits(parse_phone("333 1234567", "IT").e164)


def test_the_trunk_zero_in_brackets_is_not_part_of_the_number_save_in_italy() -> None:
    assert phone_digits("+49 (0)30 28445566") == "493028445566"
    assert phone_digits("+39 (0)2 86451234") == "390286451234"
    assert phone_digits("(02) 8645") == "028645"


@pytest.mark.parametrize("search", ["Rossi", "12", "via Roma 1234", "a@b.it", "", "IT12345670785"])
def test_other_searches_are_not_taken_for_a_number(search: str) -> None:
    assert not looks_like_phone(search)
