"""EN 16931, the European electronic invoice, in UBL 2.1, the syntax that Peppol carries and every public buyer reads.

factur-x writes the XML from the standard's own terms (BT: business term, BG: group of them).
"""

from __future__ import annotations

from typing import Any

from facturx import generate_xml

from models.rules.document_kinds import DocumentKind
from models.rules.einvoices.en16931_parties import buyer, seller, ship_to
from models.rules.einvoices.en16931_vat import breakdown, is_intra_community, is_outside
from models.rules.einvoices.reading import PRICE_PLACES, Unit, amount, is_credit, method, number, origins, unit_of
from models.rules.einvoices.wording import plain
from models.rules.money import rounded
from models.rules.natures import category
from models.rules.paper import ZERO, Origin, Paper, PaperLine
from models.rules.payment_methods import untdid_4461
from models.rules.units import PIECE

INVOICE, CREDIT_NOTE = "380", "381"  # UNTDID 1001
DISCOUNT = "95"  # UNTDID 5189

Terms = dict[str, Any]


def en16931(paper: Paper) -> bytes:
    """The XML of an invoice or credit note that lacks nothing."""
    terms = {
        **_document(paper),
        **_payment(paper),
        **_delivery(paper),
        **_totals(paper),
        "BG-4": seller(paper.seller, outside=is_outside(paper)),
        "BG-7": buyer(paper.buyer, outside=is_outside(paper)),
        "BG-23": breakdown(paper.totals.groups),
        "BG-25": [_line(at, line, paper) for at, line in enumerate(paper.lines, 1)],
    }
    # Nothing is checked here: that would parse the whole of UBL for every download. The tests do it.
    xml = generate_xml(terms, flavor="ubl-2.1", level="en16931", check_xsd=False, check_schematron=False)
    return bytes(xml)


def _document(paper: Paper) -> Terms:
    orders, notes = origins(paper, DocumentKind.ORDER), origins(paper, DocumentKind.DDT)
    billed = origins(paper, DocumentKind.INVOICE) if is_credit(paper) else []
    return {
        "BT-1": paper.number,
        "BT-2": paper.date,
        "BT-3": CREDIT_NOTE if is_credit(paper) else INVOICE,
        "BT-5": paper.currency,
        "BT-13": plain(paper.reference),
        "BT-14": orders[0].number if len(orders) == 1 else None,
        "BT-16": notes[0].number if len(notes) == 1 else None,
        "BG-1": [{"BT-22": plain(paper.note)}] if plain(paper.note) else [],
        "BG-3": [{"BT-25": origin.number, "BT-26": origin.date} for origin in billed],
    }


def _payment(paper: Paper) -> Terms:
    means = method(paper)
    terms: Terms = {"BT-9": paper.due, "BT-20": None if paper.due else "Payable on receipt."}
    if means:
        terms |= {"BT-81": untdid_4461(means), "BT-83": paper.number}
    if means == "bank_transfer":
        iban = paper.seller.iban.replace(" ", "")
        terms |= {"BT-84": iban, "BT-85": plain(paper.seller.name), "BT-86": paper.seller.bic}
    return terms


def _delivery(paper: Paper) -> Terms:
    """When and where to the goods went, which an intra-Community supply has to say."""
    notes = origins(paper, DocumentKind.DDT)
    moved = paper.transport.date if paper.transport else None
    shipped = moved or (max(note.date for note in notes) if notes else None)
    if is_intra_community(paper):
        return {"BT-72": shipped or paper.date, "BG-13": ship_to(paper.buyer)}
    return {"BT-72": shipped}


def _totals(paper: Paper) -> Terms:
    totals = paper.totals
    return {
        "BT-106": amount(totals.net),
        "BT-109": amount(totals.net),
        "BT-110": amount(totals.vat),
        "BT-112": amount(totals.total),
        "BT-113": amount(paper.paid) if paper.paid else None,
        "BT-115": amount(totals.total - paper.paid),
    }


def _line(at: int, line: PaperLine, paper: Paper) -> Terms:
    unit = _upright(unit_of(line, paper.discount), line)
    name, _, description = plain(line.description).partition("\n")
    group = category(line.rate, line.nature)
    return {
        "BT-126": str(at),
        "BT-127-00": [{"BT-127": _origin(line.origin)}] if line.origin else [],
        "BT-129": number(unit.quantity),
        "BT-130": line.unit or PIECE,
        "BT-131": amount(line.amount),
        "BT-146": number(unit.price),
        "BT-151": group.code,
        "BT-152": None if group.code == "O" else amount(line.rate),
        "BT-153": name,
        "BT-154": description.strip(),
        "BG-27": [{"amount": amount(unit.off), "reason": "Discount", "reason_code": DISCOUNT}] if unit.off else [],
    }


def _upright(unit: Unit, line: PaperLine) -> Unit:
    """The same with a price that is not negative; a quantity may be, and then the price has its discount taken off."""
    if not unit.quantity or (unit.price >= ZERO and unit.quantity > ZERO):
        return unit
    price = rounded(line.amount / unit.quantity, PRICE_PLACES)
    return Unit(unit.quantity if price >= ZERO else -unit.quantity, abs(price), ZERO)


def _origin(origin: Origin) -> str:
    return f"{origin.kind} {origin.number}, {origin.date.isoformat()}"
