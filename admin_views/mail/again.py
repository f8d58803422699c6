"""What can be done with an email that was sent, or was not: another try, or a new one that begins like it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from typing import Any

from flask import abort, current_app, request
from flask_admin import expose
from flask_babel import gettext

from admin_views import parent_page
from admin_views.confirm_page import Confirmation
from admin_views.controls import read_key
from admin_views.kinds import text
from admin_views.mail.page import send
from admin_views.mail.sending import Enclosed, Mailed, may_mail
from admin_views.mail.server import mail_server
from admin_views.page import Link
from admin_views.requests import go, record_url
from admin_views.say import say
from admin_views.timeline.hosts import named
from admin_views.toasts import toast
from models.base import Base, db
from models.description import describe, title_of
from models.i18n import N_
from models.message import Message
from models.operations.mailing import can_send_again, is_interrupted, reached_by, try_again
from models.permissions import Decision, Permission

AS_SENT = N_("Emails stay as they were sent.")
INTERRUPTED = N_("It is not known whether this was sent: the panel was interrupted.")
WRITTEN_ELSEWHERE = {Permission.CREATE, Permission.EDIT, Permission.IMPORT}


class Sent:
    """A view of emails: they come about by sending them, do not change, and can be sent once more."""

    def allows(self, permission: Permission, row: Base | None = None) -> Decision:
        """Refuse what would write an email without sending it."""
        if permission in WRITTEN_ELSEWHERE:
            return Decision(False, AS_SENT)
        decision: Decision = super().allows(permission, row)  # type: ignore[misc]
        return decision

    def new_elsewhere(self: Any, parent: Base) -> Link | None:
        """Lead to where an email is written; on a record that no email is about, by asking to whom it goes."""
        view = self.view_of(type(parent))
        if isinstance(view, Mailed):
            link: Link | None = view.mail_link(parent)
            return link if link and link.url else None
        return Link("", self.get_url(".create_view", **named(parent))) if may_mail() else None

    @expose("/new/", methods=("GET", "POST"))
    def create_view(self: Any) -> Any:
        """Ask to whom an email goes, and lead to where it is written."""
        self.insist(may_mail())
        parent = self.scope()
        if parent is None:
            return parent_page.ask(self)
        return go(self.view_of(type(parent)).get_url(".email_view", id=parent.id))

    def remark(self, row: Any) -> str:
        """Say to whom it went, and why it did not reach everybody."""
        attributes = describe(Message).attributes
        addresses = (text(attributes[key], row) for key in ("recipients", "cc"))
        to = gettext("To %(addresses)s", addresses=", ".join(filter(None, addresses)))
        return " · ".join(filter(None, (to, why(row))))

    def entry_links(self, row: Any) -> Sequence[Link]:
        """Offer another try."""
        return self._tries(row)

    def record_actions(self: Any, row: Any) -> list[Link]:
        """Offer another try, and a new email that begins like this one."""
        others: list[Link] = super().record_actions(row)  # type: ignore[misc]
        return [*self._tries(row), *self._like(row), *others]

    def _tries(self: Any, row: Any) -> list[Link]:
        if not (can_send_again(row, mail_server(current_app.config)) and may_mail(row.customer)):
            return []
        return [Link(gettext("Send again…"), self.get_url(".again_view", id=row.id), icon="mail")]

    def _like(self, row: Any) -> list[Link]:
        link = self.new_elsewhere(row.customer)
        return [Link(gettext("Write one like this…"), f"{link.url}&like={row.id}", icon="plus")] if link else []

    @expose("/again/", methods=("GET", "POST"))
    def again_view(self: Any) -> Any:
        """Ask, then try once more to send an email."""
        message: Message = self.get_one(request.args.get("id"))
        self.insist(may_mail(message.customer))
        server, where = mail_server(current_app.config), record_url(message.customer)
        if server is None:
            return go(self.view_of(type(message.customer)).get_url(".email_view", id=message.customer_id))
        if request.method == "GET":
            return self.render("admin/confirm.html", confirmation=_confirmation(message, where))
        tries = read_key(request.form.get("tries", "")) or abort(404)
        enclosed, then = self._about(message)
        error = send(server, enclosed, partial(_claim, message, tries, server), then)
        if error is not None:
            toast(say(error), tone="warning")
        return go(where)

    def _about(self: Any, message: Message) -> tuple[Enclosed | None, Callable[[], object]]:
        """Return the file that went along, made anew from what the email is about, and what follows sending it."""
        about = message.document
        if about is None:
            return None, lambda: None
        view = self.view_of(type(about))
        return view.mail_attachment(about), partial(view.mail_sent, about)


def why(message: Message) -> str:
    """Return why an email did not reach everybody, as far as one knows."""
    server = mail_server(current_app.config)
    if is_interrupted(message, server):
        return gettext(INTERRUPTED)
    return text(describe(Message).attributes["detail"], message)


def _claim(message: Message, tries: int, server: Any) -> Message:
    try_again(db.session, message, tries, server)
    return message


def _confirmation(message: Message, back: str) -> Confirmation:
    return Confirmation(
        title=gettext("Send “%(title)s” again?", title=title_of(message)),
        question=why(message),
        items=reached_by(message),
        consequences=[],
        refused=[],
        url=request.full_path,
        hidden=[("tries", str(message.tries))],
        submit=gettext("Send again"),
        cancel_url=back,
        danger=False,
    )
