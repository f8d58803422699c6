"""What a paper lacks before an electronic invoice can be made of it, said to who would make it."""

from __future__ import annotations

import re
from collections.abc import Iterator

from models.errors import DomainError
from models.i18n import N_
from models.rules.einvoices.en16931_vat import EXPORT, INTRA_COMMUNITY, OUTSIDE, REVERSE_CHARGE, categories
from models.rules.einvoices.fattura_header import ITALY
from models.rules.einvoices.reading import method
from models.rules.einvoices.wording import plain
from models.rules.money import rounded
from models.rules.paper import Paper, Party
from models.rules.tax_regimes import tax_regimes

NUMBER_LENGTH = 20

_POSTAL_CODE = re.compile(r"\d{5}")
_ITALIAN_VAT = re.compile(r"IT\d{11}")

_KIND = N_("Only invoices and credit notes can be sent as electronic invoices.")
_DRAFT = N_("Issue the document first: it has no number yet.")
_CANCELLED = N_("The document is cancelled.")
_NO_LINES = N_("The document has no lines.")
_DESCRIPTION = N_("Line %(line)s has no description.")
_SELLER = N_("Your company's name and country are missing: fill them in under Company.")
_SELLER_ADDRESS = N_("Your company's street, city or postal code is missing: fill them in under Company.")
_SELLER_VAT = N_("Your company's VAT number is missing: fill it in under Company.")
_SELLER_IBAN = N_("It is to be paid by bank transfer, but your company's IBAN is missing: fill it in under Company.")
_BUYER = N_("The customer's name and country are missing.")
_BUYER_ADDRESS = N_("The customer's street, city or postal code is missing.")
_BUYER_VAT = N_("The customer's VAT number is missing: reverse charge and intra-Community supplies need it.")
_OUTSIDE = N_("Lines that are not subject to VAT need a document of their own: EN 16931 lets nothing else beside them.")
_PLACES = N_("Amounts in %(currency)s have more than two decimals, which EN 16931 does not allow.")
_NOT_ITALIAN = N_("FatturaPA is for companies in Italy with an Italian VAT number; yours is set up otherwise.")
_REGIME = N_("Your company's tax regime is missing: choose it under Company.")
_CURRENCY = N_("FatturaPA wants amounts in EUR; this document is in %(currency)s.")
_NUMBER = N_("FatturaPA takes numbers of up to %(maximum)s characters, with a digit; this one is %(number)s.")
_BUYER_CODE = N_("The customer's VAT number or tax code is missing: an Italian customer has one of them.")
_NATURE = N_("Line %(line)s has a VAT rate of zero: choose its nature.")


def lacking_for_both(paper: Paper) -> Iterator[DomainError]:
    """What every electronic invoice needs."""
    yield from _true(
        (not paper.number, _DRAFT),
        (paper.cancelled, _CANCELLED),
        (not paper.lines, _NO_LINES),
        (not (paper.seller.name and paper.seller.country), _SELLER),
        (method(paper) == "bank_transfer" and not paper.seller.iban, _SELLER_IBAN),
        (not (paper.buyer.name and paper.buyer.country), _BUYER),
    )
    for at, line in enumerate(paper.lines, 1):
        if not plain(line.description):
            yield DomainError(_DESCRIPTION, None, line=at)


def lacking_for_en16931(paper: Paper) -> Iterator[DomainError]:
    """What EN 16931 needs besides."""
    found = categories(paper)
    needs_vat = not paper.seller.tax_code or bool(found & {EXPORT, INTRA_COMMUNITY})
    yield from _true(
        (needs_vat and not paper.seller.vat_number, _SELLER_VAT),
        (not paper.buyer.vat_number and bool(found & {REVERSE_CHARGE, INTRA_COMMUNITY}), _BUYER_VAT),
        (OUTSIDE in found and len(found) > 1, _OUTSIDE),
    )
    amounts = [*paper.totals.lines, paper.totals.vat, paper.paid]
    if any(amount != rounded(amount, 2) for amount in amounts):
        yield DomainError(_PLACES, None, currency=paper.currency)


def lacking_for_fattura_pa(paper: Paper) -> Iterator[DomainError]:
    """What FatturaPA needs besides."""
    yield from _italian_seller(paper.seller)
    if paper.currency != "EUR":
        yield DomainError(_CURRENCY, None, currency=paper.currency)
    number = paper.number or ""
    if number and not (len(number) <= NUMBER_LENGTH and number.isascii() and any(map(str.isdecimal, number))):
        yield DomainError(_NUMBER, None, maximum=NUMBER_LENGTH, number=number)
    if not _is_addressed(paper.buyer):
        yield DomainError(_BUYER_ADDRESS)
    if paper.buyer.country == ITALY and not (paper.buyer.vat_number or paper.buyer.tax_code):
        yield DomainError(_BUYER_CODE)
    for at, line in enumerate(paper.lines, 1):
        if not line.rate and not line.nature:
            yield DomainError(_NATURE, None, line=at)


def wrong_kind() -> DomainError:
    """What is said of a quote, an order and the like."""
    return DomainError(_KIND)


def _true(*checks: tuple[bool, str]) -> Iterator[DomainError]:
    return (DomainError(message) for lacks, message in checks if lacks)


def _italian_seller(seller: Party) -> Iterator[DomainError]:
    foreign = seller.country != ITALY or bool(seller.vat_number and not _ITALIAN_VAT.fullmatch(seller.vat_number))
    return _true(
        (foreign, _NOT_ITALIAN),
        (not foreign and not seller.vat_number, _SELLER_VAT),
        (not _is_addressed(seller), _SELLER_ADDRESS),
        (seller.regime not in tax_regimes(), _REGIME),
    )


def _is_addressed(party: Party) -> bool:
    known = bool(party.street and party.city)
    return known and (party.country != ITALY or bool(_POSTAL_CODE.fullmatch(party.postal_code)))
