"""How the steps of documents are said, and the page that asks before one is taken."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from flask import request
from flask_babel import gettext

from admin_views.confirm_page import Confirmation, Consequence
from admin_views.conflicts import staleness
from admin_views.kinds import cell
from admin_views.page import Link
from admin_views.say import say
from admin_views.toasts import toast
from models.base import db
from models.company import Company
from models.document import Document
from models.errors import DomainError, Refused
from models.i18n import N_
from models.operations.papers import company_of, lacking
from models.permissions import Permission
from models.rules.document_kinds import DocumentKind, DocumentStatus

STEPS: Mapping[DocumentStatus, str] = {
    DocumentStatus.OPEN: N_("Mark as open"),
    DocumentStatus.SENT: N_("Mark as sent"),
    DocumentStatus.READY: N_("Mark as ready"),
    DocumentStatus.ACCEPTED: N_("Mark as accepted"),
    DocumentStatus.DECLINED: N_("Mark as declined"),
    DocumentStatus.EXPIRED: N_("Mark as expired"),
    DocumentStatus.SHIPPED: N_("Mark as shipped"),
    DocumentStatus.DELIVERED: N_("Mark as delivered"),
    DocumentStatus.COMPLETED: N_("Mark as completed"),
    DocumentStatus.DISPUTED: N_("Mark as disputed"),
    DocumentStatus.ARCHIVED: N_("Archive"),
    DocumentStatus.CANCELLED: N_("Cancel…"),
}
MAKING: Mapping[DocumentKind, str] = {
    DocumentKind.ORDER: N_("Make order…"),
    DocumentKind.PROFORMA: N_("Make proforma…"),
    DocumentKind.DDT: N_("Make DDT…"),
    DocumentKind.INVOICE: N_("Make invoice…"),
    DocumentKind.RECEIPT: N_("Make receipt…"),
    DocumentKind.CREDIT_NOTE: N_("Make credit note…"),
}


def question(
    view: Any, row: Document, title: str, submit: str, consequences: Sequence[str], *, danger: bool = False
) -> Confirmation:
    """Return the page that asks before something is done with a document, and says what it leads to."""
    return Confirmation(
        title=title,
        question="",
        items=[" · ".join(filter(None, _facts(view, row)))],
        consequences=[Consequence(each) for each in (*_changed(row), *consequences)],
        refused=[],
        url=request.full_path.rstrip("?"),
        hidden=staleness.marks([row]),
        submit=submit,
        cancel_url=view.record_url(row),
        danger=danger,
        stay=gettext("Keep it") if danger else "",
    )


def impossible(view: Any, row: Document, title: str, reasons: Sequence[str], *ways: Link) -> Confirmation:
    """Return the page that says why something cannot be done, with the ways to what can be done about it."""
    return Confirmation(
        title=title,
        question=gettext("This is not possible yet.") if ways else gettext("This is not possible."),
        items=[],
        consequences=[Consequence(each, refused=True) for each in reasons],
        refused=[],
        url=request.full_path.rstrip("?"),
        hidden=[],
        submit="",
        cancel_url=view.record_url(row),
        instead=ways,
    )


def refuse(view: Any, row: Document, error: DomainError) -> None:
    """Say on the next page why something was not done, with the way to what is missing."""
    if isinstance(error, Refused) and not error.field:
        raise error
    ways = company_ways(view) if lacking(company_of(db.session), row.kind) else []
    toast(say(error), tone="danger", link=ways[0] if ways else None)


def company_ways(view: Any) -> list[Link]:
    """Return the way to where the company says who it is, for those who may."""
    other, company = view.view_of(Company), company_of(db.session)
    if other is None:
        return []
    if company is None:
        return [Link(gettext("Fill in your company"), other.get_url(".create_view"))] if other.can_create else []
    may = other.allows(Permission.EDIT, company)
    return [Link(gettext("Fill in your company"), other.get_url(".edit_view", id=company.id))] if may else []


def _changed(row: Document) -> list[str]:
    """Return what others have done to a document since a page about it was shown."""
    return list(staleness.sentences(row)) if staleness.changed([row]) or is_further(row) else []


def is_further(row: Document) -> bool:
    """Whether a document has come into another state since the button was shown that leads here."""
    was = request.args.get("was")
    return was is not None and was != row.status.value and not staleness.is_marked()


def _facts(view: Any, row: Document) -> list[str]:
    attributes = view.description.attributes
    return [row.name, row.customer.name, *(cell(attributes[key], row).striptags() for key in ("date", "total"))]
