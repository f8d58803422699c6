"""How people reach customers and what belongs to them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from admin_views.actions import deed
from admin_views.base import PanelView
from admin_views.mail.sending import Mailed
from admin_views.personal.person import AboutPeople
from admin_views.registry import register
from admin_views.switching_off import SwitchedOff
from models.contact import Contact
from models.customer import Customer, Status
from models.i18n import N_
from models.permissions import Permission

INACTIVE = N_("Everything stays, with the status “inactive”.")


class CustomerView(AboutPeople, SwitchedOff, Mailed, PanelView):
    """Business customers."""

    menu_group = N_("Customers")
    menu_icon = "building-store"
    about = N_("Customers are the companies and people you do business with; all else in the panel is about them.")
    can_merge = True
    menu_place = 1
    off = "status", Status.INACTIVE
    rather_than_deleted = N_("Deactivate the customer instead, or anonymise it so that it tells of nobody any more.")
    column_list = ["name", "kind", "billing_city", "billing_country", "channel", "group", "owner", "last_contacted"]
    column_labels = {"can_login": N_("Login")}
    column_filters = [
        "billing_country", "billing_province", "group", "channel", "account", "can_login", "kind", "status", "rating",
        "owner", "lifetime_value", "last_contacted", "times_contacted", "created_at", "updated_at", "billing_city",
        "vat_number", "tags", "newsletter", "employees", "emails", "phones", "contacts", "notes",
    ]  # fmt: skip
    record_summary = ("billing_city", "billing_country", "channel", "group", "owner")
    form_panels = (
        (N_("Details"), [
            "kind", "company", "vat_number", "first_name", "last_name", "name", "owner", "channel", "account", "group",
            "code", "emails", "phones", "lifetime_value", "last_contacted", "times_contacted",
        ]),
        (N_("Login"), ["can_login", "password"]),
        (N_("Address"), [
            "billing_street", "billing_street2", "billing_postal_code", "billing_city", "billing_country",
            "billing_province",
        ]),
        (N_("Shipping address"), [
            "shipping_street", "shipping_street2", "shipping_postal_code", "shipping_city", "shipping_country",
            "shipping_province",
        ]),
        (N_("More"), [
            "tax_code", "recipient", "website", "status", "rating", "language", "currency", "employees",
            "legal_form", "tags", "newsletter",
        ]),
    )  # fmt: skip

    @deed("deactivate", N_("Deactivate…"), Permission.EDIT, meaning=INACTIVE)
    def deactivate(self, rows: Sequence[Any]) -> str:
        """Keep customers with all that is theirs, as inactive ones."""
        return self.switch_off(rows)

    def mail_customer(self, row: Customer) -> Customer:
        """Write to the customer itself."""
        return row


class ContactView(Mailed, PanelView):
    """The people at customers."""

    menu_group = N_("Customers")
    menu_icon = "users"
    about = N_("Contacts are the people whom you ring and write to at customers.")
    can_merge = True
    menu_place = 3
    column_list = ["name", "customer", "phone", "email", "last_contacted"]
    form_panels = (
        (N_("Contact"), ["customer", "name", "phone", "email", "notes", "last_contacted", "times_contacted"]),
    )
    column_filters = [
        "customer", "last_contacted", "times_contacted", "name", "email", "phone", "created_at", "updated_at",
    ]  # fmt: skip

    def mail_to(self, row: Contact) -> str | None:
        """Write to the contact."""
        return row.email

    def mail_values(self, row: Contact) -> dict[str, str]:
        """Address the contact by name."""
        return {"customer": row.name}


register(Customer, CustomerView)
register(Contact, ContactView)
