"""Customers of the demo who were entered twice, as happens: another spelling, with the same number or address."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from models.contact import Contact
from models.customer import Customer, CustomerEmail, CustomerKind, CustomerPhone
from seed.demo.cast import Cast
from seed.demo.channels import draw_channel
from seed.demo.customers import COMPANY, PRIVATE
from seed.demo.draw import Draw
from seed.demo.houses import own_account
from seed.demo.staff import SELLERS

OF = 160  # customers, of whom one was entered twice
EARLY = 5  # letters, among which a hand slips
ADDRESS = ("street", "city", "postal_code", "province", "country")
FIELDS = ("kind", "legal_form", "tax_code", "language", "currency", "group")


def twins_among(customers: int) -> int:
    """Return how many of so many customers are others once more."""
    return customers // OF


def twin_of(draw: Draw, first: Customer, number: int, created: datetime, cast: Cast) -> Customer:
    """Return a customer once more, by somebody who did not find the first one."""
    values: dict[str, Any] = {key: getattr(first, key) for key in (*FIELDS, *(f"billing_{each}" for each in ADDRESS))}
    is_person = first.kind is CustomerKind.PRIVATE
    if is_person:
        values |= {"first_name": first.first_name, "last_name": misspelt(draw, str(first.last_name))}
    else:
        values["company"] = values["name"] = misspelt(draw, str(first.company))
    twin = Customer(
        **values,
        code=f"C-{number:05d}",
        vat_number=first.vat_number if not is_person else None,
        channel=draw_channel(draw, PRIVATE if is_person else COMPANY, created, cast.channels),
        owner=cast.users[draw.one(SELLERS)],
        created_at=created,
        updated_at=created,
    )
    if first.emails and (is_person or draw.chance(40)):
        twin.emails.append(CustomerEmail(address=first.emails[0].address, primary=True))
    twin.phones.append(CustomerPhone(number=first.phones[0].number, primary=True))
    twin.account = own_account(twin)
    return twin


def add_twin(draw: Draw, customer: Customer, at: datetime) -> None:
    """Enter a contact of a customer once more at a moment, with the same address or number."""
    people: list[Contact] = [each for each in customer.contacts if each.email or each.phone]  # type: ignore[attr-defined]
    if people:
        first = draw.one(people)
        name = misspelt(draw, first.name)
        Contact(customer=customer, name=name, email=first.email, phone=first.phone, created_at=at, updated_at=at)


def misspelt(draw: Draw, name: str) -> str:
    """Return a name with a slip of the hand: a letter left out, doubled, or two in the wrong order."""
    at = min(draw.number(1, EARLY), len(name) - 2)
    slips = (
        name[:at] + name[at + 1 :],
        name[:at] + name[at] + name[at:],
        name[:at] + name[at + 1] + name[at] + name[at + 2 :],
    )
    return next((each for each in draw.some(slips, len(slips)) if each != name), f"{name} ")
