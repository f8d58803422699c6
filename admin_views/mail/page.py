"""Writing an email and sending it: the page, and what is said afterwards."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

from flask import current_app, request
from flask_babel import gettext
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from admin_views import form_page
from admin_views.kinds_fact import Fact
from admin_views.mail.form import WRITTEN, mail_form, use_template
from admin_views.mail.server import mail_faults, mail_server
from admin_views.page import Link
from admin_views.page_form import FormPage, FormPanel, Notice
from admin_views.requests import go, record_url
from admin_views.saving import CONTRADICTS, attach, commit
from admin_views.say import say
from admin_views.toasts import toast
from models.base import Base, db
from models.company import Company
from models.description import describe, title_of
from models.engine import set_mode
from models.errors import Conflict, DomainError, Refused
from models.i18n import N_
from models.message import Message, MessageStatus
from models.operations.letters import Attachment
from models.operations.mailing import NOT_AGAIN, Dispatch, addressee, dispatch, record_delivery
from models.operations.smtp import Delivery, Server, deliver

NOT_SET_UP = N_("No mail server is set up, so nothing can be sent. Whoever runs the panel sets this, and restarts it:")
TONES = {MessageStatus.SENT: "success", MessageStatus.PARTLY: "warning", MessageStatus.UNKNOWN: "warning"}
REACHED = {MessageStatus.SENT, MessageStatus.PARTLY}
SAID = {
    MessageStatus.SENT: N_("The email was sent to %(to)s."),
    MessageStatus.PARTLY: N_("The email was sent, but did not reach everybody."),
    MessageStatus.REFUSED: N_("The email was not sent."),
    MessageStatus.FAILED: N_("The email was not sent."),
}


def answer(view: Any, row: Base) -> Any:
    """Return the page on which an email is written, or send what was written."""
    server = mail_server(current_app.config)
    if server is None:
        return _page(view, row, None)
    form = mail_form(view, row, company_name(server))
    if "use" in request.form:
        use_template(form, view, row, company_name(server))
        return _page(view, row, form)
    if request.method == "POST" and form.validate():
        error = _write(view, row, form, server)
        if error is None:
            return go(view.record_url(row))
        attach(form, row, error)
    return _page(view, row, form, 422 if request.method == "POST" else 200)


def company_name(server: Server) -> str:
    """Return what one's own company is called, as its record says or the address that emails come from."""
    return db.session.scalar(select(Company.name).limit(1)) or server.sender.display_name or server.sender.domain


def send(server: Server, enclosed: Any, begin: Callable[[], Message], then: Callable[[], object]) -> DomainError | None:
    """Commit an email as being sent, send it, commit what became of it, and say so; return why it was not begun.

    What follows once it has gone out, `then` does.
    """
    dispatches: list[Dispatch] = []

    def work() -> None:
        file = Attachment(enclosed.name, enclosed.content(), enclosed.type) if enclosed else None
        dispatches.append(dispatch(db.session, begin(), server, file))

    error = commit(work, lambda refusal: Conflict(NOT_AGAIN) if _is_twice(refusal) else DomainError(CONTRADICTS))
    for found in dispatches if error is None else ():
        delivery = deliver(server, found.mail, found.to)
        _conclude(found, delivery)
        if delivery.status in REACHED:
            set_mode("write")
            then()
    return error


def _conclude(found: Dispatch, delivery: Delivery) -> None:
    """Store what became of an email, and say it."""
    why = say(delivery.why) if delivery.why else ""
    set_mode("write")
    commit(lambda: record_delivery(db.session, found.key, found.tries, delivery, why))
    said = gettext(SAID[delivery.status], to=", ".join(found.to)) if delivery.status in SAID else ""
    toast(" ".join(filter(None, (said, why))), tone=TONES.get(delivery.status, "danger"))


def _write(view: Any, row: Base, form: Any, server: Server) -> DomainError | None:
    """Send what was written; what was sent by the first of two clicks is not sent by the second."""
    message = Message(customer=view.mail_customer(row), message_id=form.key.data, **_about(row))
    enclosed = view.mail_attachment(row)

    def begin() -> Message:
        for key in WRITTEN:
            form[key].populate_obj(message, key)
        message.attachment = enclosed.name if enclosed else None
        message.contact = message.contact or addressee(db.session, message)
        db.session.add(message)
        return message

    error = send(server, enclosed, begin, partial(view.mail_sent, row))
    if isinstance(error, Refused):
        raise error
    if isinstance(error, Conflict):
        toast(say(error), tone="warning")
        return None
    return error


def _about(row: Base) -> dict[str, Base]:
    """Return the relation by which an email points to what it is about, if there is one."""
    relations = (each for each in describe(Message).attributes.values() if each.target is type(row))
    return {each.key: row for each in relations if not each.is_parent}


def _is_twice(refusal: IntegrityError) -> bool:
    return Message.message_id.key in str(refusal.orig)


def _page(view: Any, row: Base, form: Any, status: int = 200) -> Any:
    panels = [] if form is None else [FormPanel("email", "", _fields(view, row, form))]
    page = FormPage(
        title=gettext("Email to %(title)s", title=title_of(view.mail_customer(row))),
        url=request.full_path.rstrip("?"),
        cancel_url=view.record_url(row),
        submit=gettext("Send"),
        panels=panels,
        hidden=[] if form is None else [form.key],
        errors=[] if form is None else list(form_page.errors(form)),
        back=Link(title_of(row), record_url(row)),
        notice=_notice() if form is None else None,
    )
    return view.render("admin/form.html", page=page, form=form), status


def _notice() -> Notice:
    faults = [say(each) for each in mail_faults(current_app.config)]
    return Notice(" ".join([gettext(NOT_SET_UP), *faults]))


def _fields(view: Any, row: Base, form: Any) -> list[Any]:
    """Return the fields to show, and the file that goes along."""
    shown = [each for each in form if each.name != "key"]
    enclosed = view.mail_attachment(row)
    if enclosed is None:
        return shown
    fact = Fact(gettext("Attachment"), shown=enclosed.name, stored="", reason="")
    return [*shown, form.meta.bind_field(form, fact, {"name": "attachment", "prefix": ""})]
