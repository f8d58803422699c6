"""Accounts: most customers have their own; the firms of one house share one, across channels and borders."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from models.account import Account
from models.customer import Customer
from seed.demo.addresses import slug
from seed.demo.draw import Draw
from seed.demo.edits import Edits
from seed.demo.words import words

HEADS = ("Alti", "Bel", "Cor", "Mar", "Nor", "Sol", "Val", "Ver")
TAILS = ("brera", "dana", "gard", "lunga", "mondi", "nova", "porta", "riva", "selva", "tura", "vento", "zetta")
SIZES = {2: 40, 3: 26, 4: 17, 5: 10, 6: 7}
CUSTOMERS_PER_HOUSE = 46
ABOUT = ("Negotiates the terms for all its firms.", "Each firm orders for itself.", "Invoices go to each firm.", None)


@dataclass
class House:
    """Firms of one brand; the account is there once the first of them is."""

    brand: str
    account: Account | None = None
    country: str | None = None


def plan_houses(seed: str, numbers: list[int]) -> dict[int, House]:
    """Return which of these numbers of customers belong to which house."""
    draw = Draw(seed, "houses")
    brands = [f"{head}{tail}" for head in HEADS for tail in TAILS]
    houses: dict[int, House] = {}
    for brand in draw.some(brands, min(len(brands), len(numbers) // CUSTOMERS_PER_HOUSE)):
        free = [number for number in numbers if number not in houses]
        houses |= dict.fromkeys(draw.some(free, draw.weighted(SIZES)), House(brand))
    return houses


def give_account(draw: Draw, customer: Customer, house: House | None, edits: Edits, until: datetime) -> bool:
    """Give a customer its account, and return whether it is a new one that others will share."""
    if house is None:
        customer.account = own_account(customer)
        return False
    is_new = house.account is None
    if house.account is None:
        house.account, house.country = _account_of(draw, house, customer), customer.billing_country
        edits.was(house.account, draw.moment(customer.created_at, until), customer.owner, tags=None, description=None)
    customer.account = house.account
    return is_new


def own_account(customer: Customer) -> Account:
    """Return the account that a customer alone has, as old as the customer and of the same owner."""
    return Account(
        name=customer.name or f"{customer.first_name} {customer.last_name}",
        website=customer.website,
        owner=customer.owner,
        created_at=customer.created_at,
        updated_at=customer.created_at,
    )


def _account_of(draw: Draw, house: House, first: Customer) -> Account:
    return Account(
        name=words(str(first.language)).house.format(brand=house.brand),
        website=f"https://www.{slug(house.brand)}.example",
        tags=draw.one(("group", "group, key account", None)),
        description=draw.one(ABOUT),
        owner=first.owner,
        created_at=first.created_at,
        updated_at=first.created_at,
    )
