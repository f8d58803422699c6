"""How electronic invoices are called."""

from __future__ import annotations

from dataclasses import replace

import pytest

from models.rules.einvoices.formats import Format, e_invoice, file_name, progressive_of
from models.rules.einvoices.wording import basic, latin, plain
from tests.models.rules.einvoices.papers import ROSSI, Sale, paper


def test_an_italian_file_is_called_by_sender_and_progressive() -> None:
    assert file_name(paper(Sale("1")), Format.FATTURA_PA, progressive="0002S") == "IT00743110157_0002S.xml"


def test_a_sole_trader_is_known_by_the_personal_tax_code() -> None:
    seller = replace(ROSSI, tax_code="RCCMNL83S18D969H")
    given = paper(Sale("1"), seller=seller)
    assert file_name(given, Format.FATTURA_PA, progressive="1") == "ITRCCMNL83S18D969H_1.xml"
    assert b"<IdCodice>RCCMNL83S18D969H" in e_invoice(given, Format.FATTURA_PA, progressive="1")


def test_without_tax_code_the_vat_number_serves() -> None:
    seller = replace(ROSSI, tax_code="")
    assert file_name(paper(Sale("1"), seller=seller), Format.FATTURA_PA, progressive="1") == "IT00743110157_1.xml"


@pytest.mark.parametrize("progressive", ["", "000001", "a-b"])
def test_a_progressive_has_up_to_five_letters_and_digits(progressive: str) -> None:
    with pytest.raises(ValueError, match=f"^{progressive}$"):
        file_name(paper(Sale("1")), Format.FATTURA_PA, progressive=progressive)


def test_a_european_file_is_called_by_kind_and_number() -> None:
    given = paper(Sale("1"), kind="credit_note", number="12/2026 Ž")
    assert file_name(given, Format.EN16931, progressive="") == "credit-note-12-2026-z.xml"


@pytest.mark.parametrize(("number", "signs"), [(0, "00000"), (35, "0000Z"), (36, "00010"), (36**5 - 1, "ZZZZZ")])
def test_a_number_becomes_five_signs(number: int, signs: str) -> None:
    assert progressive_of(number) == signs


def test_text_keeps_what_the_file_can_hold() -> None:
    assert latin(" Città\n“Žilina” – 5 €\x07", 40) == 'Città "Zilina" - 5 EUR'
    assert basic("Città m²", 40) == "Citta m2"
    assert plain(" a\x00b\nc ") == "ab\nc"


def test_text_of_which_nothing_is_left_is_a_hyphen() -> None:
    assert latin("\u200b", 10) == "-"
    assert basic("abc def", 4) == "abc"
