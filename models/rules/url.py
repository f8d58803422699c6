"""Websites: an address that is safe to put in a link."""

from __future__ import annotations

import re
import unicodedata
from urllib.parse import SplitResult, urlsplit, urlunsplit

import idna

from models.errors import DomainError
from models.i18n import N_
from models.rules.text import limit

MAX_LENGTH = 255

_SCHEME = re.compile(r"([a-z][a-z0-9+.-]*):(?![0-9])", re.IGNORECASE)  # "example.com:8080" has a port, no scheme

_TOO_LONG = N_("This web address is too long: at most %(maximum)s characters fit. The home page will do.")
_OTHER_SCHEME = N_("A website begins with http:// or https://. Write it as in https://www.example.com.")
_NOT_A_SITE = N_("This is not a web address. Write it as in https://www.example.com.")
_CREDENTIALS = N_("A web address holds no user name or password. Leave out what stands before the @ sign.")


def clean_website(value: str) -> str:
    """The address with its scheme, https unless typed, and its host in lower case; only http and https."""
    text = unicodedata.normalize("NFC", limit(value, MAX_LENGTH, _TOO_LONG, maximum=MAX_LENGTH))
    if re.search(r"[\s\\<>\"]", text):
        raise DomainError(_NOT_A_SITE)
    parts = _split(text)
    if parts.username is not None or parts.password is not None:
        raise DomainError(_CREDENTIALS)
    _check_host(parts)
    cleaned = urlunsplit(parts._replace(netloc=parts.netloc.lower()))
    return limit(cleaned, MAX_LENGTH, _TOO_LONG, maximum=MAX_LENGTH)


def _split(text: str) -> SplitResult:
    scheme = _SCHEME.match(text)
    if scheme and scheme[1].lower() not in ("http", "https"):
        raise DomainError(_OTHER_SCHEME)
    try:
        return urlsplit(text if scheme else f"https://{text.removeprefix('//')}")
    except ValueError as error:
        raise DomainError(_NOT_A_SITE) from error


def _check_host(parts: SplitResult) -> None:
    """Refuse a host that is no domain name (international ones are fine) and a port that is none."""
    try:
        host = idna.encode(parts.hostname or "", uts46=True).decode()
        port = parts.port
    except (idna.IDNAError, ValueError) as error:
        raise DomainError(_NOT_A_SITE) from error
    if "." not in host.strip(".") or port == 0:
        raise DomainError(_NOT_A_SITE)
