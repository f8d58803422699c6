"""Papers to print, and what can be read in what was printed."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from io import BytesIO
from typing import Any

from pypdf import PdfReader

from models.rules.document_kinds import DocumentKind
from models.rules.money import net_price, places_of, totals
from models.rules.paper import Item, Origin, Paper, PaperLine, Party

SELLER = Party(
    "Aurora Forniture S.r.l.",
    street="Via Torino 12",
    postal_code="20123",
    city="Milano",
    province="MI",
    country="IT",
    vat_number="IT00743110157",
    tax_code="00743110157",
    email="ordini@aurora.example",
    phone="+39 02 6698 1234",
    website="https://aurora.example",
    register="REA MI-123456",
    bank="Banca Popolare di Sondrio",
    iban="IT60X0542811101000000123456",
    bic="BPMOIT22XXX",
)
BUYER = Party(
    "Müller & Söhne GmbH",
    street="Hauptstraße 5",
    street2="Hinterhof",
    postal_code="10115",
    city="Berlin",
    country="DE",
    vat_number="DE136695976",
)
DDT = Origin("DDT", "12/2026", date(2026, 10, 3))


def line(description: str, price: str = "1", **given: Any) -> PaperLine:
    """Return a line of one piece at 22 %, as far as nothing else is given; its amounts are `paper`'s to say."""
    usual: dict[str, Any] = {"quantity": Decimal(1), "unit": "C62", "rate": Decimal(22), "nature": None}
    none = Decimal(0)
    usual |= {"price": Decimal(price), "net_price": none, "discount": none, "amount": none}
    return PaperLine(description, **usual | given)


LINES = [
    line("Desk lamp, brass\nArticle 4711, with a cable of 2 m", "48.90", quantity=Decimal(3)),
    line("Consulting", "85", quantity=Decimal("2.5"), unit="HUR", discount=Decimal(10)),
    line("Transport to Germany", "120", rate=Decimal(0), nature="N2.1"),
    line("Books on light", "1234.5678", quantity=Decimal(4), rate=Decimal(4)),
]


def paper(kind: str = "invoice", lines: Sequence[PaperLine] = LINES, **given: Any) -> Paper:
    """Return a document with these lines, whose amounts are computed as for any document."""
    currency, includes = given.get("currency", "EUR"), given.get("includes_vat", False)
    sums = totals(
        [Item(each.quantity, each.price, each.rate, each.discount, each.nature) for each in lines],
        places=places_of(currency),
        includes_vat=includes,
        discount=given.get("discount", Decimal(0)),
    )
    usual: dict[str, Any] = {
        "number": "12/2026",
        "date": date(2026, 11, 3),
        "due": date(2026, 12, 4),
        "currency": currency,
        "seller": SELLER,
        "buyer": BUYER,
        "lines": [_priced(each, amount, includes) for each, amount in zip(lines, sums.lines, strict=True)],
        "totals": sums,
        "payment_method": "bank_transfer",
        "reference": "PO 2026-0815",
        "note": "Goods remain our property\nuntil they are paid.",
    }
    return Paper(kind=kind, label=DocumentKind(kind).label, **usual | given)


def pages(made: bytes) -> list[str]:
    """Return what can be read on each page."""
    return [page.extract_text() for page in PdfReader(BytesIO(made)).pages]


def flat(text: str) -> str:
    """Return text without the spaces and ends of lines that depend on where it was broken."""
    return "".join(text.split())


def _priced(each: PaperLine, amount: Decimal, includes: bool) -> PaperLine:
    net = net_price(each.price, each.rate, includes_vat=includes)
    return PaperLine(**vars(each) | {"net_price": net, "amount": amount})
