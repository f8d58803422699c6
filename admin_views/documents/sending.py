"""Emails with a document: what they say of it, the PDF that goes along, and what follows."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from typing import Any

from flask_babel import gettext

from admin_views import printing
from admin_views.documents.files import printed
from admin_views.kinds import text
from admin_views.kinds_figures import amount
from admin_views.mail.sending import Enclosed
from admin_views.page import Link
from admin_views.saving import commit
from admin_views.say import plain
from admin_views.toasts import toast
from models.base import db
from models.document import Document
from models.engine import set_mode
from models.operations.issuing import move, steps
from models.operations.papers import paper_of
from models.permissions import Permission
from models.rules.document_kinds import DocumentKind, DocumentStatus


class Posted:
    """A view of documents that are emailed as PDF."""

    def mail_kind(self, row: Document) -> DocumentKind | None:
        """Return for which kind of document templates are offered."""
        return row.kind

    def mail_values(self: Any, row: Document) -> Mapping[str, str]:
        """Return what templates say of a document."""
        values = {key: text(self.description.attributes[key], row) for key in ("number", "date", "due")}
        return {**values, "document": row.name, "total": amount(row.total, row.currency)}

    def mail_attachment(self, row: Document) -> Enclosed:
        """Return the document as it is printed."""
        paper = paper_of(db.session, row)
        return Enclosed(printing.file_name(paper), partial(printed, paper))

    def mail_sent(self: Any, row: Document) -> None:
        """Mark as sent what has gone out and was not; of a draft, say that it is one."""
        if not self.allows(Permission.EDIT, row):
            return
        if row.is_draft:
            way = Link(gettext("Issue…"), self.get_url(".issue_view", id=row.id))
            toast(gettext("It went out as a draft, without a number."), tone="warning", link=way)
        elif row.status is DocumentStatus.OPEN and DocumentStatus.SENT in steps(row):
            set_mode("write")
            if commit(lambda: move(db.session, row, DocumentStatus.SENT)) is None:
                said = {"title": row.name, "status": plain(DocumentStatus.SENT)}
                toast(gettext("%(title)s: %(status)s.", **said), undo=True)
