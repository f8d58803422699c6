"""What both formats read from a paper in the same way."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import NamedTuple

from models.rules.document_kinds import DocumentKind
from models.rules.money import rounded
from models.rules.paper import ZERO, Origin, Paper, PaperLine
from models.rules.payment_methods import payment_methods

KINDS = frozenset({DocumentKind.INVOICE.value, DocumentKind.CREDIT_NOTE.value})
PRICE_PLACES = 8  # FatturaPA takes no more, EN 16931 any number
CENT = Decimal("0.01")


class Unit(NamedTuple):
    """A quantity and a price without VAT; `off` is what a discount takes off their product, never negative."""

    quantity: Decimal
    price: Decimal
    off: Decimal


def is_credit(paper: Paper) -> bool:
    """Whether the paper is a credit note."""
    return bool(paper.kind == DocumentKind.CREDIT_NOTE.value)


def origins(paper: Paper, kind: DocumentKind) -> Sequence[Origin]:
    """The documents of a kind that the paper or one of its lines was made from, each once."""
    found = [*paper.origins, *(line.origin for line in paper.lines if line.origin)]
    return [origin for origin in dict.fromkeys(found) if origin.kind.casefold() in {kind.value, kind.label.casefold()}]


def method(paper: Paper) -> str | None:
    """The payment method, None where none is known."""
    return paper.payment_method if paper.payment_method in payment_methods() else None


def unit_of(line: PaperLine, discount: Decimal) -> Unit:
    """Quantity, price and discount that make up the amount of a line, to less than a cent.

    A price that does not lead there, as when VAT was worked back from a rounded gross, gives way to the amount's own.
    """
    quantity, price = line.quantity, rounded(line.net_price, PRICE_PLACES)
    product = rounded(quantity * price, 2)
    off = product - line.amount
    if (line.discount or discount) and off >= ZERO:
        return Unit(quantity, price, off)
    if not quantity or abs(quantity * price - line.amount) < CENT:
        return Unit(quantity, price, ZERO)
    return Unit(quantity, rounded(line.amount / quantity, PRICE_PLACES), ZERO)


def amount(value: Decimal) -> str:
    """With two decimals."""
    return f"{rounded(value, 2):f}"


def number(value: Decimal) -> str:
    """With two decimals at least, and no more than are needed."""
    whole, _, decimals = f"{rounded(value, PRICE_PLACES):f}".partition(".")
    return f"{whole}.{decimals.rstrip('0').ljust(2, '0')}"
