"""Seller, buyer and recipient in the terms of EN 16931."""

from __future__ import annotations

from typing import Any

from models.rules.einvoices.wording import plain
from models.rules.paper import Party

EMAIL = "EM"  # of the electronic address scheme list
KOSOVO = {"XK": "1A"}  # which ISO 3166 does not list; EN 16931's list has a code of its own

Terms = dict[str, Any]


def seller(party: Party, *, outside: bool) -> Terms:
    """BG-4; `outside` the scope of VAT its VAT number may only stand as a registration."""
    code = party.tax_code or party.vat_number[2:]
    return {
        **_party(party),
        "vat_identifier": None if outside else party.vat_number,
        "tax_identifier": party.vat_number if outside else party.tax_code,
        "legal_identifier": code,
        "legal_info": plain(party.register),
        "contacts": [{"name": plain(party.name), "phone": party.phone, "email": party.email}],
    }


def buyer(party: Party, *, outside: bool) -> Terms:
    """BG-7; a private customer is known by the tax code, where there is one."""
    return {
        **_party(party),
        "vat_identifier": None if outside else party.vat_number,
        "identifiers": {None: party.tax_code} if party.tax_code else None,
        "legal_identifier": party.vat_number[2:] if outside else None,
    }


def ship_to(party: Party) -> Terms:
    """BG-13, the address of the buyer."""
    return {"name": plain(party.name), **_address(party)}


def country_of(party: Party) -> str:
    """The country by EN 16931's list."""
    return KOSOVO.get(party.country, party.country)


def _party(party: Party) -> Terms:
    return {
        "name": plain(party.name),
        **_address(party),
        "einvoicing_addr": party.email,
        "einvoicing_addr_schemeid": EMAIL,
    }


def _address(party: Party) -> Terms:
    return {
        "addr_l1": plain(party.street),
        "addr_l2": plain(party.street2),
        "city": plain(party.city),
        "postcode": plain(party.postal_code),
        "country_subdivision": plain(party.province),
        "country_code": country_of(party),
    }
