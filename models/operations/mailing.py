"""Sending emails: stored before the mail server is asked, and again with what it answered.

A process that dies in between leaves the email as `sending`, and nobody knows whether it went out. While the server is
spoken to, no transaction is open. Sending an email is creating it: whoever may create may also try again.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from email.message import EmailMessage
from typing import Any

from sqlalchemy import func, select

from models.contact import Contact
from models.errors import Conflict, Refused
from models.gate import acting_as, actor_of
from models.i18n import N_
from models.message import Message, MessageStatus
from models.operations.letters import Attachment, Letter, address_of, compose
from models.operations.smtp import Delivery, Server
from models.permissions import Permission, decide
from models.related import find
from models.rules.email import email_key, split_emails
from models.types import utcnow

AGAIN = {MessageStatus.PARTLY, MessageStatus.REFUSED, MessageStatus.FAILED, MessageStatus.UNKNOWN}
LONGEST = 9000  # characters of what a server said of many recipients
NOT_AGAIN = N_("This email was sent, or is being sent, already.")


@dataclass(frozen=True)
class Dispatch:
    """An email ready to be sent, with its row and the number of the try; it asks the database nothing more."""

    key: int
    tries: int
    mail: EmailMessage
    to: Sequence[str]


def is_interrupted(message: Message, server: Server | None) -> bool:
    """Return whether an email has been on its way for longer than any conversation with the server lasts."""
    patience = timedelta(seconds=server.patience if server else 0)
    return message.status is MessageStatus.SENDING and message.updated_at + patience < utcnow()


def can_send_again(message: Message, server: Server | None) -> bool:
    """Return whether an email has not reached everybody, as far as one knows, and is still whole.

    The file that went along is made anew from what the email is about.
    """
    is_whole = not message.attachment or message.document_id is not None
    return is_whole and (message.status in AGAIN or is_interrupted(message, server))


def try_again(session: Any, message: Message, tries: int, server: Server) -> None:
    """Claim an email that was tried this often for one more try; Conflict if somebody else did.

    The caller commits: the UPDATE names the version that was read, so that of two at once one fails.
    """
    decision = decide(actor_of(session), Permission.CREATE, Message, message)
    if not decision:
        raise Refused(decision.reason, **decision.params)
    if message.tries != tries or not can_send_again(message, server):
        raise Conflict(NOT_AGAIN)
    with acting_as(session, actor_of(session).elevated()):
        message.status, message.tries, message.detail = MessageStatus.SENDING, tries + 1, None
        message.updated_at = utcnow()
        session.flush()


def letter_of(message: Message, server: Server, attachment: Attachment | None = None) -> Letter:
    """Return an email as plain values; answers to it go where the settings say, or to who wrote it."""
    author = message.author
    return Letter(
        key=message.message_id,
        sender=server.sender,
        to=split_emails(message.recipients),
        cc=split_emails(message.cc),
        subject=message.subject,
        body=message.body,
        date=utcnow(),
        reply_to=server.reply_to or (address_of(author.email, author.name) if author else None),
        attachment=attachment,
    )


def addressee(session: Any, message: Message) -> Contact | None:
    """Return the contact of the customer to whose address an email goes, where that is one alone."""
    keys = {email_key(each) for each in split_emails(message.recipients)}
    mine = Contact.customer_id == message.customer.id  # type: ignore[attr-defined]
    found = session.scalars(select(Contact).where(mine, func.lower(Contact.email).in_(keys)).limit(2)).all()
    return found[0] if len(found) == 1 else None


def reached_by(message: Message) -> Sequence[str]:
    """Return whom the next try is for: all recipients, or those that the last one missed."""
    if message.missed:
        return split_emails(message.missed)
    return list(dict.fromkeys([*split_emails(message.recipients), *split_emails(message.cc)]))


def dispatch(session: Any, message: Message, server: Server, attachment: Attachment | None) -> Dispatch:
    """Write an email as being sent, and return what is needed to send it; the caller commits."""
    session.flush()
    to = reached_by(message)
    return Dispatch(message.id, message.tries, compose(letter_of(message, server, attachment)), to)


def record_delivery(session: Any, key: int, tries: int, delivery: Delivery, detail: str) -> None:
    """Write down what became of a try, unless the email is gone or was tried once more; the caller commits.

    What happened is written whatever the person may do by now.
    """
    with acting_as(session, actor_of(session).elevated()):
        message = find(session, Message, key)
        if message is None or message.tries != tries:
            return
        message.status, message.detail = delivery.status, detail[:LONGEST] or None
        message.missed = ", ".join(delivery.missed) or None
        if delivery.status in {MessageStatus.SENT, MessageStatus.PARTLY}:
            message.sent_at = utcnow()
        session.flush()
