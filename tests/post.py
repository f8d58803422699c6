"""A real mail server on this machine: it takes emails, refuses some, falls silent, or wants encryption and a login."""

from __future__ import annotations

import socket
import ssl
import threading
from asyncio import Transport
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from pathlib import Path
from typing import Any

import trustme
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session

from tests.databases import free_port

FROM = "Aurora Sales <sales@aurora.example>"
USER, PASSWORD = "clientela", "thirty wide rivers"
OK = "250 taken"


@dataclass
class Post:
    """What the server got, and how it answers: `answers` by recipient, `data` to the text."""

    port: int
    taken: list[Envelope] = field(default_factory=list)
    answers: dict[str, str] = field(default_factory=dict)
    data: str = OK
    sender: str = OK
    meanwhile: Callable[[], object] = lambda: None

    @property
    def mails(self) -> list[EmailMessage]:
        """The emails that were taken, as a mail program reads them."""
        return [read(each) for each in self.taken]

    @property
    def settings(self) -> Mapping[str, Any]:
        """What the panel is set to so that it finds this server."""
        there = {"SMTP_HOST": "127.0.0.1", "SMTP_PORT": self.port, "SMTP_SECURITY": "none"}
        return there | {"SMTP_FROM": FROM, "SMTP_TIMEOUT": PATIENCE}

    async def handle_MAIL(
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        """Take the sender, or not."""
        envelope.mail_from = address
        envelope.mail_options.extend(options)
        return self.sender

    async def handle_RCPT(
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        """Take a recipient, or answer as told."""
        answer = self.answers.get(address, OK)
        if answer.startswith("2"):
            envelope.rcpt_tos.append(address)
        return answer

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:
        """Take the text, or answer as told; an empty answer is a connection that breaks off."""
        self.meanwhile()
        if self.data.startswith("2"):
            self.taken.append(envelope)
        if not self.data and isinstance(server.transport, Transport):
            server.transport.abort()
        return self.data or OK


PATIENCE = 30.0  # seconds, for a machine that has much else to do


def read(envelope: Envelope) -> EmailMessage:
    """Return what was taken as a mail program reads it."""
    content = envelope.original_content
    assert isinstance(content, bytes)
    found = message_from_bytes(content, policy=default)
    assert isinstance(found, EmailMessage)
    return found


@contextmanager
def open_post(**options: Any) -> Iterator[Post]:
    """Let a mail server run; options are aiosmtpd's."""
    post = Post(free_port())
    controller = Controller(post, hostname="127.0.0.1", port=post.port, ready_timeout=PATIENCE, **options)
    controller.start()
    try:
        yield post
    finally:
        controller.stop()


@contextmanager
def silence(greeting: bytes = b"") -> Iterator[int]:
    """Let a server take connections, say no more than its greeting, and give its port."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        kept: list[socket.socket] = []
        thread = threading.Thread(target=_keep, args=(server, kept, greeting), daemon=True)
        thread.start()
        yield server.getsockname()[1]
        server.shutdown(socket.SHUT_RDWR)
        thread.join()
        for each in kept:
            each.close()


def _keep(server: socket.socket, kept: list[socket.socket], greeting: bytes) -> None:
    while True:
        try:
            connection, _ = server.accept()
        except OSError:
            return
        kept.append(connection)
        connection.sendall(greeting)


def certified(folder: Path) -> tuple[ssl.SSLContext, Path]:
    """Return what a server of this machine proves itself with, and the file of who vouches for it."""
    authority = trustme.CA()
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert("127.0.0.1").configure_cert(context)
    path = folder / "authority.pem"
    authority.cert_pem.write_to_path(str(path))
    return context, path


def logs_in(server: SMTP, session: Session, envelope: Envelope, mechanism: str, login: Any) -> AuthResult:
    """Let in who has the right password."""
    right = isinstance(login, LoginPassword) and (login.login, login.password) == (USER.encode(), PASSWORD.encode())
    return AuthResult(success=right, handled=False)
