"""The reference data of the demo are real: the rules accept all of them."""

from __future__ import annotations

import random

import pytest

from models.rules.currency import clean_currency
from models.rules.language import clean_language
from models.rules.phone import parse_phone
from models.rules.places import clean_country, clean_province
from models.rules.postal import clean_postal_code
from seed.reference import City, Market, cities, markets

DIGITS = random.Random(7)


def is_valid(pattern: str, country: str) -> bool:
    number = "".join(str(DIGITS.randrange(10)) if char == "#" else char for char in pattern)
    return parse_phone(number, country).valid


@pytest.mark.parametrize("city", cities(), ids=lambda city: city.city)
def test_a_city_has_its_province_its_postal_code_and_its_phones(city: City) -> None:
    assert clean_country(city.country) == city.country
    assert (clean_province(city.province, city.country) or "") == city.province
    assert clean_postal_code(city.postal_code, city.country) == city.postal_code
    assert all(is_valid(city.phone, city.country) for _ in range(10))


@pytest.mark.parametrize("market", markets(), ids=lambda market: market.country)
def test_a_market_has_its_language_its_money_and_its_mobiles(market: Market) -> None:
    assert clean_language(market.language) == market.language
    assert clean_currency(market.currency) == market.currency
    assert all(is_valid(market.mobile, market.country) for _ in range(10))


def test_the_demo_has_cities_in_each_of_its_markets() -> None:
    assert {city.country for city in cities()} == {market.country for market in markets()}
    assert len(markets()) >= 8
