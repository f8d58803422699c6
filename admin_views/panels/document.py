"""How people reach documents, the VAT rates of their lines, and the company that issues them."""

from __future__ import annotations

from admin_views.base import PanelView
from admin_views.registry import register
from models.company import Company
from models.document import Document
from models.i18n import N_
from models.vat_rate import VatRate


class DocumentView(PanelView):
    """Quotes, orders, delivery notes, invoices and their kin."""

    menu_group = N_("Documents")
    menu_icon = "file-text"
    menu_place = 1
    column_list = ["name", "customer", "date", "status", "due", "total", "open_amount", "payment"]
    column_default_sort = "-date"
    column_filters = [
        "kind", "status", "date", "due", "customer", "total", "open_amount", "payment", "currency", "payment_method",
        "created_at", "updated_at",
    ]  # fmt: skip
    record_summary = ("customer", "date")
    record_badges = ["kind", "status", "payment"]
    form_panels = (
        (N_("Details"), [
            "customer", "kind", "date", "due", "currency", "payment_method", "reference", "discount",
            "prices_include_vat", "series", "sequence",
        ]),
        (N_("Lines"), ["lines"]),
        (N_("Payments"), ["payments"]),
        (N_("Transport"), ["transport_date", "reason", "carrier", "packages", "weight", "destination"]),
        (N_("Notes"), ["note", "remarks"]),
    )  # fmt: skip


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
