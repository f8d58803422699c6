"""How often passwords may be tried: at most ten wrong ones in five minutes, for an account and for a network.

The counters are rows, so that they hold for all workers and survive a restart. A try is written down before the
password is looked at, so that a hundred at once do not slip through together. These operations end their own
transactions: a try counts whatever becomes of the request, and no lock is held while a password is hashed.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from hashlib import sha256
from ipaddress import IPv6Address, ip_address, ip_network
from typing import Any

from sqlalchemy import delete, func, insert, or_, select

from models.auth import LoginAttempt
from models.errors import DomainError
from models.gate import ungated
from models.i18n import N_
from models.types import utcnow

MOST = 10
WINDOW = timedelta(minutes=5)
DOOR = ungated("who is at the door is not known yet; the table holds no customer's data")
TOO_MANY = N_("Too many passwords were tried. Wait a few minutes, then try again.")


class Throttled(DomainError):
    """Too many tries; the next one may be made after `retry_after` seconds."""

    def __init__(self, retry_after: int) -> None:
        super().__init__(TOO_MANY)
        self.retry_after = retry_after


class WrongPassword(DomainError):
    """The password is not the one that is wanted; the try counts."""


@contextmanager
def counted_try(session: Any, account: str, ip: str | None, most: int = MOST) -> Iterator[None]:
    """Count this block as a wrong try if it raises `WrongPassword`; raise Throttled after more than `most` of them.

    Without an address the account alone is counted. Of several counters around one try, only those that let it pass
    count it.
    """
    now = utcnow()
    digest = sha256(account.encode()).hexdigest()  # people type passwords where their email belongs
    network = digest if ip is None else network_of(ip)
    attempt = _write_down(session, digest, network, now)
    wait = _seconds_to_wait(session, digest, network, now, most)
    if wait:
        _forget(session, attempt)
        raise Throttled(wait)
    try:
        yield
    except WrongPassword:
        session.rollback()
        raise
    except Throttled:
        _forget(session, attempt)
        raise
    _forget(session, attempt)


def network_of(ip: str) -> str:
    """Return whom an address belongs to: the address itself, or the /64 that one household has with IPv6."""
    try:
        address = ip_address(ip)
    except ValueError:
        return ip[:64]
    if isinstance(address, IPv6Address) and address.ipv4_mapped is None:
        return str(ip_network((address, 64), strict=False))
    return str(getattr(address, "ipv4_mapped", None) or address)


def _write_down(session: Any, account: str, network: str, now: datetime) -> int:
    session.execute(delete(LoginAttempt).where(LoginAttempt.at <= now - WINDOW), execution_options=DOOR)
    values = {"at": now, "account": account, "network": network}
    written = insert(LoginAttempt).values(values).returning(LoginAttempt.id)
    attempt = int(session.scalar(written, execution_options=DOOR))
    session.commit()
    return attempt


def _seconds_to_wait(session: Any, account: str, network: str, now: datetime, most: int) -> int:
    """Return 0 if neither the account nor the network has had its tries, this one included."""
    of_account, of_network = LoginAttempt.account == account, LoginAttempt.network == network
    counts = select(func.count().filter(of_account), func.count().filter(of_network), func.min(LoginAttempt.at))
    recent = counts.where(LoginAttempt.at > now - WINDOW, or_(of_account, of_network))
    tries, tries_nearby, first = session.execute(recent, execution_options=DOOR).one()
    session.commit()
    return max(1, round((first + WINDOW - now).total_seconds())) if max(tries, tries_nearby) > most else 0


def _forget(session: Any, attempt: int) -> None:
    session.execute(delete(LoginAttempt).where(LoginAttempt.id == attempt), execution_options=DOOR)
    session.commit()
