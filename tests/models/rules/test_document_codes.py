"""Units, natures, payment methods and tax regimes: what documents choose from and e-invoices are written with."""

from __future__ import annotations

from decimal import Decimal

import pytest

from models.rules.natures import category, law, natures
from models.rules.payment_methods import fattura_pa, payment_methods, untdid_4461
from models.rules.tax_regimes import ORDINARY, tax_regimes
from models.rules.units import PIECE, unit_sign, units

ZERO = Decimal(0)


def test_the_piece_is_offered_first() -> None:
    assert next(iter(units().items())) == (PIECE, "piece")


@pytest.mark.parametrize(("code", "sign"), [("C62", "pcs"), ("HUR", "h"), ("MTK", "m²"), ("XYZ", "XYZ")])
def test_a_unit_is_printed_by_its_sign(code: str, sign: str) -> None:
    assert unit_sign(code) == sign


def test_an_italian_reads_italian_signs() -> None:
    assert (unit_sign("C62", "it"), unit_sign("C62", "de")) == ("pz", "pcs")


@pytest.mark.parametrize("language", ["en", "it"])
def test_every_unit_has_a_name_and_a_sign_of_its_own(language: str) -> None:
    assert len(set(units().values())) == len(units()) == len({unit_sign(code, language) for code in units()})


def test_the_natures_are_those_of_the_italian_list() -> None:
    detailed = {"N2": 2, "N3": 6, "N6": 9}
    assert list(natures()) == [
        code
        for group in range(1, 8)
        for code in [f"N{group}.{part}" for part in range(1, detailed.get(f"N{group}", 0) + 1)] or [f"N{group}"]
    ]


@pytest.mark.parametrize(
    ("rate", "nature", "code", "vatex"),
    [
        ("22", None, "S", None),
        ("22", "N4", "S", None),  # the nature of a rate above zero says nothing
        ("0", None, "Z", None),
        ("0", "N1", "E", "VATEX-EU-79-C"),
        ("0.00", "N2.1", "O", "VATEX-EU-O"),
        ("0", "N3.1", "G", "VATEX-EU-G"),
        ("0", "N3.2", "K", "VATEX-EU-IC"),
        ("0", "N4", "E", None),
        ("0", "N6.9", "AE", "VATEX-EU-AE"),
    ],
)
def test_rate_and_nature_make_the_category(rate: str, nature: str | None, code: str, vatex: str | None) -> None:
    found = category(Decimal(rate), nature)
    assert (found.code, found.vatex) == (code, vatex)


def test_every_nature_tells_its_reason_in_words_and_its_law() -> None:
    for nature in natures():
        assert category(ZERO, nature).code in {"E", "AE", "K", "G", "O"}
        assert category(ZERO, nature).reason
        assert 0 < len(law(nature)) <= 100
        law(nature).encode("latin-1")


def test_every_payment_method_has_its_code_in_electronic_invoices() -> None:
    assert untdid_4461("bank_transfer") == "30"
    assert fattura_pa("bank_transfer") == "MP05"
    assert fattura_pa("other") is None
    assert all(untdid_4461(method) for method in payment_methods())
    assert all(code is None or code.startswith("MP") for code in map(fattura_pa, payment_methods()))


def test_an_unknown_payment_method_is_no_method() -> None:
    with pytest.raises(KeyError):
        untdid_4461("barter")


def test_the_tax_regimes_are_those_in_force() -> None:
    assert ORDINARY in tax_regimes()
    assert set(tax_regimes()) == {f"RF{number:02}" for number in range(1, 21) if number != 3}
