"""How people say who sells, and what is charged on it."""

from __future__ import annotations

from typing import Any

from flask import redirect
from flask_admin import expose
from sqlalchemy import select

from admin_views.base import PanelView
from admin_views.registry import register
from models.base import Base, db
from models.company import Company
from models.exchange_rate import ExchangeRate
from models.i18n import N_
from models.permissions import Decision
from models.vat_rate import VatRate


class VatRateView(PanelView):
    """What lines of documents are taxed with."""

    menu_group = N_("System")
    menu_icon = "receipt-tax"
    about = N_("VAT rates are what lines of documents are taxed with.")
    column_list = ["name", "rate", "nature", "active", "is_default", "updated_at"]
    record_badges = ["active"]


class ExchangeRateView(PanelView):
    """What other currencies are worth."""

    menu_group = N_("System")
    menu_icon = "arrows-exchange"
    about = N_("Exchange rates say what other currencies are worth in your own.")
    arises = N_("You need one once a document is in another currency.")
    column_list = ["name", "currency", "day", "rate", "updated_at"]
    column_default_sort = "-day"


class CompanyView(PanelView):
    """Who sells: one record, and so no list."""

    menu_group = N_("System")
    menu_icon = "building"
    form_panels = (
        (N_("Company"), ["name", "vat_number", "tax_code", "register", "regime", "currency"]),
        (N_("Address"), ["street", "street2", "postal_code", "city", "country", "province"]),
        (N_("Contact"), ["email", "phone", "website"]),
        (N_("Bank"), ["bank", "iban", "bic"]),
    )

    @expose("/")
    def index_view(self) -> Any:
        """Go to the company, or to the form that makes it."""
        found = db.session.scalar(select(Company).limit(1))
        return redirect(self.record_url(found) if found else self.get_url(".create_view"))

    def may_create(self, parent: Base | None = None) -> Decision:
        """Let somebody say who sells, once."""
        there = db.session.scalar(select(Company.id).limit(1)) is not None
        return (
            Decision(False, N_("There is a company already: change what it says instead."))
            if there
            else super().may_create()
        )


register(VatRate, VatRateView)
register(ExchangeRate, ExchangeRateView)
register(Company, CompanyView)
