"""Talking to a mail server: one email, one conversation, and what the server said of every recipient."""

from __future__ import annotations

import smtplib
import ssl
import time
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from email.headerregistry import Address
from email.message import EmailMessage

from models.errors import DomainError
from models.i18n import N_
from models.message import MessageStatus
from models.operations.letters import address_of, is_beyond_ascii

STARTTLS, TLS, NONE = "starttls", "tls", "none"
SECURITIES = (STARTTLS, TLS, NONE)
DONE, TAKEN, PERMANENT = 250, {250, 251}, 500  # RFC 5321, section 4.2
PATIENCE = 6  # time-outs that a whole conversation may last

NO_ANSWER = N_("The mail server %(server)s did not answer within %(seconds)s seconds.")
NO_CONNECTION = N_("The mail server %(server)s cannot be reached: %(why)s.")
NOT_SECURE = N_("The mail server %(server)s offers no secure connection that can be trusted: %(why)s.")
WRONG_LOGIN = N_("The mail server refused the user name or the password: %(why)s")
ASCII_LOGIN = N_("User names and passwords of mail servers have no letters beyond ASCII.")
ASCII_ADDRESSES = N_("The mail server takes no addresses with letters beyond ASCII.")
REFUSED = N_("The mail server refused it: %(why)s")
LATER = N_("The mail server cannot take it now: %(why)s")
BROKEN_OFF = N_("The mail server broke off the conversation: %(why)s.")
UNKNOWN = N_("It is not known whether this was sent: the mail server had the text and did not confirm it.")
NOT_REACHED = N_("Not reached: %(why)s")


@dataclass(frozen=True)
class Server:
    """The mail server that the settings name; the time-out, in seconds, is for each of its answers."""

    host: str
    port: int
    sender: Address
    security: str = STARTTLS
    user: str = ""
    password: str = field(default="", repr=False)
    reply_to: Address | None = None
    timeout: float = 10

    @property
    def name(self) -> str:
        """The server as people look for it."""
        return f"{self.host}:{self.port}"

    @property
    def patience(self) -> float:
        """After how many seconds a conversation is over in any case."""
        return self.timeout * (PATIENCE + 2)


@dataclass(frozen=True)
class Delivery:
    """What became of an email, why, and which recipients it did not reach."""

    status: MessageStatus
    why: DomainError | None = None
    missed: Sequence[str] = ()


class Stop(Exception):
    """The conversation with the server ends, with what became of the email."""

    def __init__(self, status: MessageStatus, sentence: str, missed: Sequence[str] = (), **words: object) -> None:
        super().__init__(sentence)
        self.delivery = Delivery(status, DomainError(sentence, None, **words), missed)


def deliver(server: Server, mail: EmailMessage, to: Sequence[str]) -> Delivery:
    """Send an email to these recipients and return what became of it; nothing that a server does is raised."""
    until = time.monotonic() + server.timeout * PATIENCE
    smtp: smtplib.SMTP | None = None
    try:
        smtp = _connect(server)
        _log_in(server, smtp)
        refused = _address(server, smtp, to, until, utf8=is_beyond_ascii(mail))
        return _hand_over(smtp, mail, refused)
    except Stop as stop:
        return stop.delivery
    except (OSError, smtplib.SMTPException) as error:
        return _failure(server, error)
    finally:
        if smtp is not None:
            with suppress(OSError, smtplib.SMTPException):
                smtp.quit()
            smtp.close()


def _connect(server: Server) -> smtplib.SMTP:
    """Open the conversation, encrypted if the settings say so; never less than they say."""
    domain = server.sender.domain  # what it calls itself; its own name would be asked of a name server
    if server.security == TLS:
        return smtplib.SMTP_SSL(server.host, server.port, domain, timeout=server.timeout, context=_context())
    smtp = smtplib.SMTP(server.host, server.port, domain, timeout=server.timeout)
    if server.security == STARTTLS:
        try:
            smtp.starttls(context=_context())
        except smtplib.SMTPNotSupportedError:
            smtp.close()
            raise Stop(MessageStatus.FAILED, NOT_SECURE, server=server.name, why="no STARTTLS") from None
        except BaseException:
            smtp.close()
            raise
    return smtp


def _context() -> ssl.SSLContext:
    context = ssl.create_default_context()
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    return context


