"""Passwords: their policy and their hashes."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from models.errors import DomainError
from models.rules.password import CUSTOMER, STAFF, PasswordHashing, PasswordPolicy, Sealed, check_password, seal

GOOD = "seven quiet turtles dream"


@pytest.fixture(scope="module")
def hashing() -> PasswordHashing:
    return PasswordHashing(memory_cost=8, time_cost=1)


@pytest.mark.parametrize("typed", ["secret", "x" * 16, " pad  ", "pässwörd", "🙂🙂🙂🙂🙂🙂"])
def test_a_customer_has_6_to_16_characters_and_none_is_changed(typed: str) -> None:
    assert check_password(typed, CUSTOMER) == typed


@pytest.mark.parametrize(
    ("typed", "policy", "said"),
    [
        ("12345", CUSTOMER, "5 characters and needs at least 6"),
        ("x" * 17, CUSTOMER, "17 characters and at most 16 fit"),
        ("🙂" * 5, CUSTOMER, "5 characters"),
        ("fourteen chars", STAFF, "14 characters and needs at least 15"),
        ("x" * 257, STAFF, "at most 256"),
        ("passwordpassword", STAFF, "easy to guess"),
        ("clientelaclientela", STAFF, "easy to guess"),
        ("administrator123", STAFF, "easy to guess"),
        ("qwertyuiopasdfgh", STAFF, "easy to guess"),
        ("a" * 60, STAFF, "easy to guess"),
        ("abc\x00def", CUSTOMER, "control character"),
        ("\U0001f600" * 1025, PasswordPolicy(6, None), "too long to be kept"),
    ],
)
def test_the_refusal_says_what_is_missing(typed: str, policy: PasswordPolicy, said: str) -> None:
    with pytest.raises(DomainError) as refusal:
        check_password(typed, policy)
    assert said in str(refusal.value)
    assert typed not in str(refusal.value)


def test_a_passphrase_suits_staff_unless_it_is_made_of_their_own_name() -> None:
    assert check_password(GOOD, STAFF) == GOOD
    assert check_password("bonaventura.tesi", STAFF)
    with pytest.raises(DomainError, match="easy to guess"):
        check_password("bonaventura.tesi", STAFF, words=["bonaventura", "tesi", "bonaventura.tesi"])


@settings(deadline=None)
@given(password=st.text(st.characters(exclude_categories=["Cc", "Cs"]), min_size=1, max_size=200))
def test_any_password_verifies_and_one_character_more_does_not(hashing: PasswordHashing, password: str) -> None:
    stored = hashing.hash(password)
    assert hashing.verify(stored, password)
    assert not hashing.verify(stored, password + "x")
    assert not hashing.verify(stored, password[1:])


def test_the_same_characters_in_another_encoding_are_the_same_password(hashing: PasswordHashing) -> None:
    assert hashing.verify(hashing.hash("caff\u00e9 e latte"), "caffe\u0301 e latte")


def test_somebody_without_a_password_never_signs_in(hashing: PasswordHashing) -> None:
    assert not hashing.verify(None, "nobody's password")
    assert not hashing.verify("not a hash", GOOD)
    assert not hashing.verify(None, "x" * 2000)


def test_a_hash_made_at_another_cost_still_verifies_and_asks_to_be_made_anew(hashing: PasswordHashing) -> None:
    dearer = PasswordHashing(memory_cost=16, time_cost=1)
    stored = hashing.hash(GOOD)
    assert dearer.verify(stored, GOOD)
    assert dearer.needs_rehash(stored)
    assert not hashing.needs_rehash(stored)
    assert hashing.needs_rehash("not a hash")


def test_the_shipped_cost_is_argon2id_with_64_mebibytes() -> None:
    assert PasswordHashing().hash(GOOD).startswith("$argon2id$v=19$m=65536,t=3,p=1$")


def test_what_is_sealed_is_a_hash_and_is_not_sealed_twice() -> None:
    sealed = seal("secret", CUSTOMER)
    assert isinstance(sealed, Sealed)
    assert sealed.startswith("$argon2id$")
    assert seal(sealed, CUSTOMER) is sealed
    with pytest.raises(DomainError, match="at least 15"):
        seal("secret", STAFF)
