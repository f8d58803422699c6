"""Reference data: tables that the rules need, corrected by hand where their source is wrong or behind.

* `countries.csv`: ISO 3166-1 and XK (Kosovo, user-assigned), with short English names; `also`: other names people type.
* `provinces.csv`: ISO 3166-2 for the countries where an address customarily names the province. Italy: the 107 of 2017
  to 2025, AO included, and the four Sardinian ones retired in 2016. Spain: provinces, not communities. United States:
  with the military posts.
* `vat_rates.json`: rates in per cent; its date and sources are in the file.
* `units.csv`: the usual ones of UN/ECE Recommendation 20, and packages of Recommendation 21 (their codes begin with X).
* `natures.csv`, `payment_methods.csv`, `tax_regimes.csv`: the code lists Natura, ModalitaPagamento and RegimeFiscale of
  FatturaPA 1.2.3, with the VAT category (UNTDID 5305), VATEX code and payment means (UNTDID 4461) of EN 16931.
"""

from __future__ import annotations

import csv
import json
from pathlib import Path
from typing import Any

_HERE = Path(__file__).parent


def read_csv(name: str) -> list[dict[str, str]]:
    """The rows of a table of this package."""
    with (_HERE / name).open(encoding="utf-8", newline="") as lines:
        return list(csv.DictReader(lines))


def read_json(name: str) -> Any:
    """The content of a document of this package."""
    return json.loads((_HERE / name).read_text(encoding="utf-8"))
