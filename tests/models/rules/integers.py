"""The totals of a document computed a second time, in whole numbers alone, to hold the first against."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

QUANTITY = 10**3
PRICE = 10**6
PER_CENT = 10**2
WHOLE = 100 * PER_CENT


@dataclass(frozen=True)
class Line:
    """A line in thousandths of its quantity, millionths of its price and hundredths of a per cent."""

    quantity: int
    price: int
    rate: int
    discount: int = 0
    nature: str | None = None


@dataclass(frozen=True)
class Sums:
    """What a document comes to, in the smallest unit of its currency; a group is rate, nature, net and VAT."""

    lines: list[int]
    groups: list[tuple[int, str | None, int, int]]
    net: int
    vat: int
    total: int


def nearest(numerator: int, denominator: int) -> int:
    """A fraction's nearest whole number, halves away from zero."""
    size = (2 * abs(numerator) + denominator) // (2 * denominator)
    return size if numerator >= 0 else -size


def sums(lines: Sequence[Line], *, places: int, includes_vat: bool, discount: int) -> Sums:
    """Add a document up."""
    amounts = [_amount(line, places, discount) for line in lines]
    nets = [_net(amount, line.rate) if includes_vat else amount for amount, line in zip(amounts, lines, strict=True)]
    net_of: dict[tuple[int, str], int] = defaultdict(int)
    gross_of: dict[tuple[int, str], int] = defaultdict(int)
    for line, amount, net in zip(lines, amounts, nets, strict=True):
        key = (-line.rate, line.nature or "")
        net_of[key] += net
        gross_of[key] += amount
    vat_of = {
        key: gross_of[key] - net if includes_vat else nearest(net * -key[0], WHOLE) for key, net in net_of.items()
    }
    groups = [(-rate, nature or None, net_of[rate, nature], vat_of[rate, nature]) for rate, nature in sorted(net_of)]
    net, vat = sum(nets), sum(vat_of.values())
    return Sums(nets, groups, net, vat, net + vat)


def _amount(line: Line, places: int, discount: int) -> int:
    left = (WHOLE - line.discount) * (WHOLE - discount)
    return nearest(line.quantity * line.price * left * 10**places, QUANTITY * PRICE * WHOLE**2)


def _net(gross: int, rate: int) -> int:
    return nearest(gross * WHOLE, WHOLE + rate)
