"""Documents as PDF: a paper becomes words and figures, and one template sets them."""

from admin_views.printing.files import file_name
from admin_views.printing.press import pdf

__all__ = ["file_name", "pdf"]
