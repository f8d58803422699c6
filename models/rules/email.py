"""Email addresses: checked for their form only, no name server is asked."""

from __future__ import annotations

import re
import unicodedata

from email_validator import EmailNotValidError, validate_email

from models.errors import DomainError
from models.i18n import N_
from models.rules.text import limit

MAX_ADDRESSES = 50
MAX_LENGTH = 254  # RFC 5321, section 4.5.3.1.3, less the angle brackets

_TOO_LONG = N_("This email address is too long: at most %(maximum)s characters fit, 64 before the @ sign. Check it.")
_NO_AT = N_("An email address has one @ sign, as in name@example.com. Check it.")
_LOCAL_PART = N_("The part before the @ sign is not valid: check it for spaces, commas and misplaced dots.")
_ONE_OF_SEVERAL = N_("“%(address)s” is not a valid email address. Write several as a@example.com, b@example.com.")
_TOO_MANY = N_("These are %(count)s email addresses, and one message goes to at most %(maximum)s.")
_BETWEEN = re.compile(r"[,;\n]")
_NAMED = re.compile(r"[^<>]*<([^<>]*)>")  # as mail programs copy it: Anna Rossi <anna@example.com>
_DOMAIN = N_("The part after the @ sign is not a valid domain: write it as in name@example.com.")


def clean_email(value: str) -> str:
    """The address trimmed and in NFC, its domain in lower case; the part before the @ keeps its case."""
    text = limit(value, MAX_LENGTH, _TOO_LONG, maximum=MAX_LENGTH)
    if text.count("@") != 1:
        raise DomainError(_NO_AT)
    try:
        return _validate(text)
    except EmailNotValidError as error:
        raise _explain(text, str(error)) from error


def clean_emails(value: str) -> str:
    """Several addresses, each cleaned and once, separated by commas; a name before an address in <> is left out."""
    typed = [part.strip() for part in _BETWEEN.split(value) if part.strip()]
    if len(typed) > MAX_ADDRESSES:
        raise DomainError(_TOO_MANY, None, count=len(typed), maximum=MAX_ADDRESSES)
    found: dict[str, str] = {}
    for address in map(_one_of_several, typed):
        found.setdefault(email_key(address), address)
    return ", ".join(found.values())


def split_emails(value: str | None) -> list[str]:
    """The single addresses of a cleaned list."""
    return value.split(", ") if value else []


def email_key(email: str) -> str:
    """The key on which addresses are compared: without case; dots and +tags tell addresses apart and stay."""
    decomposed = unicodedata.normalize("NFD", email.strip())
    return unicodedata.normalize("NFC", decomposed.casefold())


def _one_of_several(typed: str) -> str:
    named = _NAMED.fullmatch(typed)
    try:
        return clean_email(named[1] if named else typed)
    except DomainError as error:
        raise DomainError(_ONE_OF_SEVERAL, None, address=typed[:MAX_LENGTH]) from error


def _validate(text: str) -> str:
    # A test environment admits the reserved domain .test as well; .example is always admitted.
    return validate_email(text, check_deliverability=False, test_environment=True, strict=True).normalized


def _explain(text: str, reason: str) -> DomainError:
    if "too long" in reason:
        return DomainError(_TOO_LONG, None, maximum=MAX_LENGTH)
    try:
        _validate(text.split("@", maxsplit=1)[0] + "@example.com")
    except EmailNotValidError:
        return DomainError(_LOCAL_PART)
    return DomainError(_DOMAIN)
