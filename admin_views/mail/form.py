"""The form in which an email is written: whom it can go to, and what it begins with."""

from __future__ import annotations

import re
import uuid
from collections.abc import Mapping, Sequence
from typing import Any

from flask import request
from flask_admin.form import BaseForm
from flask_babel import gettext
from sqlalchemy import select
from wtforms import fields

from admin_views import controls
from admin_views.controls import read_key
from admin_views.forms import field
from admin_views.say import later
from models.base import db
from models.contact import Contact
from models.customer import Customer
from models.description import describe, title_of
from models.gate import actor_of
from models.i18n import N_
from models.message import Message
from models.message_template import MessageTemplate
from models.related import find
from models.rules.document_kinds import DocumentKind
from models.rules.template import fill

MOST_OFFERED = 200
MOST_TEMPLATES = 100
WRITTEN = ("recipients", "cc", "subject", "body")
KEY = re.compile(r"[0-9a-f]{32}")


def mail_form(view: Any, row: Any, company: str) -> Any:
    """Return the form of an email about a record: as it was sent, or filled in from a template or another email."""
    customer, templates = view.mail_customer(row), templates_for(view.mail_kind(row))
    sent = request.form if request.method == "POST" else None
    form = _form_class(templates)(sent, data=None if sent else _beginning(view, row, customer, company, templates))
    if not KEY.fullmatch(form.key.data or ""):
        form.key.data = uuid.uuid4().hex
    suggestions = suggested(customer)
    form.recipients.suggestions = form.cc.suggestions = suggestions
    form.cc.optional, form.body.rows = True, 12
    form.template.use, form.template.wide, form.subject.wide = gettext("Use this template"), True, True
    if not templates:
        del form.template
    return form


def use_template(form: Any, view: Any, row: Any, company: str) -> None:
    """Fill in subject and text from the template that is chosen."""
    chosen = find(db.session, MessageTemplate, read_key(form.template.data or "")) if "template" in form else None
    if chosen is not None:
        for key, text in texts(chosen, values(view, row, company)).items():
            form[key].data = text


def templates_for(kind: DocumentKind | None) -> Sequence[MessageTemplate]:
    """Return the templates for a kind of document, or for emails without one."""
    query = select(MessageTemplate).where(MessageTemplate.kind == kind).order_by(MessageTemplate.name)
    return db.session.scalars(query.limit(MOST_TEMPLATES)).all()


def values(view: Any, row: Any, company: str) -> Mapping[str, str]:
    """Return what the placeholders stand for."""
    common = {"customer": title_of(view.mail_customer(row)), "company": company, "author": actor_of(db.session).name}
    return {**common, **view.mail_values(row)}


def texts(template: MessageTemplate, known: Mapping[str, str]) -> dict[str, str]:
    """Return subject and text of a template, filled in."""
    return {"subject": " ".join(fill(template.subject, known).split()), "body": fill(template.body, known)}


def suggested(customer: Customer) -> list[tuple[str, str]]:
    """Return the addresses of a customer, then of its contacts, each with whose it is."""
    query = select(Contact).where(Contact.customer == customer, Contact.email.is_not(None))
    contacts = db.session.scalars(query.order_by(Contact.name, Contact.id).limit(MOST_OFFERED))
    own = [(email.address, email.label or customer.name) for email in customer.emails]
    found: dict[str, str] = {}
    for address, name in [*own, *((each.email, each.name) for each in contacts if each.email)]:
        found.setdefault(address, f"{name} <{address}>")
    return list(found.items())


def _form_class(templates: Sequence[MessageTemplate]) -> type[BaseForm]:
    attributes = describe(Message).attributes
    listed = [(str(each.id), each.name) for each in templates]
    chooser = controls.Select(later(N_("Template")), choices=lambda: listed)
    written = {key: field(attributes[key]) for key in WRITTEN}
    return type("MailForm", (BaseForm,), {"key": fields.HiddenField(), "template": chooser, **written})


def _beginning(
    view: Any, row: Any, customer: Customer, company: str, templates: Sequence[MessageTemplate]
) -> dict[str, Any]:
    """Return what the form begins with: what another email said, or the first template."""
    other = find(db.session, Message, read_key(request.args.get("like", "")))
    if other is not None and other.customer_id == customer.id:
        return {key: getattr(other, key) for key in WRITTEN}
    return {"recipients": view.mail_to(row)} | (texts(templates[0], values(view, row, company)) if templates else {})
