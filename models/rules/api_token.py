"""Tokens by which other programs reach the API: how they are made, and what of them is kept."""

from __future__ import annotations

import secrets
from hashlib import sha256

from models.rules.password import Sealed

PREFIX = "clientela_"  # by which scanners of published code recognise a token that has leaked
BYTES = 32
HINT = len(PREFIX) + 6  # characters that tell tokens apart and say nothing of the rest


def new_token() -> str:
    """A token of 256 random bits, in letters and digits that a double click selects whole."""
    return f"{PREFIX}{secrets.token_hex(BYTES)}"


def seal_token(token: str) -> Sealed:
    """The SHA-256 of a token; what is sealed already stays as it is.

    Nothing slower is called for: nobody guesses 256 random bits, and every request looks one up.
    """
    return token if isinstance(token, Sealed) else Sealed(sha256(token.encode()).hexdigest())


def hint_of(token: str) -> str:
    """The beginning of a token, by which people recognise it."""
    return f"{token[:HINT]}…"
