"""What the lines of a document come to.

With prices net of VAT, the VAT of a group follows from the sum of its lines (EN 16931, BR-CO-17): rounding it on each
line would drift by up to half a cent a line.

With prices that include VAT, what the customer was told to pay must stand, so the VAT of a group is what is left of its
gross after the nets of its lines. Each net is off by at most half a cent, hence the VAT of n lines differs from
rate × net by at most n × (1 + rate) / 2 cents. The text of BR-CO-17 is a plain equation; what validators run (its
Schematron, and BR-S-09's) accepts any difference below one unit of the currency, which at 22 % takes more than 160
lines all rounded the same way. A national exchange may be stricter: of documents of ten lines at 22 %, about one in
five is off by two cents or more.
"""

from __future__ import annotations

from collections.abc import Sequence
from decimal import ROUND_HALF_UP, Context, Decimal, localcontext
from itertools import groupby
from typing import NamedTuple

from babel.numbers import get_currency_precision

from models.rules.paper import ZERO, Item, Totals, VatGroup

HUNDRED = Decimal(100)
MOST_PLACES = 3
PRICE_PLACES = 6

# The usual 28 digits would round a product of quantity, price and two discounts before it is rounded to the cent.
_EXACT = Context(prec=100, rounding=ROUND_HALF_UP)


class _Line(NamedTuple):
    """An item's amounts, with what puts it into its group."""

    rate: Decimal
    nature: str | None
    net: Decimal
    gross: Decimal


def places_of(currency: str) -> int:
    """How many digits amounts of a currency have after the point, three at most."""
    return min(get_currency_precision(currency), MOST_PLACES)


def rounded(value: Decimal, places: int) -> Decimal:
    """The nearest amount of so many places; halves go away from zero, and zero has no sign."""
    return _EXACT.add(value.quantize(Decimal(1).scaleb(-places), ROUND_HALF_UP, _EXACT), ZERO)


def exchanged(value: Decimal, rate: Decimal, currency: str | None) -> Decimal:
    """Return an amount in another currency, a unit of which is `rate` units of its own."""
    return rounded(_EXACT.divide(value, rate), places_of(currency or "EUR"))


def net_price(price: Decimal, rate: Decimal, *, includes_vat: bool) -> Decimal:
    """A unit price without VAT, to six places."""
    with localcontext(_EXACT):
        return rounded(_without_vat(price, rate) if includes_vat else price, PRICE_PLACES)


def totals(items: Sequence[Item], *, places: int, includes_vat: bool = False, discount: Decimal = ZERO) -> Totals:
    """What a document comes to; groups from the highest rate to the lowest, then by nature."""
    with localcontext(_EXACT):
        lines = [_line(item, places, includes_vat, discount) for item in items]
        alike = groupby(sorted(lines, key=_order), _order)
        groups = [_group(list(members), places, includes_vat) for _, members in alike]
        net = _sum([group.net for group in groups], places)
        vat = _sum([group.vat for group in groups], places)
        return Totals([line.net for line in lines], groups, net, vat, net + vat)


def _line(item: Item, places: int, includes_vat: bool, discount: Decimal) -> _Line:
    amount = rounded(item.quantity * item.price * _left(item.discount) * _left(discount), places)
    net = rounded(_without_vat(amount, item.rate), places) if includes_vat else amount
    # A nature says why nothing is due; beside a rate it would only split the group.
    return _Line(item.rate, None if item.rate else item.nature or None, net, amount)


def _group(lines: Sequence[_Line], places: int, includes_vat: bool) -> VatGroup:
    rate, nature = lines[0].rate, lines[0].nature
    net = _sum([line.net for line in lines], places)
    vat = _sum([line.gross for line in lines], places) - net if includes_vat else rounded(net * rate / HUNDRED, places)
    return VatGroup(rate, nature, net, vat)


def _order(line: _Line) -> tuple[Decimal, str]:
    return -line.rate, line.nature or ""


def _left(discount: Decimal) -> Decimal:
    return 1 - discount / HUNDRED


def _without_vat(amount: Decimal, rate: Decimal) -> Decimal:
    return amount * HUNDRED / (HUNDRED + rate)


def _sum(amounts: Sequence[Decimal], places: int) -> Decimal:
    return rounded(sum(amounts, ZERO), places)
