"""A believable demo: companies and people from fourteen countries, the same on every machine."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from itertools import count, islice
from typing import Any

from sqlalchemy import select

from models.account import Account
from models.administrators import administrators
from models.contacting import count_all_contacts
from models.customer import Customer
from models.earning import count_all_earnings
from models.errors import Refused
from models.following import followed_at_the_end
from models.gate import acting_as
from models.i18n import N_
from models.message_template import MessageTemplate
from models.permissions import SYSTEM
from models.user import User
from models.vat_rate import VatRate
from seed.demo.activities import add_activities, add_tasks_of
from seed.demo.cast import Cast, make_cast
from seed.demo.channels import close_fairs
from seed.demo.children import add_contacts, add_notes
from seed.demo.chronicle import Chronicle, Event
from seed.demo.customers import YEARS, draw_customer, reach
from seed.demo.documents import add_documents, buys
from seed.demo.draw import Draw
from seed.demo.houses import give_account, plan_houses
from seed.demo.known import give_past, known_customers
from seed.demo.letters import add_letters
from seed.demo.lives import live
from seed.demo.retelling import retell
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
        chronicle = Chronicle(session)
        load_reference(session)
        with followed_at_the_end(session, count_all_contacts, count_all_earnings):
            _load(chronicle, customers, seed, until)
        retell(chronicle)


def _load(chronicle: Chronicle, customers: int, seed: str, until: datetime) -> None:
    session, since = chronicle.session, until - YEARS
    _date_back(session, since)
    cast = make_cast(session, since, until)
    _add_customers(chronicle, customers, seed, cast, until)
    close_fairs(cast.channels)
    chronicle.write()
    add_documents(chronicle, seed, since, until)
    add_letters(chronicle, seed, cast, until)
    _welcome(chronicle, seed, cast, until)


def _date_back(session: Any, since: datetime) -> None:
    """Let what every panel begins with be older than what the demo makes of it."""
    for model in (VatRate, MessageTemplate):
        for row in session.scalars(select(model)):
            row.created_at = row.updated_at = since


def _welcome(chronicle: Chronicle, seed: str, cast: Cast, until: datetime) -> None:
    """Give whoever set up the panel something to do."""
    session = chronicle.session
    customers = list(session.scalars(select(Customer).order_by(Customer.id).limit(FIRST)))
    keys = session.scalars(administrators()).all()
    for user in session.scalars(select(User).where(User.id.in_(keys))):
        if user not in cast.users.values():
            session.add_all(add_tasks_of(Draw(seed, "welcome", user.email), user, customers, cast, until))
    chronicle.write()


def _add_customers(chronicle: Chronicle, customers: int, seed: str, cast: Cast, until: datetime) -> None:
    """Add the customers, and what became of them; some of them are entered once more at last."""
    taken: set[str] = set()
    known = list(known_customers(cast))[:customers]
    for shared, customer in known:
        taken |= _marks(customer)
        add_activities(Draw(seed, "activities", customer.code), customer, cast, until)
        give_past(customer, cast)
        _add(chronicle, shared, customer)
    free = (number for number in count(1) if f"C-{number:05d}" not in taken)
    numbers = list(islice(free, customers - len(known)))
    cast.houses.update(plan_houses(seed, numbers))
    draw, drawn = Draw(seed, "twins"), dict[int, Customer]()
    last = len(numbers) - twins_among(customers)
    for number in numbers[:last]:
        shared, drawn[number] = _customer(seed, number, min(1, number / customers), cast, until, taken)
        _add(chronicle, shared, drawn[number])
    cast.edits.make(chronicle)
    for number, first in zip(numbers[last:], draw.some(numbers[:last], len(numbers) - last), strict=True):
        created = draw.moment(until - RECENTLY, until)
        _add(chronicle, None, twin_of(draw, drawn[first], number, created, cast))


def _add(chronicle: Chronicle, shared: Account | None, customer: Customer) -> None:
    """Write a customer in a change-set of its own, after the account that it is the first to share."""
    for row in (shared, customer):
        if row is not None:
            chronicle.session.add(row)
            chronicle.write({each: _made(each) for each in {row, customer.account}})


def _made(row: Account | Customer) -> Event:
    """Return who made a row: whoever it belonged to."""
    owner: User | None = row.owner
    return Event(row.created_at, owner.id if owner else None)


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
    is_shared = give_account(draw, sketch.customer, cast.houses.get(number), cast.edits, until)
    people = add_contacts(draw, sketch)
    add_notes(draw, sketch, people, cast, until)
    own = Draw(seed, "activities", sketch.customer.code)
    add_activities(own, sketch.customer, cast, until)
    if own.chance(CONTACTS_TWICE):
        add_twin(own, sketch.customer, sketch.latest)
    code = str(sketch.customer.code)
    live(Draw(seed, "life", code), sketch, cast, until, buys=buys(Draw(seed, "documents", code), code))
    return sketch.customer.account if is_shared else None, sketch.customer


def _marks(customer: Customer) -> set[str]:
    """Return what no two customers of the demo share."""
    marks = {str(customer.code), customer.company, customer.vat_number}
    return {mark for mark in (*marks, *(email.address for email in customer.emails)) if mark}
