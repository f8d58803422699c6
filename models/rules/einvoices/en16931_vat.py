"""VAT in the terms of EN 16931: categories, and one group for each of them and its rate."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from itertools import groupby
from typing import Any

from models.rules.einvoices.reading import amount
from models.rules.natures import category
from models.rules.paper import ZERO, Paper, VatGroup

OUTSIDE = "O"
INTRA_COMMUNITY = "K"
REVERSE_CHARGE = "AE"
EXPORT = "G"

Terms = dict[str, Any]


def categories(paper: Paper) -> set[str]:
    """The codes of the categories in a paper."""
    return {category(group.rate, group.nature).code for group in paper.totals.groups}


def is_outside(paper: Paper) -> bool:
    """Whether the paper is outside the scope of VAT: all of it, the standard says."""
    return OUTSIDE in categories(paper)


def is_intra_community(paper: Paper) -> bool:
    """Whether goods go to another state of the European Union."""
    return INTRA_COMMUNITY in categories(paper)


def breakdown(groups: Sequence[VatGroup]) -> list[Terms]:
    """BG-23; natures of one category, such as two kinds of reverse charge, are one group there."""
    return [_group(list(members)) for _, members in groupby(sorted(groups, key=_key), _key)]


def _key(group: VatGroup) -> tuple[Decimal, str]:
    return -group.rate, category(group.rate, group.nature).code


def _group(members: Sequence[VatGroup]) -> Terms:
    found = list(dict.fromkeys(category(member.rate, member.nature) for member in members))
    vatex = {each.vatex for each in found}
    return {
        "BT-116": amount(sum((member.net for member in members), ZERO)),
        "BT-117": amount(sum((member.vat for member in members), ZERO)),
        "BT-118": found[0].code,
        "BT-119": None if found[0].code == OUTSIDE else amount(members[0].rate),
        "BT-120": "; ".join(dict.fromkeys(each.reason for each in found)),
        "BT-121": vatex.pop() if len(vatex) == 1 else None,
    }
