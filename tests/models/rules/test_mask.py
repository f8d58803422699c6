"""A masked value keeps its shape, and too little to know anybody by."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from models.rules.mask import mask_email, mask_emails, mask_phone, mask_text


@pytest.mark.parametrize(
    ("value", "masked"),
    [
        ("Via Torino", "V•• ••••••"),
        ("20121", "2••••"),
        ("RSSMRA85T10A562S", "R•••••••••••••••"),
        ("MI", "••"),
        ("Rho", "•••"),
        ("C-10", "•-••"),
        ("Łódź ß", "Ł••• •"),
    ],
)
def test_a_text_keeps_its_first_letter_and_its_gaps(value: str, masked: str) -> None:
    assert mask_text(value) == masked


def test_what_is_no_text_is_masked_whole() -> None:
    assert mask_text(datetime(2026, 11, 22, tzinfo=UTC)) == "••••"


@pytest.mark.parametrize(
    ("value", "masked"),
    [("marta@example.com", "m•••@example.com"), ("m@example.com", "•••@example.com"), ("0000000", "0••••••")],
)
def test_an_email_keeps_its_first_letter_and_its_domain(value: str, masked: str) -> None:
    assert mask_email(value) == masked


def test_several_emails_are_masked_one_by_one() -> None:
    assert mask_emails("anna@example.com, bo@example.org") == "a•••@example.com, b•••@example.org"


@pytest.mark.parametrize(
    ("value", "masked"),
    [
        ("+39 333 1234567", "+39 ••• •••••67"),
        ("+393331234567", "+••••••••••67"),
        ("02 66981234", "•• ••••••34"),
        ("112", "•••"),
    ],
)
def test_a_phone_number_keeps_its_country_and_its_end(value: str, masked: str) -> None:
    assert mask_phone(value) == masked
