"""Seller and buyer as a letter names them."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from babel import Locale
from flask_babel import gettext as _

from models.rules.paper import Party

GROUP = 4  # characters of an IBAN that are read together


def seller(party: Party) -> dict[str, Any]:
    """Return the letterhead: the name, who they are, and the line above the address of whoever gets the letter."""
    street = [party.street, party.street2, town(party)]
    website = party.website.removeprefix("https://").removeprefix("http://").rstrip("/")
    ways = [joined([party.phone, party.email]), website]
    return {
        "name": party.name,
        "lines": present([joined(street), *ways, joined(codes(party)), party.register]),
        "sender": joined([party.name, *street]),
    }


def buyer(party: Party, home: str, locale: Locale) -> dict[str, Any]:
    """Return the address; the country where it is not the seller's, `home`."""
    country = "" if party.country == home else locale.territories.get(party.country, party.country)
    return {
        "name": party.name,
        "lines": present([party.street, party.street2, town(party), country.upper()]),
        "codes": codes(party),
    }


def bank(party: Party) -> list[tuple[str, str]]:
    """Return where money is sent."""
    known = [(_("Bank"), party.bank), ("IBAN", grouped(party.iban)), ("BIC", party.bic)]
    return [(name, value) for name, value in known if value]


def codes(party: Party) -> list[str]:
    """Return the numbers that tax offices know the party by; of two that are alike, one."""
    known = []
    if party.vat_number:
        known.append(_("VAT number %(number)s", number=party.vat_number))
    if party.tax_code and not party.vat_number.endswith(party.tax_code):
        known.append(_("Tax code %(number)s", number=party.tax_code))
    return known


def town(party: Party) -> str:
    """Return the line of the town."""
    return " ".join(present([party.postal_code, party.city, party.province]))


def grouped(iban: str) -> str:
    """Return an IBAN as it is read aloud."""
    compact = "".join(iban.split())
    return " ".join(compact[start : start + GROUP] for start in range(0, len(compact), GROUP))


def present(values: Iterable[str]) -> list[str]:
    """Return the values that say something."""
    return [value for value in values if value]


def joined(values: Iterable[str]) -> str:
    """Return the values that say something as one line."""
    return " · ".join(present(values))
