"""What a password must be, and its sealing. It is never trimmed or changed: what was typed is what counts."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass

import zxcvbn

from models.errors import DomainError
from models.i18n import N_
from models.rules.password_hash import (
    MAX_BYTES,
    PasswordHashing,
    configure,
    hash_password,
    needs_rehash,
    normalise_password,
    verify_password,
)

__all__ = [
    "CUSTOMER",
    "STAFF",
    "PasswordHashing",
    "PasswordPolicy",
    "Sealed",
    "check_password",
    "configure",
    "hash_password",
    "needs_rehash",
    "seal",
    "verify_password",
]

_TOO_SHORT = N_("This password has %(length)s characters and needs at least %(minimum)s. Make it longer.")
_TOO_LONG = N_("This password has %(length)s characters and at most %(maximum)s fit. Shorten it.")
_GUESSABLE = N_("This password is easy to guess. Join several words that have nothing to do with each other.")

_OWN_WORDS = ("clientela", "customer", "customers", "admin", "administrator", "panel")
_JUDGED = 64  # characters of a password that are judged: the judgement takes quadratic time
_LEAST_SCORE = 3  # of zxcvbn's 0 to 4: safely unguessable offline, slow hash provided


@dataclass(frozen=True)
class PasswordPolicy:
    """How long a password is, in characters, and whether one that is easily guessed is refused."""

    minimum: int
    maximum: int | None
    refuse_guessable: bool = False


# Sixteen is what the shops' sites accept; NIST SP 800-63B-4 advises fifteen or more, which is what staff must have.
CUSTOMER = PasswordPolicy(minimum=6, maximum=16)
STAFF = PasswordPolicy(minimum=15, maximum=256, refuse_guessable=True)


def check_password(value: str, policy: PasswordPolicy, *, words: Iterable[str] = ()) -> str:
    """The password unchanged; `words` are those that make it guessable, such as the person's name and email."""
    length = len(unicodedata.normalize("NFC", value)) if len(value) <= MAX_BYTES else len(value)
    if length < policy.minimum:
        raise DomainError(_TOO_SHORT, None, length=length, minimum=policy.minimum)
    if policy.maximum is not None and length > policy.maximum:
        raise DomainError(_TOO_LONG, None, length=length, maximum=policy.maximum)
    normalise_password(value)
    if policy.refuse_guessable and _score(value, words) < _LEAST_SCORE:
        raise DomainError(_GUESSABLE)
    return value


class Sealed(str):
    """A hash in a password's place: what is kept, and told apart from what somebody typed."""

    __slots__ = ()


def seal(value: str, policy: PasswordPolicy) -> Sealed:
    """The hash of a password that the policy admits; what is sealed already stays as it is."""
    if isinstance(value, Sealed):
        return value
    return Sealed(hash_password(check_password(value, policy)))


def _score(value: str, words: Iterable[str]) -> int:
    known = [*_OWN_WORDS, *(word[:_JUDGED] for word in words if word)]
    return int(zxcvbn.zxcvbn(value[:_JUDGED], user_inputs=known)["score"])
