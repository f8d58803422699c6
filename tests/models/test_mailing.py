"""Emails as they travel: what is written into them, what a real server takes of them, and what it says instead."""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from pathlib import Path
from threading import Event
from typing import Any

import pytest

from models.errors import DomainError
from models.message import MessageStatus
from models.operations.letters import Attachment, Letter, address_of, compose, read_address
from models.operations.smtp import NONE, STARTTLS, TLS, Delivery, Server, deliver
from tests.databases import free_port
from tests.post import PASSWORD, PATIENCE, USER, Post, certified, logs_in, open_post, silence

SENT, PARTLY, REFUSED, FAILED, UNKNOWN = (
    MessageStatus.SENT,
    MessageStatus.PARTLY,
    MessageStatus.REFUSED,
    MessageStatus.FAILED,
    MessageStatus.UNKNOWN,
)
MARTA, PAUL = "marta@delta.example", "paul@delta.example"
LETTER = Letter(
    key="c0ffee",
    sender=address_of("sales@aurora.example", "Aurora Sales"),
    to=[MARTA],
    cc=[],
    subject="Your quote",
    body="Dear Marta,\n\nhere it is.",
    date=datetime(2026, 11, 22, 9, 30, tzinfo=UTC),
)
LINE_ENDS = ["\r\nBcc: spy@evil.example", "\nBcc: spy@evil.example", "\r", "\x00", "\u2028", "\x0b", "\x85"]


@pytest.fixture
def post() -> Iterator[Post]:
    """A mail server that takes everything unless told otherwise."""
    with open_post() as post:
        yield post


def server(port: int, **values: Any) -> Server:
    """Return how the server of a test is reached."""
    sender = address_of("sales@aurora.example", "Aurora Sales")
    given: dict[str, Any] = {"host": "127.0.0.1", "port": port, "sender": sender, "security": NONE, "timeout": PATIENCE}
    return Server(**given | values)


def send(where: int | Server, *recipients: str, **changes: Any) -> Delivery:
    """Send a letter and return what became of it."""
    there = server(where) if isinstance(where, int) else where
    return deliver(there, compose(replace(LETTER, **changes)), recipients or LETTER.to)


def said(delivery: Delivery) -> str:
    """Return why an email was not sent."""
    return str(delivery.why or "")


def reread(letter: Letter) -> EmailMessage:
    """Return a composed letter as its recipient reads it."""
    found = message_from_bytes(compose(letter).as_bytes(), policy=default)
    assert isinstance(found, EmailMessage)
    return found


def test_an_email_says_from_whom_to_whom_when_and_what() -> None:
    reply_to = address_of("anna@aurora.example", "Anna Rossi")
    mail = reread(replace(LETTER, cc=[PAUL], reply_to=reply_to))
    assert mail["From"] == "Aurora Sales <sales@aurora.example>"
    assert (mail["To"], mail["Cc"], mail["Reply-To"]) == (MARTA, PAUL, "Anna Rossi <anna@aurora.example>")
    assert mail["Date"] == "Sun, 22 Nov 2026 09:30:00 +0000"
    assert mail["Message-ID"] == "<c0ffee@aurora.example>"
    assert mail.get_content().splitlines() == ["Dear Marta,", "", "here it is."]


def test_a_subject_in_any_script_arrives_as_it_was_written() -> None:
    subject = "Übersicht für Łódź: 100 € · 見積書 " + "è" * 150
    mail = compose(replace(LETTER, subject=subject, body="Grüße aus Zürich, 見積書\n"))
    assert mail.as_bytes().isascii()
    found = message_from_bytes(mail.as_bytes(), policy=default)
    assert found["Subject"] == subject
    assert found.get_content() == "Grüße aus Zürich, 見積書\r\n"


@pytest.mark.parametrize("end", LINE_ENDS)
@pytest.mark.parametrize("field", ["subject", "key", "to", "sender", "attachment"])
def test_nothing_typed_becomes_a_header(field: str, end: str) -> None:
    bad = f"innocent{end}"
    with pytest.raises(ValueError, match=r"header|line|control|character"):
        compose(replace(LETTER, **_with(field, bad)))


def _with(field: str, bad: str) -> dict[str, Any]:
    if field == "to":
        return {"to": [f"{bad}@delta.example"]}
    if field == "sender":
        return {"sender": address_of("sales@aurora.example", bad)}
    return {field: Attachment(bad, b"%PDF")} if field == "attachment" else {field: bad}


