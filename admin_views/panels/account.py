"""How people reach accounts, and the customers who belong to them."""

from __future__ import annotations

from admin_views.base import PanelView
from admin_views.documents.behind import Behind
from admin_views.registry import register
from models.account import Account
from models.customer import Customer
from models.i18n import N_


class AccountView(Behind, PanelView):
    """Who stands behind several customers."""

    menu_group = N_("Customers")
    menu_icon = "briefcase"
    about = N_("An account keeps customers together that belong to one firm or person; a new customer makes its own.")
    can_merge = True
    menu_place = 2
    column_list = ["name", "owner", "website", "tags", "last_contacted", "updated_at"]
    form_panels = (
        (N_("Account"), ["name", "owner", "website", "tags", "description", "last_contacted", "times_contacted"]),
    )
    inline_groups = {Customer: "channel"}


register(Account, AccountView)
