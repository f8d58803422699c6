"""Tax codes, invoice recipients, postal codes, currencies, languages, websites and VAT rates."""

from __future__ import annotations

import datetime
from collections.abc import Callable
from decimal import Decimal
from functools import partial

import pytest
from stdnum.eu.vat import MEMBER_STATES

from models.errors import DomainError
from models.rules.currency import clean_currency, currencies
from models.rules.einvoice import clean_recipient
from models.rules.language import clean_language, languages
from models.rules.postal import clean_postal_code
from models.rules.tax_code import clean_tax_code
from models.rules.url import clean_website
from models.rules.vat_rates import RATES_AS_OF, all_vat_rates, vat_rates

Rule = Callable[[str], str]

tax_it = partial(clean_tax_code, country="IT")


@pytest.mark.parametrize(
    ("rule", "typed", "kept"),
    [
        (tax_it, "rcc mnl 83s18 d969h", "RCCMNL83S18D969H"),
        (tax_it, "00743110157", "00743110157"),
        (partial(clean_tax_code, country="DE"), "12 / 345 / 67890", "12 / 345 / 67890"),
        (clean_recipient, " abc1234 ", "ABC1234"),
        (clean_recipient, "uf1x2y", "UF1X2Y"),
        (clean_recipient, "0000000", "0000000"),
        (clean_recipient, "xxxxxxx", "XXXXXXX"),
        (clean_recipient, "fatture@PEC.example", "fatture@pec.example"),
        (clean_currency, " eur", "EUR"),
        (clean_language, "IT", "it"),
        (clean_language, "pt_br", "pt-BR"),
        (clean_language, "zh-hant-tw", "zh-Hant-TW"),
        (clean_language, "italian", "it"),
        (clean_language, "Greek", "el"),
        (clean_website, "www.Aurora.example/Shop?q=A", "https://www.aurora.example/Shop?q=A"),
        (clean_website, "HTTP://aurora.example", "http://aurora.example"),
        (clean_website, "//aurora.example:8443", "https://aurora.example:8443"),
        (clean_website, "münchen.de", "https://münchen.de"),
    ],
)
def test_a_right_value_is_kept_in_its_usual_form(rule: Rule, typed: str, kept: str) -> None:
    assert rule(typed) == kept


@pytest.mark.parametrize(
    ("rule", "typed", "said"),
    [
        (tax_it, "RCCMNL83S18D969", "16 characters for a person"),
        (tax_it, "RCCMNL83S18D969X", "check character does not match"),
        (tax_it, "00743110158", "check character does not match"),
        (tax_it, "1CCMNL83S18D969H", "Check its letters and digits"),
        (partial(clean_tax_code, country="DE"), "1" * 21, "at most 20"),
        (partial(clean_tax_code, country=None), "ABC", "a digit among them"),
        (partial(clean_tax_code, country=None), "ABCDEF", "a digit among them"),
        (partial(clean_tax_code, country="KE"), "1-2-3", "at least 5"),
        (partial(clean_postal_code, country=None), "!!", "a digit among them"),
        (partial(clean_postal_code, country="KE"), "none", "a digit among them"),
        (partial(clean_postal_code, country="KE"), "<b>1", "a digit among them"),
        (clean_recipient, "ABC12", "7 letters and digits"),
        (clean_recipient, "ABC-1234", "7 letters and digits"),
        (clean_recipient, "fatture@", "after the @ sign"),
        (clean_currency, "EURO", "such as EUR"),
        (clean_currency, "XXX", "such as EUR"),
        (clean_language, "Klingon", "such as it"),
        (clean_language, "it-ZZ", "such as it"),
        (clean_language, "it-Qqqq", "such as it"),
        (clean_website, "javascript:alert(1)", "begins with http:// or https://"),
        (clean_website, "mailto:a@b.it", "begins with http:// or https://"),
        (clean_website, "https://user:pw@site.it", "no user name or password"),
        (clean_website, "localhost", "not a web address"),
        (clean_website, "https://my site.it", "not a web address"),
        (clean_website, "http://[::1", "not a web address"),
        (clean_website, "site.it:99999", "not a web address"),
        (clean_website, "a.it/" + "x" * 260, "at most 255"),
        (clean_website, "a.it/" + "x" * 245, "at most 255"),
    ],
)
def test_a_wrong_value_is_refused_with_the_way_out(rule: Rule, typed: str, said: str) -> None:
    with pytest.raises(DomainError) as refusal:
        rule(typed)
    assert said in str(refusal.value)


POSTAL = [
    ("IT", "00187", "00187"), ("IT", "I-00187", "00187"), ("DE", "D-10115", "10115"), ("FR", "75001", "75001"),
    ("ES", "28013", "28013"), ("US", "20500 0003", "20500-0003"), ("US", "20500", "20500"),
    ("GB", "sw1a1aa", "SW1A 1AA"),
    ("CA", "k1a0b1", "K1A 0B1"), ("AT", "1010", "1010"), ("CH", "CH-8001", "8001"), ("NL", "1012ab", "1012 AB"),
    ("PL", "00950", "00-950"), ("PT", "1000205", "1000-205"), ("GR", "10431", "104 31"), ("SE", "SE-11455", "114 55"),
    ("NO", "0150", "0150"), ("JP", "1000001", "100-0001"), ("IE", "d02af30", "D02 AF30"),
    ("BR", "01310100", "01310-100"),
    ("KE", "  00100 nairobi ", "00100 NAIROBI"), (None, "x1", "X1"),
]  # fmt: skip


@pytest.mark.parametrize(("country", "typed", "kept"), POSTAL)
def test_a_postal_code_takes_its_country_s_form(country: str | None, typed: str, kept: str) -> None:
    assert clean_postal_code(typed, country) == kept


@pytest.mark.parametrize(
    ("country", "typed"), [("IT", "187"), ("ES", "53001"), ("GB", "12345"), ("US", "205000"), ("NL", "0012 AB")]
)
def test_a_postal_code_of_another_form_is_refused_with_an_example(country: str, typed: str) -> None:
    with pytest.raises(DomainError, match="Write it as in"):
        clean_postal_code(typed, country)


def test_the_rates_cover_the_union_and_its_neighbours() -> None:
    members = {state.upper() for state in MEMBER_STATES} - {"XI"}
    assert set(all_vat_rates()) == members | {"GB", "CH", "NO"}
    assert vat_rates("IT") == (Decimal(22), (Decimal(4), Decimal(5), Decimal(10)))
    assert vat_rates("CH") == (Decimal("8.1"), (Decimal("2.6"), Decimal("3.8")))
    assert vat_rates("US") is None
    assert datetime.date(2026, 1, 1) <= RATES_AS_OF


def test_reduced_rates_rise_towards_the_standard_one() -> None:
    for rates in all_vat_rates().values():
        assert sorted({*rates.reduced, rates.standard}) == [*rates.reduced, rates.standard]


def test_lists_offer_what_the_rules_accept() -> None:
    assert all(clean_currency(code) == code for code in currencies())
    assert all(clean_language(code) == clean_language(name) == code for code, name in languages().items())
