"""How people read the emails that were sent, and set up what they begin with."""

from __future__ import annotations

from admin_views.base import PanelView
from admin_views.mail.again import Sent
from admin_views.registry import register
from models.i18n import N_
from models.message import Message
from models.message_template import MessageTemplate


class MessageView(Sent, PanelView):
    """Emails to customers."""

    menu_group = N_("Activities")
    menu_icon = "mail"
    about = N_("Every email that was sent to a customer is kept here.")
    arises = N_("Open a customer and choose “Send email” above its timeline.")
    menu_place = 4
    entry_word = N_("Send email")
    entries_closed = True
    column_list = ["subject", "customer", "contact", "status", "recipients", "at", "author"]
    column_default_sort = "-at"
    record_summary = ("customer", "contact", "document")
    form_panels = (
        (N_("Email"), ["recipients", "cc", "subject", "body", "attachment", "author"]),
        (N_("Delivery"), ["status", "detail", "missed", "sent_at", "tries"]),
    )


class TemplateView(PanelView):
    """What emails begin with."""

    menu_group = N_("System")
    menu_icon = "mail-cog"
    about = N_("Email templates are what emails begin with, so that nobody types the same twice.")
    column_list = ["name", "kind", "subject", "updated_at"]


register(Message, MessageView)
register(MessageTemplate, TemplateView)
