"""A customer logs in to the site, or changes their password there: asked by the site's own programs, not by a browser.

Only active customers who *can log in* are let in. Inactive and blocked ones are refused like those who do not exist:
the status is the panel's own affair, and blocking somebody must not leave a door open.

Wrong passwords are counted three times. By account, whoever tries it. By the customer's network, if the site tells
it: the request itself always comes from the site's server, and counting that address would keep all customers out for
the mistakes of one. By program as well, far more generously: addresses can be invented by whoever has a stolen token,
and hashing must leave time for other work. What is counted here is apart from the sign-ins to the panel.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, NamedTuple

from sqlalchemy import select
from sqlalchemy.orm.exc import StaleDataError

from models.customer import Customer, Status
from models.errors import Conflict, DomainError
from models.i18n import N_
from models.operations.throttle import WrongPassword, counted_try, network_of
from models.operations.verifying import WRONG, keep_up, typed_key, verified
from models.rules.password import Sealed
from models.sealing import seal_for
from models.types import utcnow

MOST_OF_PROGRAM = 600  # wrong passwords in five minutes: two a second
TRIES = 2
CHANGED = N_("Somebody else changed this customer at the same moment. Try again.")
UNFIT = N_("Something else in this customer's record is wrong, so it cannot be saved. Put it right in the panel first.")


class Credentials(NamedTuple):
    """What a customer typed on the site, and from where if the site tells."""

    email: str
    password: str
    ip: str | None = None


def log_in(session: Any, program: int, typed: Credentials) -> int:
    """Return the key of the customer; WrongPassword or Throttled otherwise, alike whatever the reason is."""
    customer, stored = _verified(session, program, typed)
    keep_up(session, Customer, customer, stored, typed.password)
    return customer


def change_password(session: Any, program: int, typed: Credentials, new: str) -> int:
    """Give the customer another password and return their key.

    Raises a DomainError about `new_password` before anything is looked up, so that a refused wish tells nothing;
    WrongPassword or Throttled as for a login; Conflict if the record cannot be written as it stands.
    """
    try:
        sealed = seal_for(new, "customer")
    except DomainError as error:
        raise error.about("new_password") from error
    customer, stored = _verified(session, program, typed)
    for _ in range(TRIES):
        if _replace(session, customer, stored, sealed):
            return customer
    raise Conflict(CHANGED)


def _verified(session: Any, program: int, typed: Credentials) -> tuple[int, str]:
    """Return the key and the hash of the customer with this email and password."""
    key = typed_key(typed.email)
    found = _may_log_in(select(Customer.id, Customer.password)).where(Customer.login_key == key)
    with _counted(session, program, key, typed.ip):
        return verified(session, found, typed.password)


@contextmanager
def _counted(session: Any, program: int, key: str, ip: str | None) -> Iterator[None]:
    place = None if ip is None else f"site {network_of(ip)}"
    of_program = counted_try(session, f"program {program}", None, MOST_OF_PROGRAM)
    with of_program, counted_try(session, f"customer {key}", place):
        yield


def _replace(session: Any, customer: int, stored: str, sealed: Sealed) -> bool:
    """Write the new password if the old one still stands; False if somebody else wrote the record meanwhile."""
    row = session.scalar(_may_log_in(select(Customer)).where(Customer.id == customer, Customer.password == stored))
    if row is None:
        raise WrongPassword(WRONG)
    row.password, row.password_changed_at = sealed, utcnow()
    try:
        session.commit()
    except StaleDataError:
        session.rollback()
        return False
    except DomainError as error:
        session.rollback()
        raise Conflict(UNFIT) from error
    return True


def _may_log_in(query: Any) -> Any:
    return query.where(Customer.can_login, Customer.status == Status.ACTIVE)
