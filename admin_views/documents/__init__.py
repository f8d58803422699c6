"""What one does with a document on its page: bring it on, make others from it, send it, take it out as a file."""

from __future__ import annotations

from admin_views.documents.converting import Converting
from admin_views.documents.copying import Copied
from admin_views.documents.family import Related
from admin_views.documents.files import Filed
from admin_views.documents.rates import Rated
from admin_views.documents.sending import Posted
from admin_views.documents.stepping import Stepping
from admin_views.mail.sending import Mailed


class Documents(Rated, Stepping, Converting, Filed, Posted, Related, Copied, Mailed):
    """A view of documents with all that one does with them."""


__all__ = ["Documents"]
