"""The body of a FatturaPA file: the document, its lines, its VAT and how it is paid."""

from __future__ import annotations

import re
import textwrap
from collections.abc import Iterator
from decimal import Decimal

from models.rules.document_kinds import DocumentKind
from models.rules.einvoices.reading import CENT, PRICE_PLACES, Unit, amount, is_credit, method, number, origins, unit_of
from models.rules.einvoices.tree import Content, Node
from models.rules.einvoices.wording import basic, latin
from models.rules.money import HUNDRED, rounded
from models.rules.natures import law
from models.rules.paper import ZERO, Origin, Paper, PaperLine, VatGroup
from models.rules.payment_methods import fattura_pa
from models.rules.units import unit_sign

_REASON_LENGTH = 200
_NUMBER_LENGTH = 20
_BIC = re.compile(r"[A-Z]{6}[A-Z2-9][A-NP-Z0-9]([A-Z0-9]{3})?")


def body(paper: Paper) -> list[Node]:
    """The content of FatturaElettronicaBody."""
    lines: list[Node] = [("DettaglioLinee", _line(at, line, paper)) for at, line in enumerate(paper.lines, 1)]
    groups: list[Node] = [("DatiRiepilogo", _group(group)) for group in paper.totals.groups]
    return [
        ("DatiGenerali", _general(paper)),
        ("DatiBeniServizi", [*lines, *groups]),
        ("DatiPagamento", _payment(paper)),
    ]


def _general(paper: Paper) -> list[Node]:
    billed = origins(paper, DocumentKind.INVOICE) if is_credit(paper) else []
    notes = [] if is_credit(paper) else origins(paper, DocumentKind.DDT)
    return [
        ("DatiGeneraliDocumento", _document(paper)),
        ("DatiOrdineAcquisto", [("IdDocumento", basic(paper.reference, _NUMBER_LENGTH))] if paper.reference else None),
        *(("DatiFattureCollegate", _reference("IdDocumento", "Data", origin)) for origin in billed),
        *(("DatiDDT", [*_reference("NumeroDDT", "DataDDT", note), *_lines_of(note, paper)]) for note in notes),
    ]


def _document(paper: Paper) -> list[Node]:
    return [
        ("TipoDocumento", _type(paper)),
        ("Divisa", paper.currency),
        ("Data", paper.date.isoformat()),
        ("Numero", paper.number),
        ("ImportoTotaleDocumento", amount(paper.totals.total)),
        *(("Causale", part) for part in _reasons(paper.note)),
    ]


def _type(paper: Paper) -> str:
    if is_credit(paper):
        return "TD04"
    return "TD24" if origins(paper, DocumentKind.DDT) else "TD01"


def _reasons(note: str) -> Iterator[str]:
    for part in textwrap.wrap(latin(note, 2000), _REASON_LENGTH) if note else []:
        yield latin(part, _REASON_LENGTH)


def _reference(name: str, day: str, origin: Origin) -> list[Node]:
    return [(name, basic(origin.number, _NUMBER_LENGTH)), (day, origin.date.isoformat())]


def _lines_of(note: Origin, paper: Paper) -> list[Node]:
    """The lines that a delivery note is about; none are named when it is about all of them."""
    about = [str(at) for at, line in enumerate(paper.lines, 1) if line.origin == note]
    return [] if len(about) == len(paper.lines) else [("RiferimentoNumeroLinea", at) for at in about]


def _line(at: int, line: PaperLine, paper: Paper) -> list[Node]:
    unit = _upright(unit_of(line, paper.discount))
    return [
        ("NumeroLinea", str(at)),
        ("Descrizione", latin(line.description, 1000)),
        ("Quantita", number(unit.quantity)),
        ("UnitaMisura", basic(unit_sign(line.unit, "it"), 10) if line.unit else None),
        ("PrezzoUnitario", number(unit.price)),
        *(("ScontoMaggiorazione", discount) for discount in _discounts(line, unit, paper.discount)),
        ("PrezzoTotale", amount(line.amount)),
        ("AliquotaIVA", amount(line.rate)),
        ("Natura", None if line.rate else line.nature),
    ]


def _upright(unit: Unit) -> Unit:
    """The same with a quantity that is not negative; a price may be."""
    return unit._replace(quantity=-unit.quantity, price=-unit.price) if unit.quantity < ZERO else unit


def _discounts(line: PaperLine, unit: Unit, discount: Decimal) -> Iterator[Content]:
    """One percentage after the other where they lead to the amount, else what is taken off the unit price."""
    if not unit.off:
        return
    rates = [rate for rate in (line.discount, discount) if rate]
    reached = unit.quantity * unit.price
    for rate in rates:
        reached *= 1 - rate / HUNDRED
    if abs(reached - line.amount) < CENT and all(rate == rounded(rate, 2) for rate in rates):
        yield from ([("Tipo", "SC"), ("Percentuale", amount(rate))] for rate in rates)
    else:
        yield [("Tipo", "SC"), ("Importo", number(rounded(unit.off / unit.quantity, PRICE_PLACES)))]


def _group(group: VatGroup) -> list[Node]:
    net, vat = _split(group)
    return [
        ("AliquotaIVA", amount(group.rate)),
        ("Natura", group.nature or None),
        ("Arrotondamento", amount(net - group.net) if net != group.net else None),
        ("ImponibileImporto", amount(net)),
        ("Imposta", amount(vat)),
        ("EsigibilitaIVA", None if group.nature else "I"),
        ("RiferimentoNormativo", latin(law(group.nature), 100) if group.nature else None),
    ]


def _split(group: VatGroup) -> tuple[Decimal, Decimal]:
    """Net and VAT; where VAT was worked back line by line, the VAT may stray farther from rate × net than the one cent
    that the exchange system bears (its check 00421): the same gross is then split anew."""
    if abs(group.vat - rounded(group.net * group.rate / HUNDRED, 2)) <= CENT:
        return group.net, group.vat
    gross = group.net + group.vat
    net = rounded(gross * HUNDRED / (HUNDRED + group.rate), 2)
    return net, gross - net


def _payment(paper: Paper) -> Content:
    means = method(paper)
    code = fattura_pa(means) if means and not is_credit(paper) else None
    if not code:
        return None
    remaining = paper.totals.total - paper.paid
    bank = means == "bank_transfer"
    details: list[Node] = [
        ("ModalitaPagamento", code),
        ("DataScadenzaPagamento", paper.due.isoformat() if paper.due else None),
        ("ImportoPagamento", amount(remaining if remaining > ZERO else paper.totals.total)),
        ("IstitutoFinanziario", latin(paper.seller.bank, 80) if bank and paper.seller.bank else None),
        ("IBAN", paper.seller.iban.replace(" ", "") if bank else None),
        ("BIC", paper.seller.bic if bank and _BIC.fullmatch(paper.seller.bic) else None),
    ]
    return [("CondizioniPagamento", "TP02"), ("DettaglioPagamento", details)]
