"""How people reach documents."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from typing import Any

from flask_babel import gettext

from admin_views.base import PanelView
from admin_views.documents import Documents
from admin_views.kinds_figures import amount
from admin_views.registry import register
from admin_views.summed import Summed
from models.base import Base, db
from models.customer import Customer
from models.document import Document
from models.i18n import N_
from models.operations.drafting import begin
from models.operations.unpaid import unpaid


class DocumentView(Summed, Documents, PanelView):
    """Quotes, orders, delivery notes, invoices and their kin."""

    menu_group = N_("Documents")
    menu_icon = "file-text"
    about = N_("Each document begins with a customer, whose address and terms it takes over.")
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
        "status", "date", "due", "customer", "customer.group", "customer.account", "customer.channel", "total",
        "open_amount", "payment", "currency", "payment_method", "created_at", "updated_at",
    ]  # fmt: skip
    record_summary = ("customer", "date")
    record_badges = ["status", "payment"]  # the title says the kind
    form_panels = (
        (N_("Details"), [
            "customer", "date", "due", "currency", "exchange_rate", "worth", "payment_method", "reference", "discount",
            "prices_include_vat", "series", "sequence",
        ]),
        (N_("Lines"), ["lines"]),
        (N_("Payments"), ["payments"]),
        (N_("Transport"), ["transport_date", "reason", "carrier", "packages", "weight", "destination"]),
        (N_("Notes"), ["note", "remarks"]),
        (N_("Issued to"), [
            "number", "issued_at", "party_name", "party_vat_number", "party_tax_code", "party_recipient",
            "party_street", "party_street2", "party_postal_code", "party_city", "party_province", "party_country",
        ]),
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
            found[kind].append(gettext("%(amount)s open", amount=amount(open_amount, currency)))
            if overdue:
                found[kind].append(gettext("%(amount)s overdue", amount=amount(overdue, currency)))
        return {kind: ", ".join(words) for kind, words in found.items()}


register(Document, DocumentView)
