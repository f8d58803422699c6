"""How people reach documents, the VAT rates of their lines, and the company that issues them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from typing import Any

from flask_babel import format_currency, gettext

from admin_views.base import PanelView
from admin_views.documents import Documents
from admin_views.registry import register
from admin_views.summed import Summed
from models.base import Base, db
from models.company import Company
from models.customer import Customer
from models.document import Document
from models.i18n import N_
from models.operations.drafting import begin
from models.operations.unpaid import unpaid
from models.vat_rate import VatRate


class DocumentView(Summed, Documents, PanelView):
    """Quotes, orders, delivery notes, invoices and their kin."""

    menu_group = N_("Documents")
    menu_icon = "file-text"
    menu_place = 1
    parent_first = True
    split_by = "kind"
    split_columns = ("name", "date", "status", "total", "payment")
    split_icons = {
        "quote": "file-text", "order": "shopping-cart", "proforma": "file-description", "ddt": "truck",
        "invoice": "file-invoice", "receipt": "receipt", "credit_note": "receipt-refund",
    }  # fmt: skip
    column_list = ["name", "customer", "date", "status", "due", "total", "open_amount", "payment"]
    column_default_sort = "-date"
    column_filters = [
        "status", "date", "due", "customer", "customer.group", "total", "open_amount", "payment", "currency", "payment_method",
        "created_at", "updated_at",
    ]  # fmt: skip
    record_summary = ("customer", "date")
    record_badges = ["kind", "status", "payment"]
    form_panels = (
        (N_("Details"), [
            "customer", "date", "due", "currency", "payment_method", "reference", "discount",
            "prices_include_vat", "series", "sequence",
        ]),
        (N_("Lines"), ["lines"]),
        (N_("Payments"), ["payments"]),
        (N_("Transport"), ["transport_date", "reason", "carrier", "packages", "weight", "destination"]),
        (N_("Notes"), ["note", "remarks"]),
    )  # fmt: skip

    def new_row(self, parent: Base | None) -> Any:
        """Begin with the terms of the customer and of its group."""
        document = super().new_row(parent)
        if isinstance(parent, Customer) and isinstance(document, Document):
            begin(db.session, document, parent)
        return document

    def split_remarks(self, parent: Base) -> Mapping[Any, str]:
        """Say what is open and what is overdue, each currency apart."""
        found: dict[Any, list[str]] = defaultdict(list)
        for kind, currency, open_amount, overdue in unpaid(db.session, parent.id):
            found[kind].append(gettext("%(amount)s open", amount=format_currency(open_amount, currency)))
            if overdue:
                found[kind].append(gettext("%(amount)s overdue", amount=format_currency(overdue, currency)))
        return {kind: ", ".join(words) for kind, words in found.items()}


class VatRateView(PanelView):
    """What lines of documents are taxed with."""

    menu_group = N_("System")
    menu_icon = "receipt-tax"
    column_list = ["name", "rate", "nature", "active", "is_default", "updated_at"]
    record_badges = ["active"]


class CompanyView(PanelView):
    """Who sells."""

    menu_group = N_("System")
    menu_icon = "building"
    form_panels = (
        (N_("Company"), ["name", "vat_number", "tax_code", "register", "regime", "currency"]),
        (N_("Address"), ["street", "street2", "postal_code", "city", "country", "province"]),
        (N_("Contact"), ["email", "phone", "website"]),
        (N_("Bank"), ["bank", "iban", "bic"]),
    )


register(Document, DocumentView)
register(VatRate, VatRateView)
register(Company, CompanyView)
