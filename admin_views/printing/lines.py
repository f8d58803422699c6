"""The lines of a document as the rows of its table."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from itertools import accumulate
from typing import Any

from flask_babel import gettext as _

from admin_views.printing.tongue import Figures
from models.rules.document_kinds import KINDS, DocumentKind
from models.rules.paper import Origin, Paper, PaperLine
from models.rules.units import unit_sign

LONG = 900  # characters
TALL = 14  # lines

Cells = dict[str, str]


def has_prices(paper: Paper) -> bool:
    """Return whether the document says what things cost; one that goes with goods does not."""
    return not KINDS[DocumentKind(paper.kind)].moves_goods


def columns(paper: Paper) -> list[tuple[str, str]]:
    """Return the keys and titles of the columns; the currency stands above the amounts, once."""
    known = [
        ("position", ""),
        ("description", _("Description")),
        ("quantity", _("Quantity")),
        ("unit", ""),
    ]
    if not has_prices(paper):
        return known
    known.append(("price", _("Unit price")))
    if paper.discount or any(line.discount for line in paper.lines):
        known.append(("discount", _("Discount")))
    return [*known, ("rate", _("VAT")), ("amount", _("Amount %(currency)s", currency=paper.currency))]


def rows(paper: Paper, figures: Figures) -> list[dict[str, Any]]:
    """Return the rows: what each column holds, what they come to so far, and where they came from."""
    keys = [key for key, title in columns(paper)]
    sums = accumulate(line.amount for line in paper.lines)
    return [
        {
            "heading": heading,
            "cells": {key: value for key, value in _cells(position, line, paper, figures).items() if key in keys},
            "more": line.description.strip().partition("\n")[2],
            "gross": _gross(line, paper, figures),
            "sum": figures.amount(so_far) if has_prices(paper) else "",
            "breaks": len(line.description) > LONG or line.description.count("\n") > TALL,
        }
        for position, (line, so_far, heading) in enumerate(
            zip(paper.lines, sums, _headings(paper, figures), strict=True), 1
        )
    ]


def quoted(origin: Origin, figures: Figures) -> str:
    """Return a document as another quotes it."""
    return _("%(kind)s %(number)s of %(day)s", kind=_(origin.kind), number=origin.number, day=figures.day(origin.date))


def _cells(position: int, line: PaperLine, paper: Paper, figures: Figures) -> Cells:
    return {
        "position": figures.number(position),
        "description": line.description.strip().partition("\n")[0],
        "quantity": figures.number(line.quantity),
        "unit": _(unit_sign(line.unit)) if line.unit else "",
        "price": figures.price(line.net_price),
        "discount": _discounts([line.discount, paper.discount], figures),
        "rate": figures.percent(line.rate) if line.rate or not line.nature else line.nature,
        "amount": figures.amount(line.amount),
    }


def _gross(line: PaperLine, paper: Paper, figures: Figures) -> str:
    """Return the price as it was agreed, where that is the one with VAT."""
    if not paper.includes_vat or not has_prices(paper):
        return ""
    return _("with VAT %(price)s", price=figures.price(line.price))


def _discounts(rates: list[Decimal], figures: Figures) -> str:
    return " + ".join(figures.percent(rate) for rate in rates if rate)


def _headings(paper: Paper, figures: Figures) -> Iterator[str | None]:
    """Yield for each line the document that it came from, where that changes."""
    before: Origin | None = None
    for line in paper.lines:
        if line.origin == before:
            yield None
        else:
            yield quoted(line.origin, figures) if line.origin else _("Further lines")
        before = line.origin
