"""Names derived from names: table, collection and label of an entity or attribute."""

from __future__ import annotations

import re

ACRONYMS = {"vat": "VAT", "id": "ID", "url": "URL", "pec": "PEC", "ip": "IP"}


def snake(name: str) -> str:
    """Return the table name of a class: `CustomerEmail` gives `customer_email`."""
    return re.sub(r"(?<!^)(?=[A-Z])", "_", name).lower()


def name_key(key: str) -> str:
    """Return the key of the column in which a file keeps what it was called."""
    return f"{key}_name"


def plural(noun: str) -> str:
    """Return the English plural of a noun written in lower case."""
    if re.search(r"[^aeiou]y$", noun):
        return noun[:-1] + "ies"
    return noun + ("es" if re.search(r"(s|x|z|ch|sh)$", noun) else "s")


def sentence(name: str) -> str:
    """Return an attribute name as a label: `vat_number` gives `VAT number`."""
    words = [ACRONYMS.get(word, word) for word in name.split("_")]
    return words[0][:1].upper() + " ".join(words)[1:]
