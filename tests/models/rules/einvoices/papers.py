"""Papers to make electronic invoices of: sellers, buyers, and documents of any sort drawn from a seed."""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from typing import Any, NamedTuple

from models.rules.money import net_price, places_of, totals
from models.rules.natures import natures
from models.rules.paper import Item, Origin, Paper, PaperLine, Party, Transport
from models.rules.payment_methods import payment_methods
from models.rules.tax_regimes import tax_regimes
from models.rules.units import units

ROSSI = Party(
    "Rossi Attrezzi s.r.l.", "Via Roma 1", "", "00187", "Roma", "RM", "IT", "IT00743110157", "00743110157",
    email="info@rossi.example", phone="+39 06 1234567", register="REA RM-1234567", regime="RF01",
    bank="Banca di Prova", iban="IT60X0542811101000000123456", bic="BPMOIT22XXX",
)  # fmt: skip
WEBER = Party(
    "Weber & Söhne GmbH", "Hauptstraße 5", "Hinterhaus", "10115", "Berlin", "", "DE", "DE136695976",
    email="info@weber.example", iban="DE89370400440532013000", bic="COBADEFFXXX", register="HRB 12345 B",
)  # fmt: skip

AURORA = Party(
    "Aurora S.p.A.", "Corso Italia 10", "scala B", "20122", "Milano", "MI", "IT", "IT12345670785", "12345670785",
    recipient="ABC1234", email="fatture@aurora.example",
)  # fmt: skip
COMUNE = replace(AURORA, name="Comune di Prova", vat_number="", recipient="UF1X2Y")
MARIA = Party(
    "Maria Łukasiewicz", "Via dei Mille 3", "", "09124", "Cagliari", "CA", "IT", "", "RCCMNL83S18D969H",
    recipient="maria@pec.example", is_company=False,
)  # fmt: skip
DUPONT = Party(
    "Dupont SARL", "12, rue de l’Église", "", "75001", "Paris", "", "FR", "FR40303265045", email="a@dupont.example"
)
HELLAS = Party("Ελλάς Α.Ε.", "Σταδίου 1", "", "104 31", "Αθήνα", "", "GR", "EL094259216")
MUELLER = Party("Müller AG", "Bahnhofstrasse 1", "", "8001", "Zürich", "ZH", "CH", "CHE107787577")
PRISHTINA = Party("Dyqani", "Rruga B", "", "10000", "Prishtinë", "", "XK")
SMITH = Party("John Smith", "1 Main Street", "", "", "Hong Kong", "", "HK", is_company=False)

ANYWHERE = (AURORA, COMUNE, MARIA, DUPONT, HELLAS, MUELLER, PRISHTINA, SMITH)
RATES = ("22", "22", "22", "10", "5", "4", "0")
IN_ANY_MIX = sorted(
    set(natures()) - {"N2.1", "N2.2", "N3.2", "N7"} - {code for code in natures() if code.startswith("N6")}
)
DDT = Origin("DDT", "7/2026", date(2026, 4, 3))


class Sale(NamedTuple):
    """A line before it is computed."""

    price: str
    rate: str = "22"
    quantity: str = "1"
    discount: str = "0"
    nature: str | None = None
    description: str = "Chiave inglese"
    unit: str = "C62"
    origin: Origin | None = None


def paper(*sales: Sale, **changes: Any) -> Paper:
    """An invoice over the sales, from Rossi to Aurora unless said otherwise."""
    start = Paper(
        "invoice", "Invoice", "12/2026", date(2026, 5, 4), date(2026, 6, 3), "EUR", ROSSI, AURORA, (),
        totals([], places=2), payment_method="bank_transfer",
    )  # fmt: skip
    empty = replace(start, **changes)
    items = [item(sale) for sale in sales]
    sums = totals(items, places=places_of(empty.currency), includes_vat=empty.includes_vat, discount=empty.discount)
    lines = [_line(*each, includes_vat=empty.includes_vat) for each in zip(sales, items, sums.lines, strict=True)]
    return replace(empty, lines=lines, totals=sums)


def item(sale: Sale) -> Item:
    """What is computed of a sale."""
    return Item(Decimal(sale.quantity), Decimal(sale.price), Decimal(sale.rate), Decimal(sale.discount), sale.nature)


def _line(sale: Sale, of: Item, amount: Decimal, *, includes_vat: bool) -> PaperLine:
    net = net_price(of.price, of.rate, includes_vat=includes_vat)
    return PaperLine(
        sale.description, of.quantity, sale.unit, of.price, net, of.discount, of.rate, of.nature, amount, sale.origin
    )


def drawn(seed: int) -> Paper:
    """A document of some sort; the same seed draws the same."""
    draw = random.Random(seed)
    seller = draw.choice([ROSSI, ROSSI, replace(ROSSI, regime=draw.choice(list(tax_regimes()))), WEBER])
    kind = draw.choice(["invoice", "invoice", "credit_note"])
    from_notes = kind == "invoice" and draw.random() < 0.3
    notes = [replace(DDT, number=f"{number}/2026") for number in range(draw.randint(1, 3))] if from_notes else []
    drawn_paper = paper(
        *_sales(draw, notes),
        kind=kind,
        number=draw.choice(["1", "12/2026", "2026/00034/A", "FE-9"]),
        due=draw.choice([None, date(2026, 6, 3)]),
        currency=draw.choice(["EUR", "EUR", "EUR", "USD", "JPY"]),
        seller=seller,
        buyer=draw.choice(ANYWHERE),
        includes_vat=draw.random() < 0.4,
        discount=Decimal(draw.choice(["0", "0", "5", "2.5", "33.333"])),
        payment_method=draw.choice([None, *payment_methods()]),
        reference=draw.choice(["", "PO 4711"]),
        note=draw.choice(["", "Grazie – a presto!\nRossi", "Цена — 5 €"]),
        transport=draw.choice([None, Transport(date(2026, 5, 2))]),
        origins=[Origin("Invoice", "9/2026", date(2026, 4, 1))] if kind == "credit_note" else notes,
    )
    paid = draw.choice([Decimal(0), Decimal(0), drawn_paper.totals.total])
    return replace(drawn_paper, paid=paid, due=drawn_paper.due and drawn_paper.due + timedelta(days=seed))


def _sales(draw: random.Random, notes: Sequence[Origin]) -> list[Sale]:
    outside = draw.random() < 0.1
    return [_sale(draw, notes, outside=outside) for _ in range(draw.randint(1, 12))]


def _sale(draw: random.Random, notes: Sequence[Origin], *, outside: bool) -> Sale:
    rate = "0" if outside else draw.choice(RATES)
    nature = draw.choice(["N2.1", "N2.2", "N7"] if outside else IN_ANY_MIX) if rate == "0" else None
    return Sale(
        price=str(
            Decimal(draw.choice([draw.randint(0, 5000), draw.randint(0, 10**8)])).scaleb(-draw.choice([2, 4, 6]))
        ),
        rate=rate,
        quantity=str(Decimal(draw.choice([1000, draw.randint(-5, 9) * 1000, draw.randint(1, 99_999)])).scaleb(-3)),
        discount=draw.choice(["0", "0", "10", "33.33", "12.5", "100", "7.125"]),
        nature=nature,
        description=draw.choice(["Chiave inglese", "Vis à tête\nM8 × 40", "Смазка 1 kg", "x" * 1200]),
        unit=draw.choice(list(units())),
        origin=draw.choice(notes) if notes else None,
    )
