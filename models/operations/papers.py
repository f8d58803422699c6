"""A document as the plain values that are printed, sent and handed to other programs."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, fields, replace
from typing import Any

from sqlalchemy import select

from models.billing import predecessors
from models.company import Company
from models.customer import Customer, CustomerKind
from models.document import SNAPSHOT, Document
from models.document_line import DocumentLine
from models.errors import DomainError
from models.gate import ungated
from models.i18n import N_
from models.rules.document_kinds import DocumentKind, DocumentStatus
from models.rules.money import net_price
from models.rules.paper import Origin, Paper, PaperLine, Party, Transport
from models.vat_rate import charged_on

HEADING = ungated("who sells stands on every document, whoever prints it")
NO_COMPANY = N_("Say first who you are: the company's %(what)s must be filled in under System.")

# What a party says that the company does.
SELLER = [each.name for each in fields(Party) if hasattr(Company, each.name)]
NEEDED = ("name", "street", "city", "country", "vat_number")


def company_of(session: Any) -> Company | None:
    """Return who sells; None before anybody said."""
    found: Company | None = session.scalar(select(Company).order_by(Company.id).limit(1), execution_options=HEADING)
    return found


def lacking(company: Company | None, kind: DocumentKind) -> DomainError | None:
    """Return what the company must say of itself before documents of this kind can be issued."""
    missing = [key for key in NEEDED if not getattr(company, key, None)] if kind.rules.is_fiscal else []
    return (
        DomainError(NO_COMPANY, None, what=", ".join(each.replace("_", " ") for each in missing)) if missing else None
    )


def frozen_seller(company: Company | None) -> str:
    """Return the company as it is now, as documents keep it."""
    return json.dumps(asdict(_seller(company)), ensure_ascii=False)


def paper_of(session: Any, document: Document) -> Paper:
    """Return the document as plain values: what was issued as it was then, a draft as it would be now."""
    origins = {each.id: _origin(each) for each in predecessors(session, [document])}
    return Paper(
        kind=document.kind.value,
        label=document.kind.label,
        number=document.number,
        date=document.date,
        due=document.due,
        currency=document.currency,
        seller=seller_of(session, document),
        buyer=_buyer(document, issued=not document.is_draft),
        lines=[_line(document, line, origins) for line in document.lines],
        totals=document.computed(),
        includes_vat=document.prices_include_vat,
        discount=document.discount,
        paid=document.paid,
        payment_method=document.payment_method,
        reference=document.reference or "",
        note=document.note or "",
        language=document.customer.language or "en",
        transport=_transport(document),
        origins=list(origins.values()),
        cancelled=document.status is DocumentStatus.CANCELLED,
        credited=document.credited,
    )


def seller_of(session: Any, document: Document) -> Party:
    """Return who sells, as kept when the document was issued; of a draft, as the company is now."""
    return Party(**json.loads(document.seller)) if document.seller else _seller(company_of(session))


def completed(session: Any, document: Document, paper: Paper) -> Paper:
    """Return a paper with what of seller and buyer was not known when it was issued, as it is known now."""
    seller = _filled(paper.seller, _seller(company_of(session)))
    return replace(paper, seller=seller, buyer=_filled(paper.buyer, _buyer(document, issued=False)))


def _filled(party: Party, now: Party) -> Party:
    empty = [key for key, value in asdict(party).items() if value == ""]
    return replace(party, **{key: getattr(now, key) for key in empty})


def _origin(document: Document) -> Origin:
    return Origin(document.kind.label, document.number or "", document.date)


def _seller(company: Company | None) -> Party:
    values: dict[str, Any] = {key: getattr(company, key, None) or "" for key in SELLER}
    return Party(**values)


def _buyer(document: Document, *, issued: bool) -> Party:
    """Return whom it is for: as kept when it was issued, else as the customer is now."""
    customer = document.customer
    row: Any = document if issued else customer
    values: dict[str, Any] = {
        own.removeprefix("party_"): getattr(row, own if issued else theirs) or "" for own, theirs in SNAPSHOT.items()
    }
    company = document.party_is_company if issued else is_company(customer)
    email = customer.primary_email
    return Party(**values, email=email.address if email else "", is_company=bool(company))


def is_company(customer: Customer) -> bool:
    """Return whether a customer is a company, as documents tell it."""
    return customer.kind is CustomerKind.COMPANY


def _line(document: Document, line: DocumentLine, origins: Mapping[int, Origin]) -> PaperLine:
    rate: Any = charged_on(line)
    return PaperLine(
        description=line.description,
        quantity=line.quantity,
        unit=line.unit,
        price=line.price,
        net_price=net_price(line.price, rate.rate, includes_vat=document.prices_include_vat),
        discount=line.discount,
        rate=rate.rate,
        nature=rate.nature,
        amount=line.amount,
        origin=origins.get(line.source.document_id) if line.source else None,
    )


def _transport(document: Document) -> Transport | None:
    if not document.kind.rules.moves_goods:
        return None
    return Transport(
        date=document.transport_date,
        reason=document.reason or "",
        carrier=document.carrier or "",
        packages=document.packages,
        weight=document.weight,
        destination=document.destination or shipping_address(document),
    )


def shipping_address(document: Document) -> str:
    """Return where the customer wants goods, in lines; empty if they said nothing of it."""
    who = document.customer
    place = " ".join(filter(None, (who.shipping_postal_code, who.shipping_city, who.shipping_province)))
    return "\n".join(filter(None, (who.shipping_street, who.shipping_street2, place, who.shipping_country)))
