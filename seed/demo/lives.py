"""The lives of the demo's customers: they move, get other numbers and owners, are given a login, and some leave."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from functools import partial

from sqlalchemy import inspect

from models.contact import Contact
from models.customer import Customer, Rating, Status
from models.note import Note
from models.user import User
from seed.demo.addresses import draw_address, draw_city, draw_phone
from seed.demo.cast import Cast
from seed.demo.customers import Sketch
from seed.demo.documents import GONE, PERIOD
from seed.demo.draw import Draw
from seed.demo.edits import Edits
from seed.demo.staff import SELLERS

EDITED = 4  # of a hundred customers, and of a hundred contacts
EDITS = {1: 35, 2: 35, 3: 22, 4: 8}
OFFICE = ("Marek Nowak", "Paul Keller")  # who may change every customer
LAST_DEALS = timedelta(days=60)  # go on for so long

Turn = tuple[datetime, Callable[[datetime], None]]


def live(draw: Draw, sketch: Sketch, cast: Cast, until: datetime, *, buys: bool) -> None:
    """Let a new customer have been otherwise once; who buys does not move, as documents carry the address."""
    life = _Life(draw, sketch, cast)
    customer = sketch.customer
    earliest = max(until - PERIOD, customer.created_at)
    turns: list[Turn] = []
    if customer.can_login and customer.password_changed_at:
        turns.append((customer.password_changed_at, life.login))
    if customer.status is not Status.ACTIVE:
        silent = max(earliest + (until - earliest) / 2, until - GONE + LAST_DEALS)
        turns.append((draw.moment(silent, until), life.leave))
    for contact in customer.contacts:  # type: ignore[attr-defined]
        changed, contact.updated_at = contact.updated_at, contact.created_at
        if draw.chance(EDITED):
            turns.append((changed, partial(life.introduce, contact)))
    if draw.chance(EDITED):
        sorts = [life.phone, life.rate, life.hand_over, life.subscribe, life.settle, *([] if buys else [life.move])]
        some = draw.some(sorts, draw.weighted(EDITS))
        turns += [(draw.moment(earliest, until), sort) for sort in some]
    for at, turn in sorted(turns, key=lambda each: each[0], reverse=True):
        turn(at)


def without_login(edits: Edits, customer: Customer, at: datetime, by: User | None) -> None:
    """Let a customer have had no login before a moment."""
    edits.was(customer, at, by, can_login=False, password=None, password_changed_at=None)


def hand_over(edits: Edits, customer: Customer, at: datetime, by: User | None, before: User) -> None:
    """Let somebody else have looked after a customer before a moment, and after the account that came with it."""
    account = customer.account
    if inspect(account).transient and account.owner is customer.owner:
        edits.was(account, at, by, owner=before)
    edits.was(customer, at, by, owner=before)


class _Life:
    """What one customer was like before each turn, the latest first: who owns it then is who owns it now."""

    def __init__(self, draw: Draw, sketch: Sketch, cast: Cast) -> None:
        self.draw, self.sketch, self.cast = draw, sketch, cast
        self.customer, self.edits = sketch.customer, cast.edits

    def login(self, at: datetime) -> None:
        """It could not sign in."""
        without_login(self.edits, self.customer, at, self._owner())

    def leave(self, at: datetime) -> None:
        """It was active."""
        self.edits.was(self.customer, at, self._owner(), status=Status.ACTIVE)

    def phone(self, at: datetime) -> None:
        """It had another number."""
        number = draw_phone(self.draw, self.sketch.city, mobile=self.sketch.domain is None)
        self.edits.was(self.customer.phones[0], at, self._owner(), number=number)

    def move(self, at: datetime) -> None:
        """It was elsewhere in its country."""
        address = draw_address(self.draw, draw_city(self.draw, self.customer.billing_country))
        before = {f"billing_{key}": value for key, value in address.items()}
        self.edits.was(self.customer, at, self._owner(), **before)

    def rate(self, at: datetime) -> None:
        """It was thought of otherwise."""
        others = [each for each in (None, *Rating) if each is not self.customer.rating]
        self.edits.was(self.customer, at, self._office(), rating=self.draw.one(others))

    def subscribe(self, at: datetime) -> None:
        """It had not asked for the newsletter, or not cancelled it."""
        self.edits.was(self.customer, at, self._owner(), newsletter=not self.customer.newsletter)

    def hand_over(self, at: datetime) -> None:
        """Somebody else looked after it."""
        by, users = self._office(), self.cast.users
        others = [name for name in SELLERS if users[name] is not self.customer.owner]
        hand_over(self.edits, self.customer, at, by, users[self.draw.one(others)])

    def introduce(self, contact: Contact, at: datetime) -> None:
        """Nobody knew what a contact does there."""
        self.edits.was(contact, at, self._owner(), notes=None)

    def settle(self, at: datetime) -> None:
        """What a note was about was still open."""
        notes: list[Note] = [each for each in self.customer.notes if each.at < at]  # type: ignore[attr-defined]
        if notes:
            note = self.draw.one(notes)
            before, note.body = note.body, f"{note.body} Settled on {at.day} {at:%B}."
            self.edits.was(note, at, self._owner(), body=before)

    def _owner(self) -> User:
        return self.customer.owner or self._office()

    def _office(self) -> User:
        return self.cast.users[self.draw.one(OFFICE)]
