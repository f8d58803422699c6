"""A believable demo: companies and people from fourteen countries, the same on every machine."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from itertools import count, islice
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import object_session

from models.customer import Customer
from models.errors import Refused
from models.gate import acting_as
from models.history import end_change_set
from models.i18n import N_
from models.permissions import SYSTEM
from seed.demo.cast import Cast, make_cast
from seed.demo.children import add_contacts, add_notes
from seed.demo.customers import YEARS, Sketch, draw_customer, reach
from seed.demo.draw import Draw
from seed.demo.known import known_customers
from seed.reference_rows import load_reference

CUSTOMERS = 2000
SEED = "Clientela"
UNTIL = datetime(2026, 11, 20, 15, 0, tzinfo=UTC)

NOT_EMPTY = N_("The demo needs an empty database, and this one has customers.")


def load_demo(session: Any, customers: int = CUSTOMERS, seed: str = SEED, until: datetime = UNTIL) -> None:
    """Add the demo, as it stands at `until` after three years of business; Refused where there are customers already.

    Rows depend on the arguments alone, but for the hash of a password that nobody knows. The caller commits.
    """
    with acting_as(session, SYSTEM):
        if session.scalars(select(Customer.id).limit(1)).first() is not None:
            raise Refused(NOT_EMPTY)
        load_reference(session)
        cast = make_cast(session, until - YEARS)
        for customer in islice(_every_customer(seed, customers, cast, until), customers):
            _add(session, customer)


def _add(session: Any, customer: Customer) -> None:
    """Add a customer in a change-set of its own, so that undoing it does not undo the whole demo."""
    session.add(customer)
    inner = object_session(customer)  # `session` may be the one of all threads
    if inner and (transaction := inner.get_transaction()):
        end_change_set(inner, transaction)
    session.flush()


def _every_customer(seed: str, customers: int, cast: Cast, until: datetime) -> Iterator[Customer]:
    taken: set[str] = set()
    for customer in known_customers(cast):
        taken |= _marks(customer)
        yield customer
    for number in count(1):
        if f"C-{number:05d}" not in taken:
            yield _customer(seed, number, min(1, number / customers), cast, until, taken)


def _customer(seed: str, number: int, share: float, cast: Cast, until: datetime, taken: set[str]) -> Customer:
    """Return a customer none of whose names and numbers is taken, and take them."""
    for attempt in count():
        draw = Draw(seed, number, attempt)
        sketch = draw_customer(draw, number, share, cast, until)
        reach(draw, sketch, cast)
        marks = _marks(sketch.customer) | ({sketch.domain} if sketch.domain else set())
        if not marks & taken:
            taken |= marks
            break
    return _with_children(draw, sketch, cast, until)


def _with_children(draw: Draw, sketch: Sketch, cast: Cast, until: datetime) -> Customer:
    people = add_contacts(draw, sketch)
    add_notes(draw, sketch, people, cast, until)
    return sketch.customer


def _marks(customer: Customer) -> set[str]:
    """Return what no two customers of the demo share."""
    marks = {str(customer.code), customer.company, customer.vat_number}
    return {mark for mark in (*marks, *(email.address for email in customer.emails)) if mark}
