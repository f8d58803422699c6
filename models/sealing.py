"""The password policies in force, by who they are for; configuration may replace them."""

from __future__ import annotations

from dataclasses import replace

from models.rules.password import CUSTOMER, STAFF, PasswordPolicy, Sealed, seal

POLICIES: dict[str, PasswordPolicy] = {"customer": CUSTOMER, "staff": STAFF}


def seal_for(value: str, who: str) -> Sealed:
    """Return the hash of a password that the policy in force accepts; DomainError if it does not."""
    return seal(value, POLICIES[who])


def set_policy(who: str, minimum: int, maximum: int) -> None:
    """Replace the lengths that passwords of customers, or of staff, may have, in characters."""
    POLICIES[who] = replace(POLICIES[who], minimum=minimum, maximum=maximum)
