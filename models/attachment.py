"""Files about customers, such as a signed contract or a picture of what arrived broken."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy import inspect
from sqlalchemy.orm import Mapped

from models.activity import Activity
from models.base import Base, Timestamped
from models.fields import File, FileSize, Line, LongText, Name, field, reference
from models.file_types import mime_of
from models.files import store
from models.user import User


class Attachment(Activity, Timestamped, Base):
    """A file about a customer."""

    __label__ = "File"

    file: Mapped[File] = field(index=True)
    name: Mapped[Name] = field(derived=True, help="Left empty, it is the file's name.")
    content_type: Mapped[Line | None] = field(fixed=True, label="Type")
    size: Mapped[FileSize | None] = field(fixed=True)
    text: Mapped[LongText | None] = field(label="Notes")
    author: Mapped[User | None] = reference(orphans="clear", creator=True, fixed=True)

    if TYPE_CHECKING:
        file_name: Mapped[str | None]

    def derive(self) -> None:
        """Say what the file is; one that takes another's place takes its name, unless it was given one."""
        changes: Any = inspect(self).attrs
        if self.file_name and changes.file.history.has_changes():
            self.content_type, self.size = mime_of(self.file_name), store().size(self.file)
        if self.file_name and (not self.name or self.name in changes.file_name.history.deleted):
            self.name = self.file_name
