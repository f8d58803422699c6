"""VAT numbers, with real ones of many countries."""

from __future__ import annotations

import pytest

from models.errors import DomainError
from models.rules.vat import clean_vat, vat_checked, vat_country

REAL = [
    ("IT", "00743110157", "IT00743110157"),
    ("IT", "IT 007.431-1015/7", "IT00743110157"),
    ("IT", "it12345670785", "IT12345670785"),
    ("DE", "DE 136 695 976", "DE136695976"),
    ("FR", "40 303 265 045", "FR40303265045"),
    ("MC", "53 0000 04605", "FR53000004605"),
    ("ES", "B-58378431", "ESB58378431"),
    ("ES", "J99216582", "ESJ99216582"),
    ("AT", "U13585627", "ATU13585627"),
    ("NL", "4495445B01", "NL004495445B01"),
    ("PL", "856-734-62-15", "PL8567346215"),
    ("PT", "501 964 843", "PT501964843"),
    ("GR", "094259216", "EL094259216"),
    ("GR", "GR094259216", "EL094259216"),
    ("BE", "403.019.261", "BE0403019261"),
    ("IE", "6433435F", "IE6433435F"),
    ("GB", "980 7806 84", "GB980780684"),
    ("GB", "XI 980 7806 84", "XI980780684"),
    ("CH", "CHE-107.787.577 IVA", "CHE107787577"),
    ("CH", "CHE-107.787.577", "CHE107787577"),
    ("NO", "995 525 828 MVA", "NO995525828MVA"),
    ("NO", "995525828", "NO995525828MVA"),
    ("BR", "16.727.230/0001-97", "BR16727230000197"),
    ("AU", "83 914 571 673", "AU83914571673"),
]


@pytest.mark.parametrize(("country", "typed", "kept"), REAL)
def test_a_real_number_is_kept_with_its_prefix_in_upper_case(country: str, typed: str, kept: str) -> None:
    assert clean_vat(typed, country) == kept
    assert vat_checked(kept)


def test_a_number_of_another_country_is_accepted_when_valid() -> None:
    assert clean_vat("DE136695976", "IT") == "DE136695976"
    assert clean_vat("DE136695976", None) == "DE136695976"


@pytest.mark.parametrize(
    ("country", "typed", "said"),
    [
        ("IT", "12345670786", "(Italy): the check digit does not match"),
        ("IT", "IT1234567078", "(Italy): it is too short or too long"),
        ("IT", "IT1234567O785", "(Italy): it has another form"),
        ("IT", "DE136695977", "(Germany): the check digit does not match"),
        ("US", "FR40303265046", "(France): the check digit does not match"),
        ("GR", "094259217", "(Greece): the check digit does not match"),
        (None, "136695976", "its country's two letters"),
        ("US", "1" * 30, "(United States): it has another form"),
        ("US", "1" * 200, "too long: at most 20"),
        ("US", "12*34", "it has another form"),
    ],
)
def test_the_refusal_says_what_is_wrong(country: str | None, typed: str, said: str) -> None:
    with pytest.raises(DomainError) as refusal:
        clean_vat(typed, country)
    assert said in str(refusal.value)


def test_where_no_rule_is_known_the_number_is_kept_and_told_apart_as_unchecked() -> None:
    assert clean_vat("12-3456789", "US") == "US123456789"
    assert clean_vat("us123456789", "US") == "US123456789"
    assert not vat_checked("US123456789")
    assert not vat_checked("IT12345670786")


def test_the_prefix_names_the_country_even_where_it_is_not_the_country_code() -> None:
    assert [vat_country(number) for number in ("IT1", "EL1", "XI1", "CHE1", "US1", "??1")] == [
        "IT", "GR", "GB", "CH", "US", None,
    ]  # fmt: skip
