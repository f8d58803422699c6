"""The customers that pictures and guides show, written out in known.toml."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from models.account import Account
from models.contact import Contact
from models.customer import Customer, CustomerEmail, CustomerKind, CustomerPhone, Rating
from models.note import Note
from seed.demo.cast import Cast
from seed.demo.houses import own_account
from seed.demo.lives import hand_over, without_login
from seed.demo.words import read


def known_customers(cast: Cast) -> Iterator[tuple[Account | None, Customer]]:
    """Yield them with their contacts and notes, each with the account that it is the first to share."""
    shared: dict[str, Account] = {}
    for written in read("known.toml")["customers"]:
        values = dict(written)
        name = values.pop("account", None)
        customer = _customer(values, cast)
        is_first = name is not None and name not in shared
        if is_first:
            account = Account(**read("known.toml")["accounts"][name], name=name, owner=customer.owner)
            cast.edits.was(account, account.updated_at, account.owner, description=None)
            shared[name] = account
        customer.account = shared[name] if name else own_account(customer)
        yield customer.account if is_first else None, customer


def _customer(values: dict[str, Any], cast: Cast) -> Customer:
    parts = {key: values.pop(key, []) for key in ("emails", "phones", "contacts", "notes", "past")}
    values |= {
        "kind": CustomerKind(values["kind"]),
        "rating": Rating(values["rating"]) if "rating" in values else None,
        "group": cast.groups[values["group"]],
        "channel": cast.channels.named[values["channel"]],
        "owner": cast.users[values["owner"]],
        "password": cast.password if values.get("can_login") else None,
    }
    customer = Customer(**values)
    customer.emails = [CustomerEmail(address=each, primary=not place) for place, each in enumerate(parts["emails"])]
    customer.phones = [CustomerPhone(number=each, primary=not place) for place, each in enumerate(parts["phones"])]
    first, last = customer.created_at, customer.updated_at
    for each in parts["contacts"]:
        Contact(customer=customer, created_at=first, updated_at=first, **each)
    for each in parts["notes"]:
        author, at = cast.users[each["author"]], min(each["at"], last)
        Note(customer=customer, body=each["body"], author=author, at=at, created_at=at, updated_at=at)
    return customer


def give_past(customer: Customer, cast: Cast) -> None:
    """Let one of them have been as its past says, and without the login that it was given."""
    past: list[dict[str, Any]] = next(
        each["past"] for each in read("known.toml")["customers"] if each["code"] == customer.code
    )
    if customer.can_login:
        past = [*past, {"at": customer.password_changed_at}]
    for each in sorted(past, key=lambda turn: turn["at"], reverse=True):
        at, by = each["at"], cast.users[each["by"]] if "by" in each else customer.owner
        match each.get("was"):
            case None:
                without_login(cast.edits, customer, at, by)
            case {"owner": name}:
                hand_over(cast.edits, customer, at, by, cast.users[name])
            case {"phone": number}:
                cast.edits.was(customer.phones[0], at, by, number=number)
            case {"rating": rating}:
                cast.edits.was(customer, at, by, rating=Rating(rating))
            case before:
                cast.edits.was(customer, at, by, **before)
