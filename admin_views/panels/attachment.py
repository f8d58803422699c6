"""How people keep files about customers."""

from __future__ import annotations

from admin_views.base import PanelView
from admin_views.registry import register
from models.attachment import Attachment
from models.i18n import N_


class FileView(PanelView):
    """Files about customers."""

    menu_group = N_("Activities")
    menu_icon = "paperclip"
    about = N_("Files are about customers: contracts, drawings, pictures.")
    column_list = ["name", "customer", "contact", "file", "size", "at", "author"]
    column_default_sort = "-at"
    form_panels = (
        (N_("File"), ["file", "name", "customer", "contact", "text"]),
        (N_("More"), ["size", "content_type", "at", "author"]),
    )


register(Attachment, FileView)
