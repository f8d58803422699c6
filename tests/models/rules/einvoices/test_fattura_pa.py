"""Invoices and credit notes in FatturaPA: what Italy's exchange system wants of each sort."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from lxml import etree

from models.rules.einvoices.fattura_pa import fattura_pa
from models.rules.paper import Origin, Paper, Party
from tests.models.rules.einvoices.papers import (
    AURORA,
    COMUNE,
    DUPONT,
    HELLAS,
    MARIA,
    MUELLER,
    PRISHTINA,
    ROSSI,
    SMITH,
    Sale,
    paper,
)
from tests.models.rules.einvoices.schemas import fattura_faults
from tests.models.rules.einvoices.sdi import sdi_faults


def written(given: Paper) -> Any:
    """The XML, which the exchange system would take."""
    xml = fattura_pa(given, progressive="00001")
    root = etree.fromstring(xml)
    assert fattura_faults(xml) == []
    assert sdi_faults(root) == []
    return root


def texts(root: Any, path: str) -> list[str]:
    return [str(node.text) for node in root.findall(f".//{path}")]


def test_an_invoice_says_who_sells_what_to_whom_and_what_is_to_be_paid_when_and_how() -> None:
    root = written(paper(Sale("100", "22", "3"), Sale("10", "10"), note="Grazie"))
    assert texts(root, "TipoDocumento") == ["TD01"]
    assert texts(root, "Denominazione") == ["Rossi Attrezzi s.r.l.", "Aurora S.p.A."]
    assert texts(root, "RegimeFiscale") == ["RF01"]
    assert texts(root, "Imposta") == ["66.00", "1.00"]
    assert texts(root, "ImportoTotaleDocumento") == ["377.00"]
    assert texts(root, "UnitaMisura") == ["pz", "pz"]
    assert texts(root, "Causale") == ["Grazie"]
    [payment] = root.findall(".//DettaglioPagamento")
    assert [node.text for node in payment] == [
        "MP05", "2026-06-03", "377.00", "Banca di Prova", "IT60X0542811101000000123456", "BPMOIT22XXX"
    ]  # fmt: skip


def test_a_credit_note_refers_to_its_invoice_and_asks_for_no_payment() -> None:
    credited = Origin("Invoice", "9/2026", date(2026, 4, 1))
    root = written(paper(Sale("100"), kind="credit_note", origins=[credited]))
    assert texts(root, "TipoDocumento") == ["TD04"]
    assert texts(root, "DatiFattureCollegate/IdDocumento") == ["9/2026"]
    assert texts(root, "DatiFattureCollegate/Data") == ["2026-04-01"]
    assert texts(root, "DatiPagamento") == []


def test_a_deferred_invoice_names_its_delivery_notes_and_the_lines_of_each() -> None:
    notes = [Origin("DDT", f"{number}/2026", date(2026, 4, number)) for number in (7, 9)]
    root = written(paper(*(Sale("10", origin=note) for note in [*notes, notes[0]]), origins=notes))
    assert texts(root, "TipoDocumento") == ["TD24"]
    assert [[part.text for part in note] for note in root.findall(".//DatiDDT")] == [
        ["7/2026", "2026-04-07", "1", "3"],
        ["9/2026", "2026-04-09", "2"],
    ]


def test_the_only_delivery_note_needs_no_lines() -> None:
    note = Origin("DDT", "7/2026", date(2026, 4, 7))
    assert texts(written(paper(Sale("10", origin=note))), "RiferimentoNumeroLinea") == []


@pytest.mark.parametrize(
    ("buyer", "version", "code", "mailbox"),
    [
        (AURORA, "FPR12", "ABC1234", []),
        (COMUNE, "FPA12", "UF1X2Y", []),
        (MARIA, "FPR12", "0000000", ["maria@pec.example"]),
        (replace(AURORA, recipient=""), "FPR12", "0000000", []),
        (DUPONT, "FPR12", "XXXXXXX", []),
        (replace(DUPONT, recipient="ABC1234"), "FPR12", "ABC1234", []),
    ],
)
def test_it_goes_where_the_customer_receives_it(buyer: Party, version: str, code: str, mailbox: list[str]) -> None:
    root = written(paper(Sale("10"), buyer=buyer))
    assert (root.get("versione"), texts(root, "FormatoTrasmissione")) == (version, [version])
    assert (texts(root, "CodiceDestinatario"), texts(root, "PECDestinatario")) == ([code], mailbox)


@pytest.mark.parametrize(
    ("buyer", "identity"),
    [
        (AURORA, ["IT", "12345670785", "12345670785"]),
        (COMUNE, ["12345670785"]),
        (MARIA, ["RCCMNL83S18D969H"]),
        (DUPONT, ["FR", "40303265045"]),
        (HELLAS, ["GR", "094259216"]),
        (replace(DUPONT, vat_number="XI123456789"), ["XI", "123456789"]),
        (MUELLER, ["CH", "E107787577"]),
        (PRISHTINA, ["XK", "OO99999999999"]),
        (SMITH, ["HK", "0000000"]),
    ],
)
def test_the_customer_is_known_by_vat_number_or_tax_code(buyer: Party, identity: list[str]) -> None:
    root = written(paper(Sale("10"), buyer=buyer))
    codes = root.xpath("//CessionarioCommittente//*[self::IdPaese or self::IdCodice or self::CodiceFiscale]")
    assert [node.text for node in codes] == identity


def test_an_address_abroad_keeps_its_postal_code_beside_the_city() -> None:
    [home] = written(paper(Sale("10"), buyer=MUELLER)).findall(".//CessionarioCommittente/Sede")
    assert [node.text for node in home] == ["Bahnhofstrasse 1", "00000", "8001 Zürich", "CH"]


def test_a_tax_code_of_another_country_is_none_in_italy() -> None:
    root = written(paper(Sale("10"), buyer=replace(DUPONT, tax_code="12345678901")))
    assert texts(root, "CessionarioCommittente/DatiAnagrafici/CodiceFiscale") == []


def test_letters_that_the_file_cannot_hold_are_spelt_in_those_it_can() -> None:
    root = written(paper(Sale("10", description="Смазка – 5 €"), buyer=MARIA))
    assert "Maria Lukasiewicz" in texts(root, "Denominazione")
    assert texts(root, "Descrizione") == ["Smazka - 5 EUR"]


def test_a_zero_rate_names_its_nature_and_its_law() -> None:
    root = written(paper(Sale("10", "0", nature="N6.3"), Sale("10", "0", nature="N4"), Sale("1")))
    assert texts(root, "DettaglioLinee/Natura") == ["N6.3", "N4"]
    assert sorted(texts(root, "DatiRiepilogo/Natura")) == ["N4", "N6.3"]
    assert "Esente, art. 10, DPR 633/72" in texts(root, "RiferimentoNormativo")
    assert texts(root, "EsigibilitaIVA") == ["I"]


def test_a_nature_beside_a_rate_says_nothing() -> None:
    assert texts(written(paper(Sale("10", "22", nature="N4"))), "Natura") == []


def test_discounts_in_per_cent_follow_each_other() -> None:
    root = written(paper(Sale("10.50", "22", "3", discount="10"), discount=Decimal(5)))
    assert texts(root, "Percentuale") == ["10.00", "5.00"]
    assert texts(root, "PrezzoTotale") == ["26.93"]


def test_a_discount_of_three_decimals_is_told_as_an_amount_off_the_price() -> None:
    root = written(paper(Sale("80", "22", "2", discount="7.125")))
    assert texts(root, "ScontoMaggiorazione/Importo") == ["5.70"]
    assert texts(root, "PrezzoTotale") == ["148.60"]


def test_goods_that_came_back_have_a_negative_price_and_never_a_negative_quantity() -> None:
    root = written(paper(Sale("100"), Sale("30", quantity="-2", discount="10")))
    assert texts(root, "Quantita") == ["1.00", "2.00"]
    assert texts(root, "PrezzoTotale") == ["100.00", "-54.00"]


def test_vat_worked_back_over_many_lines_is_split_anew_and_the_rounding_is_told() -> None:
    many = paper(*(Sale("0.85") for _ in range(12)), includes_vat=True, buyer=MARIA)
    [group] = many.totals.groups
    assert (group.net, group.vat) == (Decimal("8.40"), Decimal("1.80"))  # 1.85 would be 22 %
    root = written(many)
    assert (texts(root, "ImponibileImporto"), texts(root, "Imposta")) == (["8.36"], ["1.84"])
    assert texts(root, "Arrotondamento") == ["-0.04"]
    assert texts(root, "ImportoTotaleDocumento") == ["10.20"]


@pytest.mark.parametrize(
    ("name", "register", "told"),
    [
        ("Rossi s.r.l.", "REA RM-1234567", ["RM", "1234567", "LN"]),
        ("Rossi s.r.l. in liquidazione", "Registro Imprese di Roma, RM 1234567", ["RM", "1234567", "LS"]),
        ("Rossi", "iscritto all'albo", []),
    ],
)
def test_the_company_register_is_told_where_it_can_be_read(name: str, register: str, told: list[str]) -> None:
    root = written(paper(Sale("10"), seller=replace(ROSSI, name=name, register=register)))
    assert [node.text for node in root.findall(".//IscrizioneREA/*")] == told


@pytest.mark.parametrize(
    ("phone", "told"), [("+39 06 1234567", "+39061234567"), ("+39 340 123 45678", "34012345678"), ("12", None)]
)
def test_a_phone_is_told_in_twelve_signs_or_not_at_all(phone: str, told: str | None) -> None:
    root = written(paper(Sale("10"), seller=replace(ROSSI, phone=phone)))
    assert texts(root, "Telefono") == ([told] if told else [])


def test_a_seller_without_phone_and_email_has_no_contacts() -> None:
    root = written(paper(Sale("10"), seller=replace(ROSSI, phone="", email="")))
    assert texts(root, "Contatti") == []


def test_without_a_method_that_italy_knows_no_payment_is_told() -> None:
    for method in (None, "other", "barter"):
        assert texts(written(paper(Sale("10"), payment_method=method)), "DatiPagamento") == []


def test_cash_needs_no_bank_account() -> None:
    root = written(paper(Sale("10"), payment_method="cash", paid=Decimal("2.20")))
    assert texts(root, "ModalitaPagamento") == ["MP01"]
    assert texts(root, "ImportoPagamento") == ["10.00"]
    assert texts(root, "IBAN") == []


def test_a_long_note_is_told_in_parts() -> None:
    root = written(paper(Sale("10"), note="parola " * 60))
    assert all(len(part) <= 200 for part in texts(root, "Causale"))
    assert " ".join(texts(root, "Causale")).split() == ["parola"] * 60


def test_the_checks_find_a_wrong_product() -> None:
    xml = fattura_pa(paper(Sale("100")), progressive="1").replace(b"<PrezzoUnitario>100.00", b"<PrezzoUnitario>99.99")
    assert sdi_faults(etree.fromstring(xml)) == ["00423"]
    assert fattura_faults(xml.replace(b"TD01", b"TD99")) != []
