"""Why something may be done or not: of one decision, and of a record with everybody who works in the panel."""

from __future__ import annotations

from admin_views.page import Link
from models.base import Base


class Explained:
    """A view that explains what it decides, and offers more to do with a record."""

    def record_actions(self, row: Base) -> list[Link]:
        """Return what else can be done with a record, in its menu of more actions; views add their own."""
        return []
