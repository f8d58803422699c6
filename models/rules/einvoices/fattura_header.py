"""The header of a FatturaPA file: how it is delivered, who sells, who buys."""

from __future__ import annotations

import re

from models.rules.einvoice import FOREIGN, NO_CODE
from models.rules.einvoices.tree import Content, Node
from models.rules.einvoices.wording import basic, latin
from models.rules.paper import Paper, Party
from models.rules.vat import vat_country

ITALY = "IT"
PUBLIC_BODY_LENGTH = 6  # of the recipient code
FOREIGN_POSTAL_CODE = "00000"
NO_FOREIGN_NUMBER = "OO99999999999"  # a business abroad without VAT number, says the Revenue Agency's guide,
NO_CONSUMER_NUMBER = "0000000"  # and a consumer abroad

_TAX_CODE = re.compile(r"[A-Z0-9]{11,16}")
_REGISTER = re.compile(r"\b([A-Z]{2})[\s/-]*(?:n\.?\s*)?(\d{3,20})\b")  # REA RM-1234567
_PHONE = re.compile(r"[\x20-\x7e]{5,12}")
_EMAIL = re.compile(r"[\x21-\x7e]+@[\x21-\x7e]+\.[\x21-\x7e]+")


def header(paper: Paper, progressive: str) -> list[Node]:
    """The content of FatturaElettronicaHeader."""
    return [
        ("DatiTrasmissione", _delivery(paper, progressive)),
        ("CedentePrestatore", _seller(paper.seller)),
        ("CessionarioCommittente", _buyer(paper.buyer)),
    ]


def version(paper: Paper) -> str:
    """FPA12 for a public body, FPR12 for everybody else."""
    return "FPA12" if len(_code(paper.buyer)) == PUBLIC_BODY_LENGTH else "FPR12"


def sender(seller: Party) -> str:
    """Who transmits, by tax code, as the exchange system knows Italians; by VAT number where none is set."""
    return seller.tax_code or seller.vat_number.removeprefix(ITALY)


def _delivery(paper: Paper, progressive: str) -> list[Node]:
    recipient = paper.buyer.recipient
    return [
        ("IdTrasmittente", [("IdPaese", ITALY), ("IdCodice", sender(paper.seller))]),
        ("ProgressivoInvio", progressive),
        ("FormatoTrasmissione", version(paper)),
        ("CodiceDestinatario", _code(paper.buyer)),
        ("PECDestinatario", recipient if "@" in recipient else None),
    ]


def _code(buyer: Party) -> str:
    if buyer.recipient and "@" not in buyer.recipient:
        return buyer.recipient
    return NO_CODE if buyer.country == ITALY else FOREIGN


def _seller(seller: Party) -> list[Node]:
    return [
        (
            "DatiAnagrafici",
            [
                ("IdFiscaleIVA", _vat(seller.vat_number)),
                ("CodiceFiscale", _tax_code(seller)),
                ("Anagrafica", [("Denominazione", latin(seller.name, 80))]),
                ("RegimeFiscale", seller.regime),
            ],
        ),
        ("Sede", _address(seller)),
        ("IscrizioneREA", _register(seller)),
        ("Contatti", [("Telefono", _phone(seller.phone)), ("Email", _matching(_EMAIL, seller.email))])
        if _phone(seller.phone) or _matching(_EMAIL, seller.email)
        else ("Contatti", None),
    ]


def _buyer(buyer: Party) -> list[Node]:
    identity: list[Node] = [
        ("IdFiscaleIVA", _vat(buyer.vat_number) if buyer.vat_number else _abroad(buyer)),
        ("CodiceFiscale", _tax_code(buyer)),
        ("Anagrafica", [("Denominazione", latin(buyer.name, 80))]),
    ]
    return [("DatiAnagrafici", identity), ("Sede", _address(buyer))]


def _vat(number: str) -> Content:
    prefix = number[:2]
    country = prefix if prefix == "XI" else vat_country(number) or prefix
    return [("IdPaese", country), ("IdCodice", number[2:])]


def _abroad(buyer: Party) -> Content:
    if buyer.country == ITALY:
        return None
    return [("IdPaese", buyer.country), ("IdCodice", NO_FOREIGN_NUMBER if buyer.is_company else NO_CONSUMER_NUMBER)]


def _tax_code(party: Party) -> str | None:
    return _matching(_TAX_CODE, party.tax_code) if party.country == ITALY else None


def _address(party: Party) -> list[Node]:
    at_home = party.country == ITALY
    return [
        ("Indirizzo", latin(f"{party.street} {party.street2}", 60)),
        ("CAP", party.postal_code if at_home else FOREIGN_POSTAL_CODE),
        ("Comune", latin(party.city if at_home else f"{party.postal_code} {party.city}", 60)),
        ("Provincia", party.province if at_home and len(party.province) == len(ITALY) else None),
        ("Nazione", party.country),
    ]


def _register(seller: Party) -> Content:
    found = _REGISTER.search(seller.register)
    if not found:
        return None
    # A company that is being wound up says so in its name (Civil Code, art. 2250).
    state = "LS" if "liquidazione" in seller.name.casefold() else "LN"
    return [("Ufficio", found[1]), ("NumeroREA", basic(found[2], 20)), ("StatoLiquidazione", state)]


def _phone(number: str) -> str | None:
    digits = "".join(sign for sign in number if sign.isdecimal() or sign == "+")
    return _matching(_PHONE, digits) or _matching(_PHONE, digits.removeprefix("+39"))


def _matching(pattern: re.Pattern[str], text: str) -> str | None:
    return text if pattern.fullmatch(text) else None
