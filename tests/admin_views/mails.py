"""Writing emails in the panel: a customer to write to, and short ways to write and to look."""

from __future__ import annotations

import re
from collections.abc import Iterator
from html import unescape
from typing import Any

import pytest
from flask import Flask
from werkzeug.test import TestResponse

from models.customer import Customer
from models.message import Message
from models.permissions import Level, Permission
from tests.panel import Panel, company, contact, stored
from tests.post import Post, open_post

MARTA, PAUL, OFFICE = "marta@delta.example", "paul@delta.example", "office@delta.example"
TYPED = {"recipients": [MARTA], "subject": "Your visit", "body": "Dear Marta,\n\nsee you on Monday."}
OWN = dict.fromkeys((Permission.CREATE, Permission.EDIT, Permission.DELETE), Level.OWN)


@pytest.fixture
def post() -> Iterator[Post]:
    """A mail server that takes everything unless told otherwise."""
    with open_post() as post:
        yield post


@pytest.fixture
def delta(app: Flask, post: Post, monkeypatch: pytest.MonkeyPatch) -> Customer:
    """A customer with an email and two contacts, and a panel that knows the mail server."""
    point(app, monkeypatch, **post.settings)
    customer = company("Delta Srl", emails=[OFFICE])
    contact(customer, "Marta Bianchi", email=MARTA)
    contact(customer, "Paul Ott", email=PAUL)
    contact(customer, "Nobody's Address")
    return customer


def point(app: Flask, monkeypatch: pytest.MonkeyPatch, **settings: Any) -> None:
    """Set the panel to a mail server for this test."""
    for name, value in settings.items():
        monkeypatch.setitem(app.config, name, value)


def path(customer: Customer) -> str:
    return f"/customer/email/?id={customer.id}"


def write(panel: Panel, customer: Customer, **typed: Any) -> TestResponse:
    """Write an email and send it."""
    return panel.fill(path(customer), TYPED | typed)


def again(panel: Panel, message: Message) -> TestResponse:
    """Ask for another try and confirm it."""
    return panel.fill(f"/message/again/?id={message.id}")


def only() -> Message:
    """Return the only email that is stored."""
    [message] = stored(Message)
    return message  # type: ignore[no-any-return]


def told(panel: Panel, answer: TestResponse) -> str:
    """Return what the page after an answer says in its toasts."""
    assert answer.status_code == 303, answer.text
    text = panel.get(answer.location).text
    return unescape(" ".join(re.findall(r'class="toast-item.*?</div>', text, re.DOTALL)))


def kept(customer: Customer, **values: Any) -> Message:
    """Return an email that is on its way, not stored yet."""
    given = {"recipients": MARTA, "subject": "Your visit", "body": "See you.", "message_id": "a" * 32} | values
    return Message(customer=customer, **given)
