"""What emails begin with: subject and text, with placeholders that are filled in for each customer and document."""

from __future__ import annotations

from collections.abc import Iterator

from sqlalchemy.orm import Mapped

from models.base import Base, Timestamped
from models.errors import DomainError
from models.fields import LongText, Name, field
from models.rules.document_kinds import DocumentKind
from models.rules.template import check_placeholders

ALWAYS = ("customer", "company", "author")
OF_DOCUMENTS = (*ALWAYS, "document", "number", "date", "due", "total")


class MessageTemplate(Timestamped, Base):
    """What an email begins with; its placeholders are filled in for each customer and document."""

    __label__ = "Email template"

    name: Mapped[Name] = field(unique=True)
    kind: Mapped[DocumentKind | None] = field(label="For", help="Left empty, it is for emails without a document.")
    subject: Mapped[Name] = field(
        help="{customer}, {company} and {author} are filled in; with a document {document}, {number}, {date}, {due} "
        "and {total} as well."
    )
    body: Mapped[LongText] = field(label="Text")

    def problems(self) -> Iterator[DomainError]:
        """Yield the placeholders that nothing will fill in."""
        for key in ("subject", "body"):
            try:
                check_placeholders(getattr(self, key) or "", OF_DOCUMENTS if self.kind else ALWAYS)
            except DomainError as error:
                yield error.about(key)
