"""Emails that did not go out: why, another try, clicks at once, and a panel that dies meanwhile."""

from __future__ import annotations

import threading
from datetime import timedelta
from io import BytesIO
from typing import Any

import pytest
from flask import Flask
from pypdf import PdfReader
from sqlalchemy import event
from werkzeug.test import TestResponse

from models.base import db
from models.customer import Customer
from models.document import Document
from models.engine import transactions
from models.gate import set_actor
from models.message import Message, MessageStatus
from models.permissions import SYSTEM
from models.rules.document_kinds import DocumentKind, DocumentStatus
from models.types import utcnow
from tests.admin_views.mails import (
    MARTA,
    OFFICE,
    PAUL,
    TYPED,
    again,
    kept,
    only,
    path,
    point,
    told,
    write,
)
from tests.databases import free_port
from tests.models.papers import issued, open_shop
from tests.panel import Forms, Panel, add, company, stored
from tests.people import EDITOR, add_user
from tests.post import Post, silence


def test_a_recipient_that_is_refused_is_named_and_the_next_try_is_for_them(
    app: Flask, post: Post, delta: Customer
) -> None:
    post.answers[PAUL] = "550 5.1.1 no such user"
    panel = Panel(app, EDITOR)
    toast = told(panel, write(panel, delta, cc=[PAUL]))
    assert "did not reach everybody" in toast
    assert "550 5.1.1 no such user" in toast
    kept = only()
    assert (kept.status, kept.missed, kept.sent_at is not None) == (MessageStatus.PARTLY, PAUL, True)
    post.answers.clear()
    again(panel, kept)
    kept = only()
    assert (kept.status, kept.missed, kept.detail, kept.tries) == (MessageStatus.SENT, None, None, 2)
    assert [each.rcpt_tos for each in post.taken] == [[MARTA], [PAUL]]
    assert [mail["To"] for mail in post.mails] == [MARTA, MARTA]
    assert post.mails[0]["Message-ID"] == post.mails[1]["Message-ID"]


@pytest.mark.parametrize(
    ("answer", "status"),
    [("550 5.1.1 no such user", MessageStatus.REFUSED), ("451 4.7.1 come back later", MessageStatus.FAILED)],
)
def test_a_refusal_is_kept_with_its_reason_and_a_second_try_succeeds(
    app: Flask, post: Post, delta: Customer, answer: str, status: MessageStatus
) -> None:
    post.answers[MARTA] = answer
    panel = Panel(app, EDITOR)
    toast = told(panel, write(panel, delta))
    assert "The email was not sent." in toast
    assert answer in toast
    kept = only()
    assert (kept.status, kept.tries, kept.sent_at) == (status, 1, None)
    assert answer in str(kept.detail)
    post.answers.clear()
    assert "was sent to" in told(panel, again(panel, kept))
    kept = only()
    assert (kept.status, kept.detail, kept.tries) == (MessageStatus.SENT, None, 2)
    assert len(post.taken) == 1


def test_a_server_that_is_not_there_fails_the_email(
    app: Flask, delta: Customer, monkeypatch: pytest.MonkeyPatch
) -> None:
    point(app, monkeypatch, SMTP_PORT=free_port())
    panel = Panel(app, EDITOR)
    assert "cannot be reached: Connection refused." in told(panel, write(panel, delta))
    assert only().status is MessageStatus.FAILED


def test_a_server_that_never_answers_fails_the_email(
    app: Flask, delta: Customer, monkeypatch: pytest.MonkeyPatch
) -> None:
    with silence() as port:
        point(app, monkeypatch, SMTP_PORT=port, SMTP_TIMEOUT=0.3)
        panel = Panel(app, EDITOR)
        assert "did not answer within 0.3 seconds." in told(panel, write(panel, delta))
    assert only().status is MessageStatus.FAILED


def test_what_the_server_did_not_confirm_is_said_to_be_unknown(app: Flask, post: Post, delta: Customer) -> None:
    post.data = ""
    panel = Panel(app, EDITOR)
    assert "It is not known whether this was sent" in told(panel, write(panel, delta))
    assert only().status is MessageStatus.UNKNOWN


