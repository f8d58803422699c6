"""Where the demo's customers are, and how to reach them: emails and websites under .example, which is nobody's."""

from __future__ import annotations

import re

import phonenumbers
from phonenumbers import PhoneNumberFormat

from models.rules.text import fold
from seed.demo.draw import Draw
from seed.demo.words import Person, language_of, words
from seed.reference import City, cities, markets

# Out of a hundred customers, how many are from where.
COUNTRIES = {
    "IT": 36,
    "DE": 13,
    "FR": 11,
    "ES": 11,
    "AT": 4,
    "GB": 4,
    "NL": 4,
    "PL": 4,
    "CH": 3,
    "BE": 3,
    "PT": 2,
    "NO": 2,
    "GR": 2,
    "US": 1,
}
PROVIDERS = ("posta.example", "mail.example", "webmail.example", "inbox.example")
TWO_LETTERS = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue", "å": "aa"})


def draw_city(draw: Draw, country: str | None = None) -> City:
    """Return a city of the country, or of one of the demo's; the larger ones come first in the list and more often."""
    wanted = country or draw.weighted(COUNTRIES)
    found = [city for city in cities() if city.country == wanted]
    return draw.weighted({city: 2 + len(found) - place for place, city in enumerate(found)})


def draw_address(draw: Draw, city: City) -> dict[str, str | None]:
    """Return street, city, postal code, province and country, by the last part of their columns' names."""
    streets = words(language_of(city)).countries[city.country]["streets"]
    return {
        "street": draw.one(streets).format(n=min(draw.number(1, 90), draw.number(1, 90))),
        "city": city.city,
        "postal_code": city.postal_code,
        "province": city.province or None,
        "country": city.country,
    }


def draw_phone(draw: Draw, city: City, *, mobile: bool) -> str:
    """Return a number in use in the city, written as people there write it or, more often, for people abroad."""
    pattern = next(market.mobile for market in markets() if market.country == city.country) if mobile else city.phone
    while True:
        number = draw.digits(pattern)
        parsed = phonenumbers.parse(number, city.country)
        if phonenumbers.is_valid_number(parsed):
            break
    return phonenumbers.format_number(parsed, PhoneNumberFormat.INTERNATIONAL) if draw.chance(65) else number


def slug(text: str) -> str:
    """Return the text as a part of a web address."""
    return re.sub(r"[^a-z0-9]+", "-", fold(text.lower().translate(TWO_LETTERS))).strip("-")


def draw_own_email(draw: Draw, first_name: str, last_name: str) -> str:
    """Return an address that a person has for themselves."""
    first, last = slug(first_name).replace("-", ""), slug(last_name).replace("-", "")
    mailbox = draw.one((f"{first}.{last}", f"{first[0]}.{last}", f"{last}.{first}", f"{first}{last}"))
    return f"{mailbox}{draw.number(1, 99) if draw.chance(60) else ''}@{draw.one(PROVIDERS)}"


def office_email(person: Person, domain: str) -> str:
    """Return the address that a person has at work."""
    return f"{slug(person.first)}.{slug(person.last)}@{domain}"
