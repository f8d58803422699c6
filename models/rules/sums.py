"""What a row comes to, line by line, as it is said below what it consists of."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal


@dataclass(frozen=True)
class Sum:
    """One amount with what it is, a sentence with placeholders for the numbers in `params`; the `main` one stands out."""

    label: str
    amount: Decimal
    currency: str
    params: Mapping[str, Decimal] = field(default_factory=dict)
    main: bool = False