def _log_in(server: Server, smtp: smtplib.SMTP) -> None:
    smtp.ehlo_or_helo_if_needed()
    if not server.user:
        return
    try:
        smtp.login(server.user, server.password)
    except smtplib.SMTPAuthenticationError as error:
        raise Stop(MessageStatus.FAILED, WRONG_LOGIN, why=_said(error.smtp_code, error.smtp_error)) from error
    except UnicodeEncodeError:
        raise Stop(MessageStatus.FAILED, ASCII_LOGIN) from None


def _address(server: Server, smtp: smtplib.SMTP, to: Sequence[str], until: float, *, utf8: bool) -> Mapping[str, str]:
    """Name sender and recipients; return what the server said of those that it refused. Stop if it refused all."""
    if utf8 and not smtp.has_extn("smtputf8"):
        raise Stop(MessageStatus.FAILED, ASCII_ADDRESSES)
    _insist(smtp.mail(server.sender.addr_spec, ["SMTPUTF8", "BODY=8BITMIME"] if utf8 else []))
    answers = {each: _name(smtp, address_of(each).addr_spec, until) for each in to}
    refused = {each: _said(*answer) for each, answer in answers.items() if answer[0] not in TAKEN}
    if len(refused) == len(to):
        worst = max(code for code, _ in answers.values())
        raise Stop(_status(worst), _sentence(worst), why=_listed(refused))
    return refused


def _name(smtp: smtplib.SMTP, address: str, until: float) -> tuple[int, bytes]:
    """Name a recipient, unless the conversation has lasted too long already."""
    if time.monotonic() > until:
        raise TimeoutError
    return smtp.rcpt(address)


def _hand_over(smtp: smtplib.SMTP, mail: EmailMessage, refused: Mapping[str, str]) -> Delivery:
    """Send the text itself; from its first byte on, silence leaves open whether it was taken."""
    try:
        _insist(smtp.data(mail.as_bytes()))
    except smtplib.SMTPDataError as error:
        _insist((error.smtp_code, error.smtp_error))
    except (OSError, smtplib.SMTPServerDisconnected) as error:
        raise Stop(MessageStatus.UNKNOWN, UNKNOWN) from error
    if refused:
        return Delivery(MessageStatus.PARTLY, DomainError(NOT_REACHED, None, why=_listed(refused)), list(refused))
    return Delivery(MessageStatus.SENT)


def _insist(answer: tuple[int, bytes | str]) -> None:
    """Stop unless the server agreed."""
    code, said = answer
    if code != DONE:
        raise Stop(_status(code), _sentence(code), why=_said(code, said))


def _status(code: int) -> MessageStatus:
    return MessageStatus.FAILED if code < PERMANENT else MessageStatus.REFUSED


def _sentence(code: int) -> str:
    return LATER if code < PERMANENT else REFUSED


def _failure(server: Server, error: Exception) -> Delivery:
    """Say what kept the email from being sent, for whoever can mend it."""
    words = {"server": server.name, "seconds": f"{server.timeout:g}", "why": _why(error)}
    if isinstance(error, TimeoutError) or isinstance(error.__context__, TimeoutError):
        return Delivery(MessageStatus.FAILED, DomainError(NO_ANSWER, None, **words))
    if isinstance(error, ssl.SSLError):
        return Delivery(MessageStatus.FAILED, DomainError(NOT_SECURE, None, **words))
    sentence = BROKEN_OFF if isinstance(error, smtplib.SMTPException) else NO_CONNECTION
    return Delivery(MessageStatus.FAILED, DomainError(sentence, None, **words))


def _why(error: Exception) -> str:
    if isinstance(error, smtplib.SMTPResponseException):
        return _said(error.smtp_code, error.smtp_error)
    verify = getattr(error, "verify_message", None)
    return str(verify or getattr(error, "strerror", None) or error).strip().rstrip(".")


def _listed(refused: Mapping[str, str]) -> str:
    return "; ".join(f"{recipient}: {why}" for recipient, why in refused.items())


def _said(code: int, said: bytes | str) -> str:
    """Return an answer on one line, as far as it is text; servers say anything."""
    text = said.decode("utf-8", "replace") if isinstance(said, bytes) else said
    plain = "".join(char if char.isprintable() else " " for char in text)
    return " ".join(f"{code} {plain}".split())[:500]
