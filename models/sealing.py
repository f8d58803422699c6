"""The password policies in force, by who they are for; configuration may replace them."""

from __future__ import annotations

from models.rules.password import CUSTOMER, STAFF, PasswordPolicy, Sealed, seal

POLICIES: dict[str, PasswordPolicy] = {"customer": CUSTOMER, "staff": STAFF}


def seal_for(value: str, who: str) -> Sealed:
    """Return the hash of a password that the policy in force accepts; DomainError if it does not."""
    return value if isinstance(value, Sealed) else seal(value, POLICIES[who])
