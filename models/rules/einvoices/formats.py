"""The way in: which formats suit a paper, what it lacks for one, the file and its name."""

from __future__ import annotations

import re
import string
from collections.abc import Sequence
from enum import StrEnum

from anyascii import anyascii

from models.errors import DomainError, DomainErrors
from models.rules.einvoices.en16931 import en16931
from models.rules.einvoices.fattura_header import ITALY, sender
from models.rules.einvoices.fattura_pa import fattura_pa
from models.rules.einvoices.lacking import lacking_for_both, lacking_for_en16931, lacking_for_fattura_pa, wrong_kind
from models.rules.einvoices.reading import KINDS
from models.rules.paper import Paper

_DIGITS = string.digits + string.ascii_uppercase
_PROGRESSIVE = re.compile(r"[0-9A-Za-z]{1,5}")


class Format(StrEnum):
    """What electronic invoices are written in."""

    FATTURA_PA = "fattura_pa"
    EN16931 = "en16931"

    @property
    def label(self) -> str:
        """The name by which the format is known everywhere."""
        return "FatturaPA" if self is Format.FATTURA_PA else "EN 16931 (UBL)"


def formats(paper: Paper) -> Sequence[Format]:
    """The formats that suit a paper, the most usual first; none for what is no invoice or credit note."""
    return formats_for(paper.kind, paper.seller.country)


def formats_for(kind: str, country: str) -> Sequence[Format]:
    """The formats that suit a kind of paper by the seller's country."""
    if kind not in KINDS:
        return ()
    return tuple(Format) if country == ITALY else (Format.EN16931,)


def lacking(paper: Paper, form: Format) -> list[DomainError]:
    """What is missing, in plain words, before the XML can be made; nothing, and it can."""
    if paper.kind not in KINDS:
        return [wrong_kind()]
    of_the_format = lacking_for_fattura_pa if form is Format.FATTURA_PA else lacking_for_en16931
    return [*lacking_for_both(paper), *of_the_format(paper)]


def e_invoice(paper: Paper, form: Format, *, progressive: str) -> bytes:
    """The XML; raises DomainErrors that tell everything the paper lacks."""
    missing = lacking(paper, form)
    if missing:
        raise DomainErrors(missing)
    return fattura_pa(paper, progressive=progressive) if form is Format.FATTURA_PA else en16931(paper)


def file_name(paper: Paper, form: Format, *, progressive: str) -> str:
    """What the file is called; Italy's exchange system takes no other name and none twice from one sender."""
    if form is Format.FATTURA_PA:
        if not _PROGRESSIVE.fullmatch(progressive):
            raise ValueError(progressive)
        return f"{ITALY}{sender(paper.seller)}_{progressive}.xml"
    words = re.sub(r"[^a-z0-9]+", "-", anyascii(f"{paper.kind} {paper.number or ''}").lower())
    return f"{words.strip('-')}.xml"


def progressive_of(number: int) -> str:
    """A number such as a document's id as the five signs of a file's name; they go round after 60 million."""
    signs = []
    for _ in range(5):
        number, digit = divmod(number, len(_DIGITS))
        signs.append(_DIGITS[digit])
    return "".join(reversed(signs))
