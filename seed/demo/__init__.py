"""A believable demo: companies and people from fourteen countries, the same on every machine."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from itertools import count, islice
from typing import Any

from sqlalchemy import select

from models.account import Account
from models.administrators import administrators
from models.base import Base
from models.contacting import count_all_contacts
from models.customer import Customer
from models.earning import count_all_earnings
from models.errors import Refused
from models.following import followed_at_the_end
from models.gate import acting_as
from models.i18n import N_
from models.permissions import SYSTEM
from models.user import User
from seed.demo.activities import add_activities, add_tasks_of
from seed.demo.book import write_apart
from seed.demo.cast import Cast, make_cast
from seed.demo.channels import close_fairs
from seed.demo.children import add_contacts, add_notes
from seed.demo.customers import YEARS, draw_customer, reach
from seed.demo.documents import add_documents
from seed.demo.draw import Draw
from seed.demo.houses import give_account, plan_houses
from seed.demo.known import known_customers
from seed.demo.letters import add_letters
from seed.demo.twins import add_twin, twin_of, twins_among
from seed.reference_rows import load_reference

CUSTOMERS = 2000
FIRST = 200  # customers, among whom the tasks of whoever set up the panel are
SEED = "Clientela"
CONTACTS_TWICE = 0.6  # of a hundred customers
RECENTLY = timedelta(days=60)
UNTIL = datetime(2026, 11, 20, 15, 0, tzinfo=UTC)

Entry = tuple[Account | None, Customer]

NOT_EMPTY = N_("The demo needs an empty database, and this one has customers.")


def load_demo(session: Any, customers: int = CUSTOMERS, seed: str = SEED, until: datetime = UNTIL) -> None:
    """Add the demo, as it stands at `until` after three years of business; Refused where there are customers already.

    Rows depend on the arguments alone, but for the hash of a password that nobody knows. The caller commits.
    """
    with acting_as(session, SYSTEM):
        if session.scalars(select(Customer.id).limit(1)).first() is not None:
            raise Refused(NOT_EMPTY)
        load_reference(session)
        with followed_at_the_end(session, count_all_contacts, count_all_earnings):
            _load(session, customers, seed, until)


def _load(session: Any, customers: int, seed: str, until: datetime) -> None:
    cast = make_cast(session, until - YEARS, until)
    for shared, customer in islice(_every_customer(seed, customers, cast, until), customers):
        if shared is not None:
            _add(session, shared)
        _add(session, customer)
    close_fairs(cast.channels)
    _add(session, cast.channels.fairs)
    add_documents(session, seed, until - YEARS, until)
    add_letters(session, seed, cast, until)
    _welcome(session, seed, cast, until)


def _welcome(session: Any, seed: str, cast: Cast, until: datetime) -> None:
    """Give whoever set up the panel something to do."""
    customers = list(session.scalars(select(Customer).order_by(Customer.id).limit(FIRST)))
    keys = session.scalars(administrators()).all()
    for user in session.scalars(select(User).where(User.id.in_(keys))):
        if user not in cast.users.values():
            session.add_all(add_tasks_of(Draw(seed, "welcome", user.email), user, customers, until))
    write_apart(session)


def _add(session: Any, row: Base) -> None:
    """Write a row in a change-set of its own."""
    session.add(row)
    write_apart(session)


def _every_customer(seed: str, customers: int, cast: Cast, until: datetime) -> Iterator[Entry]:
    """Yield every customer with the account that it is the first to share, if there is one."""
    taken: set[str] = set()
    known = list(known_customers(cast))
    for entry in known:
        taken |= _marks(entry[1])
        add_activities(Draw(seed, "activities", entry[1].code), entry[1], cast, until)
        yield entry
    free = (number for number in count(1) if f"C-{number:05d}" not in taken)
    numbers = list(islice(free, max(0, customers - len(known))))
    cast.houses.update(plan_houses(seed, numbers))
    draw, drawn = Draw(seed, "twins"), dict[int, Customer]()
    last = len(numbers) - twins_among(customers)
    for number in numbers[:last]:
        shared, drawn[number] = _customer(seed, number, min(1, number / customers), cast, until, taken)
        yield shared, drawn[number]
    for number, first in zip(numbers[last:], draw.some(numbers[:last], len(numbers) - last), strict=True):
        created = draw.moment(until - RECENTLY, until)
        yield None, twin_of(draw, drawn[first], number, created, cast)


def _customer(seed: str, number: int, share: float, cast: Cast, until: datetime, taken: set[str]) -> Entry:
    """Return a customer none of whose names and numbers is taken, and take them."""
    for attempt in count():
        draw = Draw(seed, number, attempt)
        sketch = draw_customer(draw, number, share, cast, until)
        reach(draw, sketch, cast)
        marks = _marks(sketch.customer) | ({sketch.domain} if sketch.domain else set())
        if not marks & taken:
            taken |= marks
            break
    is_shared = give_account(draw, sketch.customer, cast.houses.get(number), until)
    people = add_contacts(draw, sketch)
    add_notes(draw, sketch, people, cast, until)
    own = Draw(seed, "activities", sketch.customer.code)
    add_activities(own, sketch.customer, cast, until)
    if own.chance(CONTACTS_TWICE):
        add_twin(own, sketch.customer)
    return sketch.customer.account if is_shared else None, sketch.customer


def _marks(customer: Customer) -> set[str]:
    """Return what no two customers of the demo share."""
    marks = {str(customer.code), customer.company, customer.vat_number}
    return {mark for mark in (*marks, *(email.address for email in customer.emails)) if mark}
