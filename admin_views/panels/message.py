"""How people read the emails that were sent, and set up what they begin with."""

from __future__ import annotations

from admin_views.base import PanelView
from admin_views.mail_again import Sent
from admin_views.registry import register
from models.i18n import N_
from models.message import Message
from models.message_template import MessageTemplate


class MessageView(Sent, PanelView):
    """Emails to customers."""

    menu_group = N_("Customers")
    menu_icon = "mail"
    menu_place = 5
    column_list = ["subject", "customer", "status", "recipients", "created_at", "author"]
    column_default_sort = "-created_at"
    feed_columns = ["body", "created_at", "status", "author"]
    record_summary = ("customer", "document")
    form_panels = (
        (N_("Email"), ["recipients", "cc", "subject", "body", "attachment", "author"]),
        (N_("Delivery"), ["status", "detail", "missed", "sent_at", "tries"]),
    )


class TemplateView(PanelView):
    """What emails begin with."""

    menu_group = N_("System")
    menu_icon = "mail-cog"
    column_list = ["name", "kind", "subject", "updated_at"]


register(Message, MessageView)
register(MessageTemplate, TemplateView)
