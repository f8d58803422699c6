"""What holds for every rule, whatever is typed."""

from __future__ import annotations

import time
from collections.abc import Callable, Hashable
from functools import partial

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from models.errors import DomainError
from models.rules import currency, einvoice, email, language, password, phone, places, postal, tax_code, text, url, vat

Rule = Callable[[str], Hashable]
RuleOfACountry = Callable[[str, str | None], Hashable]

COUNTRIES = ["IT", "DE", "FR", "ES", "NO", "GB", "US", "AT", "CH", "NL", "PL", "PT", "GR", "IE", "MX", "JP", "AQ", None]
RULES: dict[str, Rule] = {
    "text": partial(text.clean_text, max_length=100),
    "lines": partial(text.clean_text, max_length=100, multiline=True),
    "email": email.clean_email,
    "emails": email.clean_emails,
    "website": url.clean_website,
    "currency": currency.clean_currency,
    "language": language.clean_language,
    "country": places.clean_country,
    "recipient": einvoice.clean_recipient,
    "customer password": partial(password.check_password, policy=password.CUSTOMER),
}
RULES_OF_A_COUNTRY: dict[str, RuleOfACountry] = {
    "vat": vat.clean_vat,
    "tax code": tax_code.clean_tax_code,
    "postal code": postal.clean_postal_code,
    "province": places.clean_province,
    "phone": lambda value, country: phone.parse_phone(value, country).raw,
}
FUNCTIONS: dict[str, Rule] = {"fold": text.fold, "email key": email.email_key, "phone digits": phone.phone_digits}

anything = st.text(max_size=60)
codes = st.text("ABCDEGHIKLMNOPRSTUVXYZ0123456789 .-/+*&@:", max_size=24)  # what looks like a code or a number
typed = st.one_of(anything, codes, st.from_regex(r"[a-z.+]{1,8}@[a-z-]{1,8}\.[a-z]{2,4}", fullmatch=True))


def in_country(rule: RuleOfACountry, country: str | None) -> Rule:
    return lambda value: rule(value, country)


def keeps_its_promise(rule: Rule, value: str) -> None:
    """Let any other exception than a DomainError through; a refusal's sentence must format."""
    try:
        cleaned = rule(value)
    except DomainError as refusal:
        cleaned = str(refusal) and None
    if isinstance(cleaned, str):
        assert rule(cleaned) == cleaned


@pytest.mark.parametrize("name", RULES)
@settings(deadline=None)
@given(value=typed)
def test_a_rule_cleans_once_and_for_all_or_refuses_in_words(name: str, value: str) -> None:
    keeps_its_promise(RULES[name], value)


@pytest.mark.parametrize("name", RULES_OF_A_COUNTRY)
@settings(max_examples=300, deadline=None)
@given(value=typed, country=st.sampled_from(COUNTRIES))
@example(value="GR094259216", country=None)
@example(value="U13585627", country="AT")
def test_so_does_a_rule_that_depends_on_the_country(name: str, value: str, country: str | None) -> None:
    keeps_its_promise(in_country(RULES_OF_A_COUNTRY[name], country), value)


@pytest.mark.parametrize("name", FUNCTIONS)
@settings(deadline=None)
@given(value=anything)
def test_a_key_of_a_key_is_the_key(name: str, value: str) -> None:
    key = FUNCTIONS[name]
    assert key(str(key(value))) == key(value) or name == "phone digits"


HOSTILE = ["a", " ", "1", "+", "\u200b ", "a@", "é", "\u0301", "a.", "A1-", "\U0001f600", "00", "(0)", "http://", "٣"]


@pytest.mark.parametrize("name", [*RULES, *RULES_OF_A_COUNTRY, *FUNCTIONS, "looks like phone", "staff password"])
@pytest.mark.parametrize("unit", HOSTILE)
def test_a_hundred_kilobytes_are_answered_at_once(name: str, unit: str) -> None:
    rules = RULES | FUNCTIONS | {key: in_country(rule, "IT") for key, rule in RULES_OF_A_COUNTRY.items()}
    rules["looks like phone"] = phone.looks_like_phone
    rules["staff password"] = partial(password.check_password, policy=password.STAFF)
    huge = unit * (100_000 // len(unit))
    began = time.process_time()
    keeps_its_promise(rules[name], huge)
    assert time.process_time() - began < 0.2  # twice: what is cleaned is cleaned again
