"""Passwords as columns hold them: checked against their policy and sealed by a slow hash, never kept as typed."""

from __future__ import annotations

from models.rules.password import CUSTOMER, STAFF, PasswordPolicy, check_password
from models.rules.password_hash import hash_password

POLICIES: dict[str, PasswordPolicy] = {"customer": CUSTOMER, "staff": STAFF}


class Sealed(str):
    """A hash, to tell it from a password that happens to look like one."""

    __slots__ = ()


def seal(value: str, who: str) -> Sealed:
    """Return the hash of a password that its policy accepts; DomainError if it does not."""
    return value if isinstance(value, Sealed) else Sealed(hash_password(check_password(value, POLICIES[who])))