def test_two_clicks_send_one_email(app: Flask, post: Post, delta: Customer) -> None:
    panel = Panel(app, EDITOR)
    page = panel.get(path(delta))
    assert "was sent to" in told(panel, panel.send(page, TYPED))
    assert "This email was sent, or is being sent, already." in told(panel, panel.send(page, TYPED))
    assert (len(post.taken), only().tries) == (1, 1)


def test_two_clicks_on_another_try_send_one_email(app: Flask, post: Post, delta: Customer) -> None:
    post.answers[MARTA] = "451 later"
    panel = Panel(app, EDITOR)
    write(panel, delta)
    page = panel.get(f"/message/again/?id={only().id}")
    panel.send(page)
    assert only().tries == 2
    post.answers.clear()
    assert "already" in told(panel, panel.send(page))
    assert (len(post.taken), only().tries) == (0, 2)


def test_what_was_sent_is_not_sent_again(app: Flask, post: Post, delta: Customer) -> None:
    panel = Panel(app, EDITOR)
    write(panel, delta)
    answer = panel.post(f"/message/again/?id={only().id}", {"tries": "1"})
    assert "already" in told(panel, answer)
    assert (len(post.taken), only().tries) == (1, 1)


def test_an_email_that_was_interrupted_is_said_to_be_unknown_and_can_be_sent_again(
    app: Flask, post: Post, delta: Customer
) -> None:
    panel = Panel(app, EDITOR)
    message = add(kept(delta, updated_at=utcnow() - timedelta(minutes=5)))
    page = panel.get(f"/customer/details/?id={delta.id}").text
    assert "It is not known whether this was sent: the panel was interrupted." in page
    again(panel, message)
    assert (only().status, only().tries, len(post.taken)) == (MessageStatus.SENT, 2, 1)


def test_an_email_that_is_on_its_way_is_not_sent_again(app: Flask, post: Post, delta: Customer) -> None:
    panel = Panel(app, EDITOR)
    message = add(kept(delta))
    assert "Send again…" not in panel.get(f"/message/details/?id={message.id}").text
    answer = panel.post(f"/message/again/?id={message.id}", {"tries": "1"})
    assert "already" in told(panel, answer)
    assert not post.taken


def test_a_document_goes_along_as_pdf_is_marked_as_sent_and_goes_along_again(
    fresh_app: Flask, post: Post, monkeypatch: pytest.MonkeyPatch
) -> None:
    point(fresh_app, monkeypatch, **post.settings)
    post.answers[MARTA] = "451 come back later"
    with fresh_app.app_context():
        invoice = issued(open_shop(), DocumentKind.INVOICE)
        name, panel = invoice.name, Panel(fresh_app, add_user(EDITOR))
        page = panel.get(f"/document/email/?id={invoice.id}")
        values = Forms(page.text).only.values
        assert values["subject"].startswith(f"{name} of ")
        assert values["subject"].endswith(" from Filanda")
        assert "which comes to €12.20. Please pay it by" in values["body"]
        assert "{" not in values["subject"] + values["body"]
        db.session.remove()
        panel.send(page, {"recipients": [MARTA]})
        assert (only().status, only().document.name) == (MessageStatus.FAILED, name)  # type: ignore[union-attr]
        assert stored(Document)[0].status is DocumentStatus.OPEN
        post.answers.clear()
        page = panel.get(f"/message/again/?id={only().id}")
        db.session.remove()
        panel.send(page)
        assert only().status is MessageStatus.SENT
        assert stored(Document)[0].status is DocumentStatus.SENT
    [file] = post.mails[0].iter_attachments()
    assert file.get_filename() == f"{name.replace('/', '-')}.pdf"
    assert name in PdfReader(BytesIO(file.get_content())).pages[0].extract_text()


