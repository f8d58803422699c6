"""A document as a file: printed as PDF, and as an electronic invoice."""

from __future__ import annotations

from collections.abc import Sequence
from io import BytesIO
from typing import Any

from flask import Response, abort, current_app, request, send_file
from flask_admin import expose
from flask_babel import get_locale, gettext

from admin_views import printing
from admin_views.documents.words import company_ways, impossible
from admin_views.page import Link
from admin_views.say import say
from models.base import db
from models.document import Document
from models.errors import DomainError
from models.operations.papers import completed, paper_of, seller_of
from models.operations.revealing import why_not
from models.permissions import Permission
from models.rules.einvoices.formats import Format, e_invoice, file_name, formats_for, lacking, progressive_of
from models.rules.paper import Paper

XML = "application/xml"


class Filed:
    """A view of documents that gives them out as files, to whoever may see them."""

    def record_buttons(self: Any, row: Any) -> list[Link]:
        """Offer the document as it is printed; a draft says that it is one."""
        masked = why_not(db.session, row)
        url = None if masked else self.get_url(".pdf_view", id=row.id)
        pdf = Link(gettext("PDF"), url, tab=True, reason=say(masked) if masked else None)
        return [*super().record_buttons(row), pdf]  # type: ignore[misc]

    def record_actions(self: Any, row: Any) -> list[Link]:
        """Offer an issued invoice or credit note as electronic invoice, in each format that suits it."""
        others: list[Link] = super().record_actions(row)  # type: ignore[misc]
        given = row.counts and why_not(db.session, row) is None  # the PDF beside it says why not
        found = formats_for(row.kind.value, seller_of(db.session, row).country) if given else ()
        urls = ((each, self.get_url(".e_invoice_view", id=row.id, format=each.value)) for each in found)
        return [*(Link(gettext("E-invoice: %(format)s", format=each.label), url) for each, url in urls), *others]

    @expose("/pdf/")
    def pdf_view(self: Any) -> Any:
        """Show a document as it is printed."""
        row = self._readable()
        paper = paper_of(db.session, row)
        return _sent(printed(paper), printing.file_name(paper), "application/pdf", saved=False)

    @expose("/e-invoice/")
    def e_invoice_view(self: Any) -> Any:
        """Give out an electronic invoice, or say what it lacks."""
        row = self._readable()
        chosen = next((each for each in Format if each.value == request.args.get("format")), None) or abort(404)
        paper, progressive = completed(db.session, row, paper_of(db.session, row)), progressive_of(row.id)
        missing = lacking(paper, chosen)
        if missing:
            title = gettext("%(format)s of %(title)s", format=chosen.label, title=row.name)
            page = impossible(self, row, title, [say(each) for each in missing], *_ways(self, row, missing))
            return self.render("admin/confirm.html", confirmation=page)
        content = e_invoice(paper, chosen, progressive=progressive)
        return _sent(content, file_name(paper, chosen, progressive=progressive), XML, saved=True)

    def _readable(self: Any) -> Any:
        """Return the document in the address; Refused where what it tells of people is masked."""
        row = self.get_one(request.args.get("id"))
        if masked := why_not(db.session, row):
            raise masked
        return row


def printed(paper: Paper) -> bytes:
    """Return a document as PDF, with the company's logo."""
    return printing.pdf(paper, logo=current_app.config["COMPANY_LOGO"], locale=str(get_locale() or "en"))


def _sent(content: bytes, name: str, kind: str, *, saved: bool) -> Response:
    """Return a file to be saved, or shown by the browser."""
    return send_file(BytesIO(content), mimetype=kind, as_attachment=saved, download_name=name)


def _ways(view: Any, row: Document, missing: Sequence[DomainError]) -> list[Link]:
    """Return the ways to where what is lacking is filled in: the sentences say whose it is."""
    said, customers = " ".join(each.message.lower() for each in missing), view.view_of(type(row.customer))
    found = company_ways(view) if "your company" in said else []
    if "customer" in said and customers.allows(Permission.EDIT, row.customer):
        url = customers.get_url(".edit_view", id=row.customer.id)
        found.append(Link(gettext("Fill in the customer"), url))
    return found
