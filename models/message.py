"""Emails sent to customers, and what became of them."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any, ClassVar

from sqlalchemy import ColumnElement, inspect
from sqlalchemy.orm import Mapped

from models.activity import Activity
from models.base import Base, Timestamped
from models.choices import Choice
from models.document import Document
from models.errors import DomainError
from models.fields import Count, Emails, Line, LongText, Moment, Name, Token, field, reference
from models.i18n import N_
from models.user import User


class MessageStatus(Choice):
    """How far a message came; of one that stays `sending`, nobody knows whether it went out."""

    SENDING = "sending", "grey"
    SENT = "sent", "green"
    PARTLY = "partly_sent", "yellow"
    REFUSED = "refused", "red"
    FAILED = "failed", "red"
    UNKNOWN = "unknown", "yellow"


class Message(Activity, Timestamped, Base):
    """An email to a customer, with whom it reached and why it did not."""

    __label__ = "Email"
    TOLD_ON: ClassVar[Sequence[str]] = (*Activity.TOLD_ON, "document")

    subject: Mapped[Name] = field(lasting=True, personal=True)
    recipients: Mapped[Emails] = field(lasting=True, label="To")
    cc: Mapped[Emails | None] = field(lasting=True, label="CC")
    body: Mapped[LongText] = field(lasting=True, label="Text")
    document: Mapped[Document | None] = reference(orphans="clear", fixed=True, listed=True)
    attachment: Mapped[Line | None] = field(fixed=True)
    status: Mapped[MessageStatus] = field(default=MessageStatus.SENDING, fixed=True)
    detail: Mapped[LongText | None] = field(fixed=True, personal=True)
    missed: Mapped[Emails | None] = field(fixed=True, label="Not reached")
    sent_at: Mapped[Moment | None] = field(fixed=True, label="Sent")
    tries: Mapped[Count] = field(default=1, fixed=True)
    author: Mapped[User | None] = reference(orphans="clear", creator=True, fixed=True)
    message_id: Mapped[Token] = field(unique=True, hidden=True)

    if TYPE_CHECKING:
        document_id: Mapped[int | None]

    def unused(self) -> Collection[str]:
        """What went well needs no explanation."""
        return {key for key in ("cc", "attachment", "detail", "missed", "sent_at") if getattr(self, key) is None}

    def problems(self) -> Iterator[DomainError]:
        """Yield that undoing takes nothing back that a mail server has."""
        state = inspect(self)
        if state.session and "undo_of" in state.session.info and state.attrs.status.history.deleted:
            yield DomainError(N_("What was sent, or refused, cannot be taken back."))

    @classmethod
    def is_final(cls, changed: Mapping[str, Any]) -> bool:
        """What a mail server has stays there."""
        sending = MessageStatus.SENDING.value
        return bool(changed.get("status", sending) != sending)

    @classmethod
    def touches(cls) -> ColumnElement[bool]:
        """Those that reached somebody."""
        return cls.status.in_((MessageStatus.SENT, MessageStatus.PARTLY))