def test_an_email_whose_document_is_gone_is_not_sent_without_it(app: Flask, post: Post, delta: Customer) -> None:
    message = add(kept(delta, status=MessageStatus.FAILED, attachment="Quote.pdf"))
    panel = Panel(app, EDITOR)
    assert "Send again…" not in panel.get(f"/message/details/?id={message.id}").text
    assert "already" in told(panel, panel.post(f"/message/again/?id={message.id}", {"tries": "1"}))
    assert not post.taken


def test_while_the_server_is_spoken_to_no_transaction_is_open(
    fresh_app: Flask, post: Post, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The mail server's side writes to the same database, which a held lock would keep it from."""
    point(fresh_app, monkeypatch, **post.settings)
    seen: list[Any] = []

    def look() -> None:
        with fresh_app.app_context(), transactions("write"):
            set_actor(db.session, SYSTEM)
            [message] = stored(Message)
            seen.append((message.status, message.tries))
            message.customer.legal_form = "written meanwhile"
            db.session.commit()

    post.meanwhile = look
    with fresh_app.app_context():
        customer = company("Delta Srl", emails=[OFFICE])
        panel, key = Panel(fresh_app), customer.id
        page = panel.get(f"/customer/email/?id={key}")
        db.session.remove()
        panel.send(page, TYPED)
        assert seen == [(MessageStatus.SENDING, 1)]
        assert only().status is MessageStatus.SENT
        assert stored(Customer)[0].legal_form == "written meanwhile"


def test_a_panel_that_dies_meanwhile_leaves_the_email_as_being_sent(
    fresh_app: Flask, post: Post, monkeypatch: pytest.MonkeyPatch
) -> None:
    point(fresh_app, monkeypatch, **post.settings)

    class Killed(BaseException):
        """The process ends here."""

    def die(*_: object) -> None:
        if post.taken:
            raise Killed

    with fresh_app.app_context():
        customer = company("Delta Srl", emails=[OFFICE])
        panel = Panel(fresh_app)
        page = panel.get(path(customer))
        db.session.remove()
        event.listen(db.engine, "begin", die)
        with pytest.raises(Killed):
            panel.send(page, TYPED)
        event.remove(db.engine, "begin", die)
        db.session.remove()
        message = only()
        assert (message.status, len(post.taken)) == (MessageStatus.SENDING, 1)
        message.updated_at = utcnow() - timedelta(minutes=5)
        add(message)
        page = panel.get(f"/message/again/?id={message.id}")
        assert "the panel was interrupted" in page.text
        db.session.remove()
        panel.send(page)
        assert (only().status, only().tries) == (MessageStatus.SENT, 2)


def test_many_clicks_at_once_send_one_email(fresh_app: Flask, post: Post, monkeypatch: pytest.MonkeyPatch) -> None:
    point(fresh_app, monkeypatch, **post.settings)
    post.answers[MARTA] = "451 later"
    with fresh_app.app_context():
        customer = company("Delta Srl", emails=[OFFICE])
        panels = [Panel(fresh_app) for _ in range(4)]
        page = panels[0].get(path(customer))
        db.session.remove()
        at_once(panels, page)
        assert (len(stored(Message)), only().tries) == (1, 1)
        post.answers.clear()
        page = panels[0].get(f"/message/again/?id={only().id}")
        db.session.remove()
        at_once(panels, page)
        assert (only().status, only().tries, len(post.taken)) == (MessageStatus.SENT, 2, 1)


def at_once(panels: list[Panel], page: TestResponse) -> None:
    """Send the same form from several threads."""
    form = Forms(page.text).only
    values = {**form.values.to_dict(flat=False), **(TYPED if "subject" in form.values else {})}
    answers: list[int] = []

    def click(panel: Panel) -> None:
        data = {**values, "csrf_token": panel.token}
        answers.append(panel.client.post(form.action, data=data).status_code)

    threads = [threading.Thread(target=click, args=(panel,)) for panel in panels]
    for each in threads:
        each.start()
    for each in threads:
        each.join()
    db.session.expire_all()
    assert answers == [303] * len(panels)
