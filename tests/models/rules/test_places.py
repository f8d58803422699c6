"""Countries and provinces, held to ISO 3166."""

from __future__ import annotations

import pycountry
import pytest

from models.errors import DomainError
from models.rules import places
from models.rules.places import clean_country, clean_province, province_name, provinces, retired_provinces
from models.rules.text import fold

RENAMED_SINCE = {"US": {"UM"}}  # in ISO's list and not in a postal address
ADDED = {"US": {"AA", "AE", "AP"}, "IT": {"AO"}}


def test_every_country_of_iso_3166_and_kosovo_is_known() -> None:
    assert set(places.COUNTRIES) == {country.alpha_2 for country in pycountry.countries} | {"XK"}
    assert len(places.COUNTRIES) == 250


@pytest.mark.parametrize(
    ("typed", "code"),
    [("it", "IT"), (" Italy ", "IT"), ("ITALIA", "IT"), ("ita", "IT"), ("Deutschland", "DE"), ("UK", "GB"),
     ("xk", "XK"),
     ("united states", "US"), ("USA", "US"), ("España", "ES"), ("espana", "ES"), ("Korea, Republic of", "KR")],
)  # fmt: skip
def test_a_country_is_known_by_code_and_by_name(typed: str, code: str) -> None:
    assert clean_country(typed) == code


@pytest.mark.parametrize("typed", ["", "ZZ", "Atlantis", "I", "x" * 1000])
def test_an_unknown_country_is_refused(typed: str) -> None:
    with pytest.raises(DomainError, match="two-letter code, such as IT"):
        clean_country(typed)


def test_italy_has_its_107_provinces_and_remembers_those_that_are_gone() -> None:
    assert len(provinces("IT")) == 107
    assert {"AO", "SU", "BT", "FM", "MB", "FC", "PU", "VB"} <= set(provinces("IT"))
    assert set(retired_provinces("IT")) == {"CI", "VS", "OG", "OT"}
    assert clean_province("OG", "IT") == "OG"
    assert province_name("IT", "OG") == "Ogliastra"


@pytest.mark.parametrize("country", sorted(places.COUNTRIES_WITH_PROVINCES - {"IT", "ES"}))
def test_the_provinces_are_those_of_iso_3166(country: str) -> None:
    listed = {place.code[3:] for place in pycountry.subdivisions if place.country_code == country}
    assert set(provinces(country)) == listed - RENAMED_SINCE.get(country, set()) | ADDED.get(country, set())


def test_so_are_those_of_italy_and_spain_without_their_regions() -> None:
    within_regions = {place.code for place in pycountry.subdivisions if place.parent_code}
    assert set(provinces("IT")) == {code[3:] for code in within_regions if code.startswith("IT-")} | {"AO"}
    assert set(provinces("ES")) == {code[3:] for code in within_regions if code.startswith("ES-")} | {"CE", "ML"}


@pytest.mark.parametrize(
    ("typed", "country", "code"),
    [("mi", "IT", "MI"), ("Milano", "IT", "MI"), ("reggio emilia", "IT", "RE"), ("Forli-Cesena", "IT", "FC"),
     ("PS", "IT", "PU"), ("CA", "US", "CA"), ("california", "US", "CA"), ("US-CA", "US", "CA"), ("Québec", "CA", "QC"),
     ("orense", "ES", "OR"), ("Sao Paulo", "BR", "SP"), ("Tokyo", "JP", "13"), ("CDMX", "MX", "CMX")],
)  # fmt: skip
def test_a_province_is_known_by_code_and_by_name(typed: str, country: str, code: str) -> None:
    assert clean_province(typed, country) == code


def test_a_province_belongs_to_its_country() -> None:
    with pytest.raises(DomainError, match=r"“MI” is no province or state of this country \(Spain\)"):
        clean_province("MI", "ES")


def test_a_country_with_a_list_needs_the_province() -> None:
    with pytest.raises(DomainError, match=r"needs its province or state \(Italy\)"):
        clean_province("  ", "IT")
    assert clean_province("", "DE") is None
    assert clean_province(None, None) is None


def test_elsewhere_the_province_is_free_text() -> None:
    assert clean_province(" Noord-Holland ", "NL") == "Noord-Holland"
    assert not provinces("NL")
    assert province_name("NL", "Noord-Holland") == "Noord-Holland"


def test_no_name_or_code_stands_for_two_places() -> None:
    for country in places.COUNTRIES_WITH_PROVINCES:
        names = [fold(name) for name in provinces(country).values()]
        assert len(set(names)) == len(names), country
        assert all(clean_province(name, country) == code for code, name in provinces(country).items())
    assert all(clean_country(name) == code for code, name in places.COUNTRIES.items())
