"""What the demo's firm sells, office and shop supplies, as lines of documents with a customer's prices and VAT."""

from __future__ import annotations

import csv
from collections.abc import Mapping
from decimal import Decimal
from functools import cache
from typing import Any, NamedTuple

from sqlalchemy import select

from models.customer import Customer, CustomerKind
from models.document_line import DocumentLine
from models.vat_rate import VatRate
from seed.demo.draw import Draw
from seed.demo.words import FOLDER, read

OUTSIDE_THE_EU = frozenset({"CH", "GB", "NO", "US"})
EXPORT, WITHIN_THE_EU = (Decimal(0), "N3.1"), (Decimal(0), "N3.2")
LINES = {1: 34, 2: 30, 3: 18, 4: 12, 6: 6}
FEW = 4  # pieces, for somebody at home
WORTHWHILE = 30  # euro: for less nobody sends a firm a line
ROUND = 30  # what is more than so many is ordered in tens

RateKey = tuple[Decimal, str | None]
Rates = Mapping[RateKey, VatRate]


class Good(NamedTuple):
    """Something for sale: what it is called, its unit, price in euro and VAT, and how many are `most` of an order."""

    en: str
    it: str
    unit: str
    price: Decimal
    rate: Decimal
    most: int


@cache
def goods() -> tuple[Good, ...]:
    """Return the catalogue."""
    with (FOLDER / "goods.csv").open(encoding="utf-8", newline="") as lines:
        return tuple(_good(**row) for row in csv.DictReader(lines))


def _good(price: str, rate: str, most: str, **words: str) -> Good:
    return Good(**words, price=Decimal(price), rate=Decimal(rate), most=int(most))


def vat_rates(session: Any) -> Rates:
    """Return the VAT rates in use by per cent and nature; those that the goods need and the panel lacks are added."""
    found = {(rate.rate, rate.nature): rate for rate in session.scalars(select(VatRate).where(VatRate.active))}
    needed: dict[RateKey, None] = dict.fromkeys([*((good.rate, None) for good in goods()), EXPORT, WITHIN_THE_EU])
    for rate, nature in needed.keys() - found.keys():
        found[rate, nature] = VatRate(name=f"{rate} % {nature or 'demo'}", rate=rate, nature=nature)
        session.add(found[rate, nature])
    return found


def draw_lines(draw: Draw, customer: Customer, rates: Rates, *, includes_vat: bool) -> list[DocumentLine]:
    """Return what a customer wants, at its prices."""
    chosen = draw.some(goods(), draw.weighted(LINES))
    return [_line(draw, good, customer, rates, position, includes_vat) for position, good in enumerate(chosen)]


def _line(
    draw: Draw,
    good: Good,
    customer: Customer,
    rates: Rates,
    position: int,
    includes_vat: bool,
) -> DocumentLine:
    rate = rates[_vat(good, customer)]
    return DocumentLine(
        position=position,
        description=good.it if customer.language == "it" else good.en,
        quantity=_quantity(draw, good, customer),
        unit=good.unit,
        price=_price(good, customer, rate.rate if includes_vat else Decimal(0)),
        discount=draw.one((Decimal(5), Decimal(10), Decimal("12.5"))) if draw.chance(8) else Decimal(0),
        vat_rate=rate,
    )


def _vat(good: Good, customer: Customer) -> RateKey:
    """Return what is charged: nothing on what leaves the country for a firm, or the European Union for anybody."""
    if customer.billing_country in OUTSIDE_THE_EU:
        return EXPORT
    is_firm = customer.kind is CustomerKind.COMPANY
    return WITHIN_THE_EU if is_firm and customer.billing_country != "IT" else (good.rate, None)


def _quantity(draw: Draw, good: Good, customer: Customer) -> Decimal:
    if customer.kind is CustomerKind.PRIVATE:
        return Decimal(draw.number(1, min(FEW, good.most)))
    number = draw.number(max(1, good.most // 20), good.most) if draw.chance(45) else draw.small(good.most)
    number = max(number, min(good.most, int(WORTHWHILE / good.price)))
    return Decimal(number if number <= ROUND else number // 10 * 10)


def _price(good: Good, customer: Customer, vat: Decimal) -> Decimal:
    """Return the price in the customer's money, to the cent; what costs less than one, to a tenth of that."""
    price = good.price * Decimal(read("documents.toml")["worth"][customer.currency or "EUR"]) * (1 + vat / 100)
    return price.quantize(Decimal("0.01") if price >= 1 else Decimal("0.001"))
