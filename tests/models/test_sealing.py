"""Passwords of customers keep to the policy in force, which is configuration."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from models.errors import DomainError
from models.rules.password import CUSTOMER, Sealed
from models.sealing import POLICIES, seal_for, set_policy


@pytest.fixture(autouse=True)
def _shipped_policy() -> Iterator[None]:
    before = dict(POLICIES)
    POLICIES["customer"] = CUSTOMER
    yield
    POLICIES.update(before)


def test_the_shipped_policy_takes_6_to_16_characters() -> None:
    for refused in ("12345", "x" * 17):
        with pytest.raises(DomainError):
            seal_for(refused, "customer")
    assert seal_for("123456", "customer").startswith("$argon2id$")


def test_configuration_moves_the_limits() -> None:
    set_policy("customer", 8, 64)
    assert seal_for("x" * 17 + "y", "customer").startswith("$argon2id$")
    with pytest.raises(DomainError):
        seal_for("1234567", "customer")


def test_what_is_sealed_is_not_sealed_again() -> None:
    sealed = Sealed("$argon2id$whatever")
    assert seal_for(sealed, "customer") is sealed
