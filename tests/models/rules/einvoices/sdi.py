"""The checks of Italy's exchange system that its schema cannot express, by their numbers in its specification."""

from __future__ import annotations

from collections import defaultdict
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

CENT = Decimal("0.01")
EURO = Decimal(1)


def sdi_faults(root: Any) -> list[str]:
    """The numbers of the checks that an invoice fails."""
    faults = {
        "00400": any(number(line, "AliquotaIVA") == 0 and not text(line, "Natura") for line in lines(root)),
        "00401": any(number(line, "AliquotaIVA") > 0 and text(line, "Natura") for line in lines(root)),
        "00417": not root.xpath("//CessionarioCommittente//IdFiscaleIVA|//CessionarioCommittente//CodiceFiscale"),
        "00421": any(abs(number(each, "Imposta") - tax(each)) > CENT for each in groups(root)),
        "00422": any(abs(number(each, "ImponibileImporto") - of_lines(root, each)) >= EURO for each in groups(root)),
        "00423": any(abs(number(line, "PrezzoTotale") - product(line)) >= CENT for line in lines(root)),
        "00425": not any(sign.isdecimal() for sign in root.findtext(".//DatiGeneraliDocumento/Numero")),
        "00426": (root.find(".//PECDestinatario") is not None) and root.findtext(".//CodiceDestinatario") != "0000000",
        "00427": len(root.findtext(".//CodiceDestinatario")) != {"FPA12": 6, "FPR12": 7}[root.get("versione")],
        "00429": any(number(each, "AliquotaIVA") == 0 and not text(each, "Natura") for each in groups(root)),
        "00443": {number(line, "AliquotaIVA") for line in lines(root)}
        != {number(g, "AliquotaIVA") for g in groups(root)},
        "00444": {text(line, "Natura") for line in lines(root)} != {text(each, "Natura") for each in groups(root)},
    }
    return [number for number, failed in faults.items() if failed]


def lines(root: Any) -> list[Any]:
    return list(root.iter("DettaglioLinee"))


def groups(root: Any) -> list[Any]:
    return list(root.iter("DatiRiepilogo"))


def text(node: Any, name: str) -> str:
    return str(node.findtext(name) or "")


def number(node: Any, name: str) -> Decimal:
    return Decimal(text(node, name))


def tax(group: Any) -> Decimal:
    return cents(number(group, "AliquotaIVA") * number(group, "ImponibileImporto") / 100)


def of_lines(root: Any, group: Any) -> Decimal:
    """What the lines of a group come to, with the rounding that the group declares."""
    sums: dict[tuple[Decimal, str], Decimal] = defaultdict(Decimal)
    for line in lines(root):
        sums[number(line, "AliquotaIVA"), text(line, "Natura")] += number(line, "PrezzoTotale")
    rounding = Decimal(text(group, "Arrotondamento") or "0")
    return sums[number(group, "AliquotaIVA"), text(group, "Natura")] + rounding


def product(line: Any) -> Decimal:
    """Unit price, less each discount in turn, times quantity."""
    price = number(line, "PrezzoUnitario")
    for discount in line.iter("ScontoMaggiorazione"):
        rate = discount.findtext("Percentuale")
        price -= price * Decimal(rate) / 100 if rate else number(discount, "Importo")
    return price * number(line, "Quantita")


def cents(value: Decimal) -> Decimal:
    return value.quantize(CENT, ROUND_HALF_UP)
