"""Emails as they travel: composed from checked values, so that nothing typed can become a header of its own."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime

import idna

from models.rules.email import clean_email

NAMED = re.compile(r'\s*"?([^"<>]*?)"?\s*<([^<>]*)>\s*')
# Seven bits pass every server, 8BITMIME or not.
POLICY = SMTP.clone(cte_type="7bit")


@dataclass(frozen=True)
class Attachment:
    """A file that goes along, such as the PDF of a document."""

    name: str
    content: bytes
    type: str = "application/pdf"


@dataclass(frozen=True)
class Letter:
    """What is sent, in plain values: nothing in it asks the database. `key` makes its Message-ID."""

    key: str
    sender: Address
    to: Sequence[str]
    cc: Sequence[str]
    subject: str
    body: str
    date: datetime
    reply_to: Address | None = None
    attachment: Attachment | None = None


def compose(letter: Letter) -> EmailMessage:
    """Return the email with its headers and attachment; ValueError for a control character in a header."""
    beyond_ascii = any(not address_of(each).username.isascii() for each in (*letter.to, *letter.cc))
    mail = EmailMessage(policy=POLICY.clone(utf8=beyond_ascii))
    mail["From"] = letter.sender
    if letter.reply_to is not None:
        mail["Reply-To"] = letter.reply_to
    mail["To"] = [address_of(each) for each in letter.to]
    if letter.cc:
        mail["Cc"] = [address_of(each) for each in letter.cc]
    mail["Subject"] = _one_line(letter.subject)
    mail["Date"] = format_datetime(letter.date)
    mail["Message-ID"] = f"<{_one_line(letter.key)}@{letter.sender.domain}>"
    mail.set_content(letter.body)
    if letter.attachment is not None:
        _attach(mail, letter.attachment)
    return mail


def is_beyond_ascii(mail: EmailMessage) -> bool:
    """Return whether an address of an email has letters that only some servers take."""
    return bool(getattr(mail.policy, "utf8", False))


def address_of(email: str, name: str = "") -> Address:
    """Return a header address with its domain in ASCII, which every server reads."""
    local, _, domain = email.rpartition("@")
    return Address(_one_line(name), _one_line(local), idna.encode(domain, uts46=True).decode("ascii"))


def read_address(text: str) -> Address:
    """Return an address written as `name@example.com` or `Name <name@example.com>`; DomainError if it is none."""
    named = NAMED.fullmatch(text)
    name, email = (named[1], named[2]) if named else ("", text)
    return address_of(clean_email(email), name)


def _attach(mail: EmailMessage, attachment: Attachment) -> None:
    main, _, sub = attachment.type.partition("/")
    mail.add_attachment(attachment.content, maintype=main, subtype=sub, filename=_one_line(attachment.name))


def _one_line(text: str) -> str:
    if any(unicodedata.category(char) in {"Cc", "Zl", "Zp"} for char in text):
        raise ValueError("a header has a control character")
    return text
