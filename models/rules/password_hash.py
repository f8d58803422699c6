"""Password hashes: Argon2id, its cost set once for the process."""

from __future__ import annotations

import unicodedata
from functools import cached_property
from threading import BoundedSemaphore

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from models.errors import DomainError
from models.i18n import N_
from models.rules.text import refuse_control_characters

MAX_BYTES = 1024  # of the normalised password; more is refused, never cut

_TOO_LONG = N_("This password is too long to be kept. Shorten it.")
_AT_ONCE = 2  # hashes computed at the same time in one process: each takes 64 MiB


def normalise_password(value: str) -> bytes:
    """The bytes to hash: in NFKC, so that the same characters typed on another machine are the same password."""
    if len(value) > MAX_BYTES:
        raise DomainError(_TOO_LONG)
    refuse_control_characters(value)
    normalised = unicodedata.normalize("NFKC", value).encode()
    if len(normalised) > MAX_BYTES:
        raise DomainError(_TOO_LONG)
    return normalised


class PasswordHashing:
    """Hashes and verifies at one cost; `memory_cost` is in KiB. One lane, so that one login takes one core."""

    def __init__(self, memory_cost: int = 65536, time_cost: int = 3, parallelism: int = 1) -> None:
        self._slots = BoundedSemaphore(_AT_ONCE)
        self.configure(memory_cost, time_cost, parallelism)

    def configure(self, memory_cost: int, time_cost: int, parallelism: int) -> None:
        """Set the cost of the hashes made from now on; those made at another cost still verify."""
        self._hasher = PasswordHasher(memory_cost=memory_cost, time_cost=time_cost, parallelism=parallelism)
        self.__dict__.pop("_decoy", None)

    def hash(self, value: str) -> str:
        """The encoded hash; a DomainError for what no policy admits (more than 1,024 bytes, control characters)."""
        password = normalise_password(value)
        with self._slots:
            return self._hasher.hash(password)

    def verify(self, stored: str | None, value: str) -> bool:
        """Whether the password is the one hashed; without a hash it is wrong, in the same time."""
        decoy = self._decoy
        try:
            password = normalise_password(value)
            with self._slots:
                self._hasher.verify(stored or decoy, password)
        except (DomainError, VerificationError, InvalidHashError):
            return False
        return bool(stored)

    def needs_rehash(self, stored: str) -> bool:
        """Whether the hash was made at another cost, so that the next login should replace it."""
        try:
            return self._hasher.check_needs_rehash(stored)
        except InvalidHashError:
            return True

    @cached_property
    def _decoy(self) -> str:
        return self._hasher.hash(b"nobody's password")


_hashing = PasswordHashing()


def configure(memory_cost: int = 65536, time_cost: int = 3, parallelism: int = 1) -> None:
    """Set the cost for the process, once, at start-up; hashes made at another cost still verify."""
    _hashing.configure(memory_cost, time_cost, parallelism)


def hash_password(value: str) -> str:
    """The encoded hash of a password; a DomainError for what no policy admits."""
    return _hashing.hash(value)


def verify_password(stored: str | None, value: str) -> bool:
    """Whether the password is the one hashed; `None` for somebody who has none, which takes the same time."""
    return _hashing.verify(stored, value)


def needs_rehash(stored: str) -> bool:
    """Whether the hash was made at another cost than today's."""
    return _hashing.needs_rehash(stored)