def test_headers_in_the_text_stay_text() -> None:
    mail = reread(replace(LETTER, body="\n\nBcc: spy@evil.example\n.\nMAIL FROM:<x>\n"))
    assert mail["Bcc"] is None
    assert "Bcc: spy@evil.example" in mail.get_content()


def test_the_attachment_arrives_byte_by_byte(post: Post) -> None:
    content = bytes(range(256)) * 40
    assert send(post.port, attachment=Attachment("Rechnung für März.pdf", content)).status is SENT
    [file] = post.mails[0].iter_attachments()
    assert (file.get_filename(), file.get_content_type()) == ("Rechnung für März.pdf", "application/pdf")
    assert file.get_content() == content


def test_a_long_text_with_dots_and_long_lines_arrives_whole(post: Post) -> None:
    body = "".join(f".{number} {'x' * (number % 2500)}\n.\n" for number in range(200))
    assert send(post.port, body=body).status is SENT
    assert post.mails[0].get_content().replace("\r\n", "\n") == body
    longest = max(len(line) for line in bytes(post.taken[0].original_content or b"").split(b"\r\n"))
    assert longest <= 998  # RFC 5322, section 2.1.1


def test_an_email_is_sent_to_all_recipients(post: Post) -> None:
    assert send(post.port, MARTA, PAUL, cc=[PAUL]) == Delivery(SENT)
    assert post.taken[0].rcpt_tos == [MARTA, PAUL]
    assert post.taken[0].mail_from == "sales@aurora.example"


def test_of_several_recipients_the_refused_ones_are_named(post: Post) -> None:
    post.answers[PAUL] = "550 5.1.1 no such user here"
    delivery = send(post.port, MARTA, PAUL)
    assert (delivery.status, delivery.missed) == (PARTLY, [PAUL])
    assert said(delivery) == f"Not reached: {PAUL}: 550 5.1.1 no such user here"
    assert post.taken[0].rcpt_tos == [MARTA]


def test_an_email_that_all_recipients_refuse_is_refused(post: Post) -> None:
    post.answers |= {MARTA: "550 5.1.1 no such user", PAUL: "554 5.7.1 spam"}
    delivery = send(post.port, MARTA, PAUL)
    assert delivery.status is REFUSED
    assert "550 5.1.1 no such user" in said(delivery)
    assert "554 5.7.1 spam" in said(delivery)
    assert not post.taken


def test_a_server_that_is_busy_fails_the_email_for_now(post: Post) -> None:
    post.answers[MARTA] = "451 4.7.1 greylisted, come back later"
    delivery = send(post.port)
    assert delivery.status is FAILED
    assert said(delivery) == (f"The mail server cannot take it now: {MARTA}: 451 4.7.1 greylisted, come back later")


@pytest.mark.parametrize(("answer", "status"), [("552 5.3.4 too big", REFUSED), ("452 4.3.1 full", FAILED)])
def test_a_text_that_is_not_taken_was_not_sent(post: Post, answer: str, status: MessageStatus) -> None:
    post.data = answer
    delivery = send(post.port)
    assert delivery.status is status
    assert answer in said(delivery)


def test_a_sender_that_is_not_taken_was_not_sent(post: Post) -> None:
    post.sender = "553 5.7.1 not your address"
    assert (send(post.port).status, bool(post.taken)) == (REFUSED, False)


def test_a_server_that_breaks_off_after_the_text_leaves_it_unknown(post: Post) -> None:
    post.data = ""
    delivery = send(post.port)
    assert delivery.status is UNKNOWN
    assert said(delivery).startswith("It is not known whether this was sent")


def test_a_server_that_confirms_too_late_leaves_it_unknown(post: Post) -> None:
    given_up = Event()
    post.meanwhile = lambda: given_up.wait(PATIENCE)
    delivery = send(server(post.port, timeout=1.5))
    given_up.set()
    assert delivery.status is UNKNOWN


@pytest.mark.parametrize("greeting", [b"", b"220 here I am\r\n"], ids=["no greeting", "only a greeting"])
@pytest.mark.parametrize("security", [NONE, STARTTLS, TLS])
def test_a_server_that_never_answers_is_given_up(greeting: bytes, security: str) -> None:
    answered = security is TLS and greeting
    with silence(greeting) as port:
        there = server(port, security=security, timeout=PATIENCE if answered else 0.4)
        begun = time.monotonic()
        delivery = deliver(there, compose(LETTER), LETTER.to)
        took = time.monotonic() - begun
    assert delivery.status is FAILED
    if answered:
        assert "offers no secure connection" in said(delivery)
    else:
        assert said(delivery) == f"The mail server 127.0.0.1:{port} did not answer within 0.4 seconds."
    assert took < PATIENCE / 2


