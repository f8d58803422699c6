"""A paper as the words and figures that the template sets, all of them text."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from flask_babel import gettext as _

from admin_views.printing.lines import columns, has_prices, quoted, rows
from admin_views.printing.parties import bank, buyer, codes, joined, present, seller
from admin_views.printing.tongue import Figures
from models.rules.document_kinds import KINDS, DocumentKind
from models.rules.natures import category, law, natures
from models.rules.paper import Paper, Transport, VatGroup
from models.rules.payment_methods import payment_methods

ASKING = {DocumentKind.ORDER, DocumentKind.PROFORMA, DocumentKind.INVOICE, DocumentKind.RECEIPT}
ITALY = "IT"

Facts = list[tuple[str, str]]


def values(paper: Paper, figures: Figures) -> dict[str, Any]:
    """Return everything that is printed but the logo."""
    locale = figures.locale
    return {
        "language": locale.language,
        "region": locale.territory,
        "title": " ".join(present([_(paper.label), paper.number or ""])),
        "mark": mark(paper),
        "date": [paper.date.year, paper.date.month, paper.date.day],
        "day": figures.day(paper.date),
        "seller": seller(paper.seller),
        "buyer": buyer(paper.buyer, paper.seller.country, locale),
        "refers": refers(paper, figures),
        "facts": facts(paper, figures),
        "columns": columns(paper),
        "lines": rows(paper, figures),
        "carried": _("Carried forward") if has_prices(paper) else None,
        "vat": vat(paper, figures),
        "totals": sums(paper, figures),
        "transport": transport(paper.transport, figures) if paper.transport else None,
        "bank": bank(paper.seller) if DocumentKind(paper.kind) in ASKING else [],
        "note": paper.note.strip(),
        "words": {"bank": _("Bank details"), "note": _("Note")},
        "footer": joined([paper.seller.name, *codes(paper.seller)]),
        "pages": _("Page %(page)s of %(pages)s", page="{page}", pages="{pages}"),
    }


def mark(paper: Paper) -> str | None:
    """Return what is written across the pages of a document that does not hold."""
    if paper.cancelled:
        return _("CANCELLED")
    return None if paper.number else _("DRAFT")


def facts(paper: Paper, figures: Figures) -> Facts:
    """Return what stands beside the address."""
    known = [
        (_("Date"), figures.day(paper.date)),
        (_(KINDS[DocumentKind(paper.kind)].due or "Due"), figures.day(paper.due) if paper.due else ""),
        (_("Your reference"), paper.reference),
        (_("Payment"), _(payment_methods().get(paper.payment_method or "", paper.payment_method or ""))),
    ]
    return [(name, value) for name, value in known if value]


def refers(paper: Paper, figures: Figures) -> str:
    """Return the origins that no line quotes."""
    named = {line.origin for line in paper.lines}
    others = ", ".join(quoted(origin, figures) for origin in paper.origins if origin not in named)
    return _("Refers to %(documents)s", documents=others) if others else ""


def vat(paper: Paper, figures: Figures) -> dict[str, Any] | None:
    """Return the VAT summary."""
    if not has_prices(paper) or not paper.totals.groups:
        return None
    return {
        "head": [_("VAT"), _("Taxable"), _("Tax")],
        "groups": [_group(group, paper.seller.country, figures) for group in paper.totals.groups],
    }


def _group(group: VatGroup, country: str, figures: Figures) -> dict[str, str]:
    return {
        "rate": " ".join(present([figures.percent(group.rate), group.nature or ""])),
        "nature": why(group.rate, group.nature, country),
        "net": figures.amount(group.net),
        "vat": figures.amount(group.vat),
    }


def why(rate: Decimal, nature: str | None, country: str) -> str:
    """Return why nothing is due, with the rule where the seller's law asks for it."""
    if not nature or nature not in natures():
        return ""
    reason = _(category(rate, nature).reason or natures()[nature])
    return "\n".join(present([reason, law(nature) if country == ITALY else ""]))


def sums(paper: Paper, figures: Figures) -> list[dict[str, Any]]:
    """Return what the document comes to, and what of it is still open."""
    if not has_prices(paper):
        return []
    totals = paper.totals
    known: list[tuple[str, Decimal, bool]] = [
        (_("Net"), totals.net, False),
        (_("VAT"), totals.vat, False),
        (_("Total %(currency)s", currency=paper.currency), totals.total, True),
    ]
    taken = [(_("Paid"), paper.paid), (_("Credited"), paper.credited)]
    known += [(name, value, False) for name, value in taken if value]
    if paper.paid or paper.credited:
        known.append((_("Open"), totals.total - paper.paid - paper.credited, True))
    return [{"label": label, "value": figures.amount(value), "great": great} for label, value, great in known]


def transport(moved: Transport, figures: Figures) -> dict[str, Any]:
    """Return how goods travelled, and where those sign who had them."""
    known = [
        (_("Date of transport"), figures.day(moved.date) if moved.date else ""),
        (_("Reason"), moved.reason),
        (_("Carrier"), moved.carrier),
        (_("Packages"), figures.number(moved.packages) if moved.packages is not None else ""),
        (_("Weight"), _("%(weight)s kg", weight=figures.number(moved.weight)) if moved.weight else ""),
        (_("Destination"), moved.destination),
    ]
    return {
        "title": _("Transport"),
        "facts": [(name, value) for name, value in known if value],
        "signatures": [_("Signature of the sender"), _("Signature of the carrier"), _("Signature of the recipient")],
    }
