"""Whose emails are whose: who may send, to whom, what stays as it was sent, and what the settings lack."""

from __future__ import annotations

from typing import Any

import pytest
from flask import Flask
from sqlalchemy import func, select

from models.base import db
from models.customer import Customer
from models.gate import ungated
from models.history import ChangeSet
from models.message import Message, MessageStatus
from models.permissions import Level, Permission
from models.user import User
from tests.admin_views.mails import (
    OWN,
    TYPED,
    kept,
    only,
    path,
    point,
    write,
)
from tests.panel import Forms, Panel, add, company, stored
from tests.people import EDITOR, VIEWER, add_user
from tests.post import Post


def test_without_a_mail_server_the_action_says_what_to_set(
    app: Flask, delta: Customer, post: Post, monkeypatch: pytest.MonkeyPatch
) -> None:
    point(app, monkeypatch, SMTP_HOST="", SMTP_FROM="")
    panel = Panel(app, EDITOR)
    assert "Send email…" in panel.get(f"/customer/details/?id={delta.id}").text
    page = panel.get(path(delta)).text
    assert "SMTP_HOST is not set" in page
    assert "SMTP_FROM is not set" in page
    assert panel.post(path(delta), TYPED).status_code == 200
    assert not stored(Message)


@pytest.mark.parametrize(
    ("settings", "sentence"),
    [
        ({"SMTP_FROM": "nobody"}, "SMTP_FROM is not an email address: nobody"),
        ({"SMTP_REPLY_TO": "a@b@c"}, "SMTP_REPLY_TO is not an email address: a@b@c"),
        ({"SMTP_SECURITY": "ssl"}, "SMTP_SECURITY is ssl; it can be starttls, tls or none."),
        ({"SMTP_TIMEOUT": 0.0}, "SMTP_TIMEOUT is a number of seconds above zero."),
    ],
)
def test_a_wrong_setting_is_said_where_an_email_would_be_written(
    app: Flask, delta: Customer, monkeypatch: pytest.MonkeyPatch, settings: dict[str, Any], sentence: str
) -> None:
    point(app, monkeypatch, **settings)
    assert sentence in Panel(app, EDITOR).get(path(delta)).text


def test_answers_go_where_the_settings_say(
    app: Flask, post: Post, delta: Customer, monkeypatch: pytest.MonkeyPatch
) -> None:
    point(app, monkeypatch, SMTP_REPLY_TO="Office <office@aurora.example>")
    write(Panel(app, EDITOR), delta)
    assert post.mails[0]["Reply-To"] == "Office <office@aurora.example>"


def test_who_may_not_create_for_a_customer_sends_no_emails(app: Flask, post: Post, delta: Customer) -> None:
    for user in (add_user(VIEWER), add_user({"customer": {Permission.VIEW: Level.ORGANISATION} | OWN})):
        panel = Panel(app, user)
        page = Panel(app, EDITOR).get(path(delta))
        values = Forms(page.text).only.values
        assert panel.get(path(delta)).status_code == 403
        assert panel.post(path(delta), values).status_code == 403
        message = add(kept(delta, status=MessageStatus.FAILED, message_id=f"key {user.id}"))
        assert "Send again…" not in panel.get(f"/message/details/?id={message.id}").text
        assert panel.get(f"/message/again/?id={message.id}").status_code == 403
        assert panel.post(f"/message/again/?id={message.id}", {"tries": "1"}).status_code == 403
    assert not post.taken


def test_who_may_not_send_is_told_why_or_not_offered_it(app: Flask, delta: Customer) -> None:
    record = f"/customer/details/?id={delta.id}"
    assert "Send email…" not in Panel(app, VIEWER).get(record).text
    own = add_user({"customer": {Permission.VIEW: Level.ORGANISATION} | OWN})
    assert "may create only your own customers" in Panel(app, own).get(record).text


def test_a_hidden_customer_has_no_emails(app: Flask, post: Post, delta: Customer) -> None:
    panel = Panel(app, add_user({"customer": dict.fromkeys(Permission, Level.OWN)}))
    message = add(kept(delta, status=MessageStatus.FAILED))
    for hidden in (path(delta), f"/message/again/?id={message.id}", f"/message/details/?id={message.id}"):
        assert panel.get(hidden).status_code == 404
        assert panel.post(hidden, TYPED | {"tries": "1"}).status_code in {404, 405}
    assert "Your visit" not in panel.get("/message/").text
    assert not post.taken


def test_an_email_of_another_customer_is_no_example(app: Flask, delta: Customer) -> None:
    other = company("Aurora Srl", vat_number="IT00743110157")
    message = add(kept(other, subject="Secret of Aurora"))
    panel = Panel(app, EDITOR)
    assert "Secret of Aurora" not in panel.get(f"{path(delta)}&like={message.id}").text
    assert "Secret of Aurora" in panel.get(f"{path(other)}&like={message.id}").text


def test_an_email_stays_as_it_was_sent(app: Flask, delta: Customer) -> None:
    panel = Panel(app)
    write(panel, delta)
    message = only()
    assert panel.get(f"/message/edit/?id={message.id}").status_code == 403
    assert panel.post(f"/message/edit/?id={message.id}", {"subject": "Other"}).status_code == 403
    new = f"/message/new/?customer={delta.id}"
    for answer in (panel.get(new), panel.post(new, TYPED)):
        assert answer.location == path(delta)  # where it is written
    assert only().subject == "Your visit"


def test_what_became_of_an_email_cannot_be_undone(app: Flask, delta: Customer) -> None:
    panel = Panel(app)
    write(panel, delta)
    past = {"execution_options": ungated("a test looks past the gate")}
    result = db.session.scalar(select(func.max(ChangeSet.id)), **past)
    panel.post(f"/change_set/{result}/undo")
    assert only().status is MessageStatus.SENT


def test_what_happened_is_kept_though_the_right_is_gone_meanwhile(app: Flask, post: Post, delta: Customer) -> None:
    user = add_user({"customer": dict.fromkeys((Permission.VIEW, Permission.CREATE), Level.ORGANISATION)})
    assert write(Panel(app, user), delta).status_code == 303
    assert only().status is MessageStatus.SENT


def test_who_wrote_an_email_may_be_deleted(app: Flask, delta: Customer) -> None:
    user = add_user(EDITOR)
    key = user.id
    write(Panel(app, user), delta)
    Panel(app).post(f"/user/delete/?id={key}", {"action": "delete", "confirmed": "1", "rowid": str(key)})
    assert not stored(User, id=key)
    assert only().author is None