def test_a_server_that_is_not_there_is_said_so() -> None:
    port = free_port()
    delivery = send(port)
    assert delivery.status is FAILED
    assert said(delivery) == f"The mail server 127.0.0.1:{port} cannot be reached: Connection refused."


def test_a_server_that_speaks_nonsense_is_said_so() -> None:
    with silence(b"\xff\xfe nonsense\r\n") as port:
        assert send(port).status is FAILED


def test_an_answer_is_told_on_one_line_without_control_characters(post: Post) -> None:
    post.answers[MARTA] = "550 \x1b[31mno\tsuch \x07user"
    assert said(send(post.port)).endswith("550 [31mno such user")


def test_a_connection_is_encrypted_and_the_login_checked(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    context, authority = certified(tmp_path)
    monkeypatch.setenv("SSL_CERT_FILE", str(authority))
    options = {"tls_context": context, "require_starttls": True, "authenticator": logs_in, "auth_required": True}
    with open_post(**options) as post:
        right = server(post.port, security=STARTTLS, user=USER, password=PASSWORD)
        assert send(right) == Delivery(SENT)
        wrong = send(replace(right, password="guessed"))
        assert wrong.status is FAILED
        assert said(wrong).startswith("The mail server refused the user name or the password: 535")
        umlauts = send(replace(right, password="größe"))
        assert said(umlauts) == "User names and passwords of mail servers have no letters beyond ASCII."
        assert len(post.taken) == 1


def test_a_connection_can_be_encrypted_from_the_start(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    context, authority = certified(tmp_path)
    with open_post(ssl_context=context) as post:
        there = server(post.port, security=TLS)
        unknown = send(there)
        assert unknown.status is FAILED
        assert "offers no secure connection that can be trusted" in said(unknown)
        monkeypatch.setenv("SSL_CERT_FILE", str(authority))
        assert send(there) == Delivery(SENT)
    assert len(post.taken) == 1


def test_a_certificate_that_nobody_vouches_for_is_not_trusted(tmp_path: Path) -> None:
    context, _ = certified(tmp_path)
    with open_post(tls_context=context) as post:
        delivery = send(server(post.port, security=STARTTLS))
    assert delivery.status is FAILED
    assert "offers no secure connection that can be trusted" in said(delivery)
    assert not post.taken


def test_a_password_is_not_sent_where_no_encryption_is_offered(post: Post) -> None:
    delivery = send(server(post.port, security=STARTTLS, user=USER, password=PASSWORD))
    assert delivery.status is FAILED
    assert said(delivery).endswith("can be trusted: no STARTTLS.")
    assert not post.taken


def test_a_domain_in_another_script_is_sent_in_ascii(post: Post) -> None:
    assert send(post.port, "ordini@caffè.example", to=["ordini@caffè.example"]).status is SENT
    assert post.taken[0].rcpt_tos == ["ordini@xn--caff-8oa.example"]


def test_an_address_beyond_ascii_is_said_to_be_so_where_the_server_takes_none() -> None:
    with open_post(enable_SMTPUTF8=False) as post:
        delivery = send(post.port, "söhne@delta.example", to=["söhne@delta.example"])
    assert (delivery.status, said(delivery)) == (
        FAILED,
        "The mail server takes no addresses with letters beyond ASCII.",
    )


def test_an_address_beyond_ascii_reaches_a_server_that_takes_it(post: Post) -> None:
    assert send(post.port, "söhne@delta.example", to=["söhne@delta.example"]).status is SENT
    assert post.taken[0].rcpt_tos == ["söhne@delta.example"]
    assert post.mails[0]["To"] == "söhne@delta.example"


@pytest.mark.parametrize("text", ["", "nobody", "a@b@c", "x@y.example\r\nBcc: z@y.example", "Sales <>"])
def test_a_sender_that_is_no_address_is_refused(text: str) -> None:
    with pytest.raises((DomainError, ValueError)):
        read_address(text)


def test_a_sender_has_a_name_or_none() -> None:
    assert str(read_address("Aurora Sales <sales@aurora.example>")) == "Aurora Sales <sales@aurora.example>"
    assert str(read_address("sales@aurora.example")) == "sales@aurora.example"


def test_the_password_of_the_mail_server_is_never_shown() -> None:
    assert PASSWORD not in repr(server(25, user=USER, password=PASSWORD))
