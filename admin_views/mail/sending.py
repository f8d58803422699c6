"""Emails about a record: a view that is `Mailed` offers them, and says to whom they go and what they carry."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from flask import request
from flask_admin import expose
from flask_babel import gettext

from admin_views.mail import page as mail_page
from admin_views.page import Link
from models.base import Base, db
from models.customer import Customer
from models.gate import actor_of
from models.message import Message
from models.operations.revealing import why_not
from models.permissions import Decision, Permission, decide
from models.rules.document_kinds import DocumentKind


@dataclass(frozen=True)
class Enclosed:
    """The file that goes along, made when it is needed."""

    name: str
    content: Callable[[], bytes]
    type: str = "application/pdf"


class Mailed:
    """A view from whose records emails are sent.

    Sending an email creates it, as a child of the customer: who may not create children of that customer sends none.
    """

    def mail_customer(self, row: Any) -> Customer:
        """Return the customer to whom emails about a record go."""
        customer: Customer = row.customer
        return customer

    def mail_to(self, row: Any) -> str | None:
        """Return the address that an email begins with."""
        email = self.mail_customer(row).primary_email
        return email.address if email else None

    def mail_kind(self, row: Any) -> DocumentKind | None:
        """Return for which kind of document templates are offered; None for those without one."""
        return None

    def mail_values(self, row: Any) -> Mapping[str, str]:
        """Return what placeholders of templates stand for, beyond those that every email knows."""
        return {}

    def mail_attachment(self, row: Any) -> Enclosed | None:
        """Return the file that goes along."""
        return None

    def mail_sent(self, row: Any) -> None:
        """Do what follows once an email about a record has gone out."""

    def record_actions(self: Any, row: Base) -> list[Link]:
        """Offer to write an email, or say why not; what the role never may is not offered."""
        others: list[Link] = super().record_actions(row)  # type: ignore[misc]
        link = self.mail_link(row)
        return [link, *others] if link else others

    def mail_link(self: Any, row: Base) -> Link | None:
        """Return the way to write an email about a record; without an address where it is not the person's to write."""
        decision = may_mail(self.mail_customer(row), row)
        if decision:
            return Link(gettext("Send email…"), self.get_url(".email_view", id=row.id), icon="mail")
        if not may_mail():
            return None
        return Link(gettext("Send email…"), None, icon="mail", reason=gettext(decision.reason, **dict(decision.params)))

    @expose("/email/", methods=("GET", "POST"))
    def email_view(self: Any) -> Any:
        """Write an email about a record, and send it."""
        row = self.get_one(request.args.get("id"))
        self.insist(may_mail(self.mail_customer(row), row))
        return mail_page.answer(self, row)


def may_mail(customer: Customer | None = None, about: Base | None = None) -> Decision:
    """Say whether the person may send emails, to this customer if one is given; who cannot read to whom, sends none."""
    decision = decide(actor_of(db.session), Permission.CREATE, Customer if customer else Message, customer)
    masked = why_not(db.session, about or customer) if decision and customer else None
    return Decision(False, masked.message, masked.params) if masked else decision
