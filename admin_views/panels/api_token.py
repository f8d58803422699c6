"""How administrators let programs reach the API."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from flask import request
from flask_admin import expose
from flask_babel import gettext, ngettext

from admin_views.actions import deed, run_action
from admin_views.base import PanelView
from admin_views.once import Once
from admin_views.page import Link
from admin_views.registry import register
from models.api_token import ApiToken, TokenStatus
from models.base import db
from models.i18n import N_
from models.permissions import Permission

REVOKED = N_("Programs that use it are refused from their next request on. This cannot be undone.")


class ApiTokenView(PanelView):
    """The keys by which the site's own programs reach the API."""

    menu_group = N_("System")
    menu_icon = "key"
    about = N_("A token lets a program of yours, such as your website, reach the API.")
    menu_place = 90
    column_list = ["name", "status", "hint", "last_used_at", "creator", "created_at"]
    record_badges = ["status"]
    record_summary = ("hint",)
    form_panels = ((N_("Token"), ["name", "hint", "last_used_at", "creator", "created_at", "revoked_at"]),)
    rather_than_deleted = N_("Revoke it instead.")

    def told_once(self, row: Any) -> Once | None:
        """Show the token itself to who has just made it."""
        help_ = gettext("Copy it now to where the program keeps its secrets. It is not kept here and not shown again.")
        return Once(gettext("Token"), row.plain, help_)

    @deed("revoke", N_("Revoke…"), Permission.EDIT, danger=True, meaning=REVOKED, final=True)
    def revoke(self, rows: Sequence[Any]) -> str:
        """Let tokens open nothing any more."""
        for token in rows:
            token.status = TokenStatus.REVOKED
        db.session.flush()
        return ngettext("%(n)s token was revoked.", "%(n)s tokens were revoked.", len(rows), n=len(rows))

    def record_actions(self, row: Any) -> list[Link]:
        """Offer to revoke what still works."""
        others = super().record_actions(row)
        if row.status is TokenStatus.REVOKED or not self.allows(Permission.EDIT, row):
            return others
        url = f"{self.get_url('.revoke_view', id=row.id)}{self.trail()}"
        return [*others, Link(gettext("Revoke…"), url, icon="ban", asks=True, rather=True)]

    @expose("/revoke/", methods=("GET", "POST"))
    def revoke_view(self) -> Any:
        """Ask, then revoke one token, as the action on a selection of one; then show it again."""
        token = self.get_one(request.args.get("id"))
        return run_action(self, "revoke", [token.id], token, then=self.record_url(token))


register(ApiToken, ApiTokenView)
