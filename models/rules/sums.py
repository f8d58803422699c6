"""What a row comes to, amount by amount, as it is said below what the row consists of."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal

from models.i18n import N_
from models.rules.paper import Totals

_VAT = N_("VAT %(rate)s %%")


@dataclass(frozen=True)
class Sum:
    """One amount and what it is, with placeholders for the numbers in `params`; a `main` one stands out."""

    label: str
    amount: Decimal
    currency: str
    params: Mapping[str, Decimal] = field(default_factory=dict)
    main: bool = False


def sums(found: Totals, currency: str, owed: tuple[Decimal, Decimal, Decimal] | None) -> list[Sum]:
    """Net, VAT by rate and total; of what is owed, what was credited and paid, if anything, and what is open."""
    rates = [Sum(_VAT, each.vat, currency, {"rate": each.rate}) for each in found.groups]
    due = [Sum(N_("Net"), found.net, currency), *rates, Sum(N_("Total"), found.total, currency, main=True)]
    if owed is None:
        return due
    credited, paid, open_amount = owed
    less = [(N_("Credited"), credited), (N_("Paid"), paid)]
    due += [Sum(label, -amount, currency) for label, amount in less if amount]
    return [*due, Sum(N_("Open"), open_amount, currency, main=True)]
