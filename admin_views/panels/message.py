"""How people read the emails that were sent, and send one again."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from flask import abort, current_app, request
from flask_admin import expose
from flask_babel import gettext

from admin_views.base import PanelView
from admin_views.confirm_page import Confirmation
from admin_views.controls import read_key
from admin_views.mail_page import send
from admin_views.mail_server import mail_server
from admin_views.mailing import may_mail
from admin_views.page import Link
from admin_views.registry import register
from admin_views.requests import go, record_url
from admin_views.say import say
from admin_views.toasts import toast
from models.base import Base, db
from models.description import title_of
from models.i18n import N_
from models.message import Message
from models.message_template import MessageTemplate
from models.operations.mailing import can_send_again, is_interrupted, reached_by, try_again
from models.permissions import Decision, Permission

AS_SENT = N_("Emails stay as they were sent.")
INTERRUPTED = N_("It is not known whether this was sent: the panel was interrupted.")
WRITTEN_ELSEWHERE = {Permission.CREATE, Permission.EDIT, Permission.IMPORT}


class MessageView(PanelView):
    """Emails to customers."""

    menu_group = N_("Customers")
    menu_icon = "mail"
    menu_place = 5
    column_list = ["subject", "customer", "status", "recipients", "author", "created_at"]
    column_default_sort = "-created_at"
    feed_columns = ["body", "created_at", "status", "author", "recipients"]
    record_summary = ("customer", "document")
    form_panels = (
        (N_("Email"), ["recipients", "cc", "subject", "body", "attachment", "author"]),
        (N_("Delivery"), ["status", "detail", "missed", "sent_at", "tries"]),
    )

    def allows(self, permission: Permission, row: Base | None = None) -> Decision:
        """Emails come about by sending them, and do not change."""
        return Decision(False, AS_SENT) if permission in WRITTEN_ELSEWHERE else super().allows(permission, row)

    def new_elsewhere(self, parent: Base) -> Link | None:
        """Lead to where an email is written."""
        link: Link | None = self.view_of(type(parent)).mail_link(parent)
        return link if link and link.url else None

    def remark(self, row: Any) -> str:
        """Say why an email did not reach everybody."""
        return gettext(INTERRUPTED) if is_interrupted(row, mail_server(current_app.config)) else row.detail or ""

    def entry_links(self, row: Any) -> Sequence[Link]:
        """Offer another try."""
        return self._tries(row)

    def record_actions(self, row: Any) -> list[Link]:
        """Offer another try, and a new email that begins like this one."""
        return [*self._tries(row), *self._like(row), *super().record_actions(row)]

    def _tries(self, row: Any) -> list[Link]:
        server = mail_server(current_app.config)
        if not (can_send_again(row, server) and may_mail(row.customer)):
            return []
        return [Link(gettext("Send again…"), self.get_url(".again_view", id=row.id), icon="mail")]

    def _like(self, row: Any) -> list[Link]:
        link = self.new_elsewhere(row.customer)
        return [Link(gettext("Write one like this…"), f"{link.url}&like={row.id}", icon="plus")] if link else []

    @expose("/again/", methods=("GET", "POST"))
    def again_view(self) -> Any:
        """Ask, then try once more to send an email."""
        message = self.get_one(request.args.get("id"))
        self.insist(may_mail(message.customer))
        server = mail_server(current_app.config)
        if server is None:
            return go(self.view_of(type(message.customer)).get_url(".email_view", id=message.customer_id))
        if request.method == "GET":
            return self.render("admin/confirm.html", confirmation=self._confirmation(message))
        tries = read_key(request.form.get("tries", "")) or abort(404)
        where = record_url(message.customer)

        def begin() -> Message:
            try_again(db.session, message, tries, server)
            return message

        error = send(server, self._enclosed(message), begin)
        if error is not None:
            toast(say(error), tone="warning")
        return go(where)

    def _enclosed(self, message: Message) -> Any:
        """Return the file that went along, made anew from what the email is about."""
        about = message.document
        return None if about is None else self.view_of(type(about)).mail_attachment(about)

    def _confirmation(self, message: Message) -> Confirmation:
        return Confirmation(
            title=gettext("Send “%(title)s” again?", title=title_of(message)),
            question=self.remark(message),
            items=reached_by(message),
            consequences=[],
            refused=[],
            url=request.full_path,
            hidden=[("tries", str(message.tries))],
            submit=gettext("Send again"),
            cancel_url=record_url(message.customer),
            danger=False,
        )


class TemplateView(PanelView):
    """What emails begin with."""

    menu_group = N_("System")
    menu_icon = "mail-cog"
    column_list = ["name", "kind", "subject", "updated_at"]


register(Message, MessageView)
register(MessageTemplate, TemplateView)
