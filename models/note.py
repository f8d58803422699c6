"""What somebody wrote down about a customer."""

from __future__ import annotations

from sqlalchemy.orm import Mapped

from models.activity import Activity
from models.base import Base, Timestamped
from models.fields import LongText, field, reference
from models.user import User


class Note(Activity, Timestamped, Base):
    """A remark on a customer, with its author; the newest comes first."""

    body: Mapped[LongText] = field(label="Note")
    author: Mapped[User | None] = reference(orphans="clear", creator=True, fixed=True)
